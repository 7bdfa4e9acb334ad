import { z } from 'zod';
import type { KeywordList } from '../contracts/effect.ts';
import { inspection, type InspectionLimits } from '../contracts/finding.ts';

/** Pool to worker: one file at a time. */
export interface InspectionJob {
  readonly id: number;
  readonly path: Uint8Array;
  readonly limits: InspectionLimits;
  readonly keywords: readonly KeywordList[];
}

/** Worker to pool. Parsed: a parser driven astray by a hostile file must not reach further than its own thread. */
export const inspectionAnswer = z.strictObject({ id: z.int().min(1), inspection });
export type InspectionAnswer = z.infer<typeof inspectionAnswer>;

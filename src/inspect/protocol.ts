import { z } from 'zod';
import type { FileStamp } from '../core/ports.ts';
import { inspection, type InspectionLimits } from '../contracts/finding.ts';
import type { PackedOwnData } from './packed-own-data.ts';

/** Pool to worker: one file at a time. */
export interface InspectionJob {
  readonly id: number;
  readonly path: Uint8Array;
  readonly stamp: FileStamp | undefined;
  readonly limits: InspectionLimits;
  readonly ownData: PackedOwnData;
}

/**
 * Worker to pool. Parsed: a parser driven astray by a hostile file must not reach further than its own thread.
 * `inspection` is null when the path led to another file than the stamp's.
 */
export const inspectionAnswer = z.strictObject({ id: z.int().min(1), inspection: inspection.nullable() });
export type InspectionAnswer = z.infer<typeof inspectionAnswer>;

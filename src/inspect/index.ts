/** The door of inspection: files in, findings out, in worker threads with limits. */
import type { Inspector } from '../core/ports.ts';
import { InspectionPool } from './pool.ts';

/** An inspector with its own worker threads, started when first needed. Close it, or the last one ends with the process. */
export function createInspector(options: { readonly workers?: number } = {}): Inspector {
  return new InspectionPool(options.workers);
}

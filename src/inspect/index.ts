/** The door of inspection: files in, findings out, in worker threads with limits. */
import type { Inspector } from '../core/ports.ts';
import type { IndexPath } from './index-files.ts';
import { OwnDataInspector } from './own-data-inspector.ts';
import { InspectionPool } from './pool.ts';

export { indexProblems, type IndexPath } from './index-files.ts';
export { buildExactData, type ExactDataTable } from './build-exact-data.ts';
export { buildFingerprints } from './build-fingerprints.ts';

export interface InspectorOptions {
  readonly workers?: number;
  /** Where the indexes of own data lie; without it each that a policy names is missing. */
  readonly indexPath?: IndexPath;
}

/** An inspector with its own worker threads, started when first needed. Close it, or the last one ends with the process. */
export function createInspector({ workers, indexPath }: InspectorOptions = {}): Inspector {
  const pool = new InspectionPool(workers);
  return indexPath === undefined ? pool : new OwnDataInspector(pool, indexPath);
}

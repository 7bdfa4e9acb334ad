/** The door of inspection: files in, findings out, in worker threads with limits. */
import type { Inspector } from '../core/ports.ts';
import type { Result } from '../contracts/result.ts';
import type { BuiltEdm, BuiltFingerprints } from '../core/detect/own-data/index.ts';
import type { ExactDataTable } from './build-exact-data.ts';
import type { IndexPath } from './index-files.ts';
import { OwnDataInspector } from './own-data-inspector.ts';
import { InspectionPool } from './pool.ts';

export { indexProblems, type IndexPath } from './index-files.ts';
export type { ExactDataTable } from './build-exact-data.ts';

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

// Loaded when asked for: extraction and its libraries are otherwise the threads' alone.

/** Reads a table of any format and encoding that extraction knows, row by row. The error is for a person. */
export async function buildExactData(table: ExactDataTable): Promise<Result<BuiltEdm, string>> {
  const builder = await import('./build-exact-data.ts');
  return builder.buildExactData(table);
}

/** Reads documents of any format that extraction knows. `ignored` are those whose text is no secret. The error is for a person. */
export async function buildFingerprints(paths: readonly string[], ignored: readonly string[]): Promise<Result<BuiltFingerprints, string>> {
  const builder = await import('./build-fingerprints.ts');
  return builder.buildFingerprints(paths, ignored);
}

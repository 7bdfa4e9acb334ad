import { type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { PolicyReference } from '../../contracts/verdict.ts';
import type { Database } from './database.ts';

export interface AddReleaseInput {
  readonly name: string;
  readonly version: number;
  /** The DSSE envelope, as JSON text; already verified. */
  readonly envelope: string;
  readonly sha256: string;
  readonly now: number;
  readonly by: string;
}

export function addRelease(database: Database, input: AddReleaseInput): Result<PolicyReference, Failure> {
  const newest = currentRelease(database);
  if (newest !== null && newest.version >= input.version) {
    return err(
      failure('DLP_POLICY_OLDER', `Version ${newest.version} of "${newest.name}" was pushed before. A new release needs a higher version.`),
    );
  }
  database
    .prepare('INSERT INTO releases (version, name, envelope, sha256, pushed, pushed_by) VALUES (?, ?, ?, ?, ?, ?)')
    .run(input.version, input.name, input.envelope, input.sha256, input.now, input.by);
  return ok({ name: input.name, version: input.version });
}

export interface CurrentRelease extends PolicyReference {
  readonly envelope: string;
  readonly sha256: string;
  readonly pushed: number;
  readonly by: string;
}

export function currentRelease(database: Database): CurrentRelease | null {
  const row = database.prepare('SELECT * FROM releases ORDER BY version DESC LIMIT 1').get();
  if (row === undefined) return null;
  return {
    name: String(row['name']),
    version: Number(row['version']),
    envelope: String(row['envelope']),
    sha256: String(row['sha256']),
    pushed: Number(row['pushed']),
    by: String(row['pushed_by']),
  };
}

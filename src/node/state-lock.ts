import { mkdirSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';

export interface StateLock {
  release(): void;
}

/**
 * Makes a state folder this process's own: for its owner alone, and for one process at a time. Two writers of one event
 * chain would break it. SQLite's exclusive lock is the one lock that Node has on every OS and that ends with its process.
 */
export function lockState(folder: string): Result<StateLock, Failure> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    return ok({ release: () => database.close() });
  } catch (error) {
    database.close();
    if (!(error instanceof Error) || !/locked|busy/i.test(error.message)) throw error;
    return err(failure('DLP_STATE_IN_USE', `Another process works with ${folder}. End it first, or name another folder with --state.`));
  }
}

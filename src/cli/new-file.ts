import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { displayName } from '../core/display-name.ts';
import { syncFolder } from '../node/atomic-file.ts';
import { fromErrno } from '../node/errno.ts';

/** Writes a file for its owner's eyes; never replaces one, not even by choice. */
export async function writeNewFile(path: string, text: string): Promise<Result<void, Failure>> {
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await syncFolder(dirname(path));
    return ok(undefined);
  } catch (error) {
    const expected = fromErrno(error);
    return err({ ...expected, message: `${displayName(path)}: ${expected.message}` });
  }
}

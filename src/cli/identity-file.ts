import { readFile } from 'node:fs/promises';
import { parseIdentityFile } from '../age/index.ts';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, type Result } from '../contracts/result.ts';
import { displayName } from '../core/display-name.ts';
import { fromErrno } from '../node/errno.ts';

/** Reads the identities of a key file; pipes are welcome, since a key may come from another program. */
export async function readIdentityFile(path: string): Promise<Result<string[], Failure>> {
  const result = await read(path);
  return result.ok ? result : err({ ...result.error, message: `${displayName(path)}: ${result.error.message}` });
}

async function read(path: string): Promise<Result<string[], Failure>> {
  try {
    return parseIdentityFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') {
      return err(failure('DLP_FILE_NOT_REGULAR', 'This is a folder, not a key file.'));
    }
    return err(fromErrno(error));
  }
}

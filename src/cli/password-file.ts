import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Failure, failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { fromErrno } from '../node/errno.ts';
import { callerPath } from './context.ts';

/** The first line of the file, or of standard input for `-`. Never from an argument: those are seen by every process. */
export async function readPassword(path: string): Promise<Result<string, Failure>> {
  try {
    const content = path === '-' ? await text(process.stdin) : await readFile(callerPath(path), 'utf8');
    const [line = ''] = content.split(/\r?\n/);
    return line === '' ? err(failure('DLP_CLI_USAGE', 'The password file is empty.')) : ok(line);
  } catch (error) {
    return err(fromErrno(error));
  }
}

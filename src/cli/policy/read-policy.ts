import { readFile } from 'node:fs/promises';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Language } from '../../contracts/ids.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import { fromErrno } from '../../node/errno.ts';
import { formatProblem, type PolicyProblem } from '../../policy/index.ts';
import { callerPath, EXIT, printError, printJson } from '../context.ts';

/** Reads a text file the person named; the failure names it too. */
export async function readText(file: string): Promise<Result<string, Failure>> {
  try {
    return ok(await readFile(callerPath(file), 'utf8'));
  } catch (error) {
    const { code, message, retryable } = fromErrno(error);
    return err(failure(code, `${displayName(file)}: ${message}`, { retryable }));
  }
}

/** Shows the mistakes of a file where a command needs it without any, and gives the exit code. */
export function failWithProblems(
  file: string,
  problems: readonly PolicyProblem[],
  { json, language }: { json: boolean; language: Language },
): number {
  if (json) printJson({ file, ok: false, problems });
  else for (const problem of problems) printError(formatProblem(displayName(file), problem, language));
  return EXIT.found;
}

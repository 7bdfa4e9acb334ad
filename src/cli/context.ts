import { resolve } from 'node:path';
import type { Failure } from '../contracts/errors.ts';

/** Exit codes of every command: 0 it ran, 1 a condition asked for was reached or found wrong, 2 it could not run. */
export const EXIT = { ok: 0, found: 1, failed: 2 } as const;

/** Paths are meant from where the person typed the command; npm changes the folder and leaves the old one here. */
export function callerPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Shows an expected failure and gives the exit code for it. */
export function fail(error: Failure, json: boolean): number {
  if (json) printJson({ error: { code: error.code, message: error.message } });
  else printError(`${error.message} (${error.code})`);
  return EXIT.failed;
}

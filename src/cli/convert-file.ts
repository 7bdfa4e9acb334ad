import { randomBytes } from 'node:crypto';
import { constants, rmSync } from 'node:fs';
import { link, lstat, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { displayName } from '../core/display-name.ts';
import { syncFolder } from '../node/atomic-file.ts';
import { fromErrno } from '../node/errno.ts';
import { EXIT } from './context.ts';

/** One file made from another, whole or not at all. */
export interface Conversion<T> {
  readonly input: string;
  readonly output: string;
  /** Replace an output that is there already. */
  readonly force: boolean;
  /** Permissions of the output; without it those of the input. */
  readonly mode?: number;
  /** Reads the one handle and writes the other; `bytes` is the input's size. */
  readonly convert: (source: FileHandle, target: FileHandle, bytes: number) => Promise<Result<T, Failure>>;
}

/**
 * Converts into a temporary file beside the output, syncs it and only then gives it the output's name. What goes wrong, up to
 * a signal, leaves no temporary file and an output as it was.
 */
export async function convertFile<T>(conversion: Conversion<T>): Promise<Result<T, Failure>> {
  const { input, output, force } = conversion;
  const source = await attempt(input, () => openRegular(input));
  if (!source.ok) return source;
  try {
    const free = await attempt(output, () => checkOutput(output, source.value, force));
    if (!free.ok) return free;
    return await attempt(output, () => convertOpened(conversion, source.value));
  } finally {
    await source.value.close();
  }
}

async function convertOpened<T>(conversion: Conversion<T>, source: FileHandle): Promise<Result<T, Failure>> {
  const { output, force } = conversion;
  const folder = dirname(output);
  const temporary = join(folder, `.sekisho-${randomBytes(8).toString('hex')}.tmp`);
  const interrupted = () => {
    rmSync(temporary, { force: true });
    process.exit(EXIT.failed);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const result = await writeTemporary(conversion, source, temporary);
    if (!result.ok) return result;
    await place(temporary, output, force);
    await syncFolder(folder);
    return result;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await unlink(temporary).catch(() => undefined);
  }
}

async function writeTemporary<T>(conversion: Conversion<T>, source: FileHandle, temporary: string): Promise<Result<T, Failure>> {
  const { size, mode } = await source.stat();
  const target = await open(temporary, 'wx', 0o600);
  try {
    const result = await conversion.convert(source, target, size);
    if (!result.ok) return about(conversion.input, result.error);
    // FAT has no permissions to set and may refuse; the file stays as private as the medium is.
    await target.chmod((conversion.mode ?? mode) & 0o666).catch(() => undefined);
    await target.sync();
    return result;
  } finally {
    await target.close();
  }
}

/** Without blocking on a named pipe, and judged by the open file, so that nothing can be put in its place in between. */
async function openRegular(path: string): Promise<Result<FileHandle, Failure>> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await file.stat()).isFile()) return ok(file);
  await file.close();
  return about(path, failure('DLP_FILE_NOT_REGULAR', 'Only files can be taken, not folders, devices or pipes.'));
}

async function checkOutput(output: string, source: FileHandle, force: boolean): Promise<Result<void, Failure>> {
  const there = await lstat(output).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (there === null) return ok(undefined);
  const original = await source.stat();
  if (there.dev === original.dev && there.ino === original.ino) {
    return about(output, failure('DLP_CLI_USAGE', 'The output would replace the file it is made from. Give another name with -o.'));
  }
  if (there.isDirectory())
    return about(output, failure('DLP_FILE_NOT_REGULAR', 'The output is a folder. Give the name of a file with -o.'));
  return force
    ? ok(undefined)
    : about(output, failure('DLP_FILE_EXISTS', 'It is there already and was left as it is. Use --force to replace it.'));
}

/** A rename replaces what appeared meanwhile; a hard link does not, but FAT and exFAT have none. */
async function place(temporary: string, output: string, force: boolean): Promise<void> {
  if (!force) {
    try {
      return await link(temporary, output);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && NO_HARD_LINKS.has(String(error.code)))) throw error;
    }
  }
  await rename(temporary, output);
}

const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'UNKNOWN']);

/** What the file system threw as a value that names the file. */
async function attempt<T>(path: string, work: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
  try {
    return await work();
  } catch (error) {
    return about(path, fromErrno(error));
  }
}

function about(path: string, error: Failure): Result<never, Failure> {
  return err({ ...error, message: `${displayName(path)}: ${error.message}` });
}

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import { hasCode } from './has-code.ts';
import { pinFolder, type PinnedFolder, type VolumeRoot } from './pinned-folder.ts';
import { sameContent, sameFile, sameStamp, type Stamp, stampOf } from './stamp.ts';
import type { VolumePath } from './volume-path.ts';

/** The very file that was inspected, held open together with its folder. */
export interface Subject {
  readonly folder: PinnedFolder;
  readonly name: Buffer;
  readonly file: FileHandle;
  readonly stamp: Stamp;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly accessedMillis: number;
  readonly modifiedMillis: number;
  /** Times alone do not count as a change: whoever asks compares hashes as well. */
  readonly timesMayMove: boolean;
}

export const CHANGED = failure('DLP_FILE_CHANGED', 'The file is no longer what was inspected. It will be looked at again.');
const READ_CHUNK = 1_048_576;

/** DLP_FILE_CHANGED, DLP_FILE_NOT_FOUND or DLP_FILE_OUTSIDE when the path no longer leads to that file. */
export async function openSubject(
  root: VolumeRoot,
  path: VolumePath,
  stamp: Stamp,
  timesMayMove = false,
): Promise<Result<Subject, Failure>> {
  const name = path.at(-1);
  if (name === undefined) return err(CHANGED);
  const folder = await pinFolder(root, path.slice(0, -1));
  if (!folder.ok) return folder;
  const subject = await openIn(folder.value, name, stamp, timesMayMove);
  if (!subject.ok) await folder.value.close();
  return subject;
}

async function openIn(folder: PinnedFolder, name: Buffer, stamp: Stamp, timesMayMove: boolean): Promise<Result<Subject, Failure>> {
  let file: FileHandle;
  try {
    // Non-blocking: a FIFO put in the file's place would otherwise hold the agent for ever.
    file = await open(folder.entry(name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return err(hasCode(error, 'ELOOP', 'ENXIO') ? CHANGED : fromErrno(error));
  }
  const stats = await file.stat({ bigint: true });
  const same = timesMayMove ? sameFile : sameStamp;
  if (!stats.isFile() || !same(stampOf(stats), stamp)) {
    await file.close();
    return err(CHANGED);
  }
  return ok({
    folder,
    name,
    file,
    stamp,
    mode: Number(stats.mode) & 0o7777,
    owner: { uid: Number(stats.uid), gid: Number(stats.gid) },
    accessedMillis: Number(stats.atimeMs),
    modifiedMillis: Number(stats.mtimeMs),
    timesMayMove,
  });
}

export async function closeSubject(subject: Subject): Promise<void> {
  await subject.file.close();
  await subject.folder.close();
}

/** Still the same content as far as size and times tell, under the name given (its own, or the one it was moved aside to). */
export async function isUnchanged(subject: Subject, name: Buffer): Promise<boolean> {
  const same = subject.timesMayMove ? sameFile : sameContent;
  const held = stampOf(await subject.file.stat({ bigint: true }));
  if (!same(held, subject.stamp)) return false;
  try {
    const named = await lstat(subject.folder.entry(name), { bigint: true });
    return named.isFile() && same(stampOf(named), subject.stamp);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

export async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(Math.min(READ_CHUNK, Math.max(1, size)));
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

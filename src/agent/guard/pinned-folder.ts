import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import { absolutePath, checkedName, type VolumePath } from './volume-path.ts';

/** The volume's root as it was when the guard started. */
export interface VolumeRoot {
  /** Real absolute path, in the OS's bytes. */
  readonly path: Buffer;
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * A folder on the volume held open, so that what is done by its names stays in it even when somebody puts a symlink in
 * the way meanwhile. Linux: each part is opened from the one above through `/proc/self/fd/N/`, which is openat(2).
 * Elsewhere the real path is checked instead, which leaves a moment between check and use (docs/spec/watch-guard.md
 * section 7).
 */
export interface PinnedFolder {
  /** A path for fs calls that names an entry of this folder. */
  entry(name: Buffer): Buffer;
  /** Makes renames and removals in the folder durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const FOLDER_FLAGS = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** DLP_FILE_OUTSIDE when a part is a symlink, another filesystem, or the root is no longer the same volume. */
export async function pinFolder(root: VolumeRoot, path: VolumePath): Promise<Result<PinnedFolder, Failure>> {
  return process.platform === 'linux' ? pinByDescriptor(root, path) : pinByRealPath(root, path);
}

async function pinByDescriptor(root: VolumeRoot, path: VolumePath): Promise<Result<PinnedFolder, Failure>> {
  let folder: FileHandle | null = null;
  try {
    folder = await open(root.path, FOLDER_FLAGS);
    const top = await folder.stat({ bigint: true });
    if (top.dev !== root.device || top.ino !== root.inode) return await outside(folder);
    for (const part of path) {
      const next: FileHandle = await open(entryOf(folder, part), FOLDER_FLAGS);
      await folder.close();
      folder = next;
      if ((await folder.stat({ bigint: true })).dev !== root.device) return await outside(folder);
    }
  } catch (error) {
    await folder?.close();
    return err(outsideOr(error));
  }
  const pinned = folder;
  return ok({ entry: (name) => entryOf(pinned, name), sync: () => pinned.sync(), close: () => pinned.close() });
}

function entryOf(folder: FileHandle, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder.fd}/`), checkedName(name)]);
}

async function pinByRealPath(root: VolumeRoot, path: VolumePath): Promise<Result<PinnedFolder, Failure>> {
  const folder = absolutePath(root.path, path);
  try {
    const real = await realpath(folder, 'buffer');
    const facts = await lstat(folder, { bigint: true });
    if (facts.dev !== root.device || !real.equals(folder)) return err(OUTSIDE);
  } catch (error) {
    return err(outsideOr(error));
  }
  return ok({
    entry: (name) => absolutePath(folder, [checkedName(name)]),
    sync: async () => undefined,
    close: async () => undefined,
  });
}

const OUTSIDE = failure('DLP_FILE_OUTSIDE', 'The path leads off the medium. Nothing was changed.');

async function outside(folder: FileHandle): Promise<Result<never, Failure>> {
  await folder.close();
  return err(OUTSIDE);
}

function outsideOr(error: unknown): Failure {
  const symlink = error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'ENOTDIR');
  return symlink ? OUTSIDE : fromErrno(error);
}

import { lstat, open, unlink } from 'node:fs/promises';
import type { Failure } from '../../contracts/errors.ts';
import { failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import type { QuarantineItem } from '../quarantine/item.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { renameExclusive, restoredName } from './place-file.ts';
import { pinFolder, type PinnedFolder, type VolumeRoot } from './pinned-folder.ts';
import { type Stamp, stampOf } from './stamp.ts';
import { temporaryId, temporaryName } from './temporary-name.ts';
import { parsePath, type VolumePath } from './volume-path.ts';

export interface ReleaseOptions {
  readonly root: VolumeRoot;
  readonly quarantine: Quarantine;
  readonly inUse: Set<string>;
  readonly onWritten: (path: VolumePath, stamp: Stamp) => void;
}

/**
 * Puts a quarantined file back on the medium: under its own path where that is free, else numbered; in the root when its
 * folder is gone. The item goes only when the file stands on the medium, whole. DLP_QUARANTINE_MISSING, DLP_FILE_NO_SPACE, ...
 */
export async function releaseFile(options: ReleaseOptions, id: string): Promise<Result<VolumePath, Failure>> {
  const item = await options.quarantine.find(id);
  if (item === null) return err(failure('DLP_QUARANTINE_MISSING', 'There is no such file in the quarantine.'));
  const path = parsePath(Buffer.from(item.path, 'base64'));
  const own = await pinFolder(options.root, path.slice(0, -1));
  const folder = own.ok ? own : await pinFolder(options.root, []);
  if (!folder.ok) return folder;
  const parents = own.ok ? path.slice(0, -1) : [];
  const temporary = temporaryId();
  options.inUse.add(temporary);
  try {
    const placed = await putBack(options, item, folder.value, [...parents, path.at(-1) ?? Buffer.alloc(0)], temporary);
    if (placed.ok) await options.quarantine.remove(id);
    return placed;
  } catch (error) {
    return err(fromErrno(error));
  } finally {
    options.inUse.delete(temporary);
    await folder.value.close();
  }
}

async function putBack(
  options: ReleaseOptions,
  item: QuarantineItem,
  folder: PinnedFolder,
  path: VolumePath,
  id: string,
): Promise<Result<VolumePath, Failure>> {
  const temporary = folder.entry(temporaryName(id, 'tmp'));
  try {
    const written = await writeTemporary(options, item, temporary);
    if (!written.ok) return written;
    for (let attempt = 1; ; attempt += 1) {
      const name = restoredName(path.at(-1) ?? Buffer.alloc(0), attempt);
      if (!(await renameExclusive(temporary, folder.entry(name)))) continue;
      const placed = [...path.slice(0, -1), name];
      // The file is closed and has its last name: from here on only others move its time of change.
      options.onWritten(placed, stampOf(await lstat(folder.entry(name), { bigint: true })));
      await folder.sync();
      return ok(placed);
    }
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function writeTemporary(options: ReleaseOptions, item: QuarantineItem, temporary: Buffer): Promise<Result<void, Failure>> {
  const file = await open(temporary, 'wx+', 0o600);
  try {
    const written = await options.quarantine.extract(item.id, file);
    if (!written.ok) return written;
    await file.chown(item.owner.uid, item.owner.gid).catch(() => undefined);
    await file.chmod(item.mode & 0o777).catch(() => undefined);
    const modified = new Date(item.modified);
    await file.utimes(modified, modified).catch(() => undefined);
    await file.sync();
    return ok(undefined);
  } finally {
    await file.close();
  }
}

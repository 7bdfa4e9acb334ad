import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import koffi from 'koffi';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { fromErrno } from '../../node/errno.ts';
import type { CoveredVolume } from '../types.ts';
import { isBlockDeviceThere } from './block-device.ts';
import { denyVolume } from './deny-volume.ts';
import { type Mount, parseMountinfo, VIEW_TYPE } from './mountinfo.ts';

const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const SYS_OPEN_TREE = 428;
const SYS_MOVE_MOUNT = 429;
const SYS_MOUNT_SETATTR = 442;
const OPEN_TREE_CLONE = 1;
const O_CLOEXEC = 0o2000000;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const MOUNT_ATTR_RDONLY = 1n;
const MS_PRIVATE = 1n << 18n;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

/** The folder that keeps everybody but root from what is mounted in it. Only root mounts below a folder of this name. */
const OUT_OF_SIGHT = '.sekisho-out-of-sight';
/** A view that somebody serves, or will serve again, answers late or never: it is not ours to take away. */
const ANSWER_MILLIS = 1000;

export const isOutOfSight = (place: string): boolean => place.includes(`/${OUT_OF_SIGHT}/`);

/**
 * The medium stays mounted where the desktop put it, read-only and below the view that is put there: nobody takes it for
 * unmounted and mounts it again, and whatever becomes of the view, nobody can write to the medium. Its guard writes
 * through a mount of its own. The two are not in one peer group: a view over the one does not lie over the other.
 */
export async function coverVolume(volume: Volume, folder: string, viewWaits: boolean): Promise<Result<CoveredVolume, Failure>> {
  try {
    const { mountPoint } = volume;
    const medium = await emptyPlace(folder, volume.id);
    // What keeps a view alive over its agent's death keeps the medium too: its guard takes over both, or says why not.
    if (viewWaits || !(await takeDeadViewsFrom(mountPoint)))
      return ok({ medium, readOnly: volume.readOnly, letGo: () => letGo(volume, medium) });
    const denied = await denyVolume(volume, 'read-only');
    if (!denied.ok) {
      // It cannot be guarded, and as long as somebody writes to it not be made read-only: nobody else is to begin.
      await denyVolume(volume, 'block');
      return denied;
    }
    const on = topMost(await mountTable(), mountPoint);
    if (on?.device !== deviceOf(volume)) return err(failure('DLP_GUARD_START', 'Something else is mounted over the medium by now.'));
    mountWritable(on.mountPointBytes, medium);
    const mounted = topMost(await mountTable(), medium);
    if (mounted?.device !== deviceOf(volume)) return err(failure('DLP_GUARD_START', 'The medium was taken away.'));
    return ok({ medium, readOnly: mounted.filesystemReadOnly, letGo: () => letGo(volume, medium) });
  } catch (cause) {
    const { code, message } = cause instanceof CallError ? { code: 'DLP_GUARD_START' as const, message: cause.message } : fromErrno(cause);
    return err(failure(code, `The medium cannot be kept out of reach: ${message}`, { retryable: true, cause }));
  }
}

export async function clearCovers(folder: string, waiting: readonly string[]): Promise<void> {
  const calls = loadCalls();
  const table = await mountTable();
  for (const mount of table.toReversed()) {
    if (mount.mountPoint.startsWith(`${join(folder, OUT_OF_SIGHT)}/`)) calls.detach(mount.mountPointBytes);
  }
  const places = new Set(table.filter((mount) => isOverItsMedium(mount, table)).map(({ mountPoint }) => mountPoint));
  await Promise.all([...places].filter((place) => !waiting.includes(place)).map((place) => takeDeadViewsFrom(place)));
}

async function letGo(volume: Volume, medium: string): Promise<void> {
  const calls = loadCalls();
  const isGone = !isBlockDeviceThere(deviceOf(volume));
  for (const mount of (await mountTable()).toReversed()) {
    const isHidden = mount.mountPoint === medium;
    if (isHidden || (isGone && mount.device === deviceOf(volume))) calls.detach(mount.mountPointBytes);
  }
}

async function emptyPlace(folder: string, volumeId: string): Promise<string> {
  const around = join(folder, OUT_OF_SIGHT);
  const place = join(around, createHash('sha256').update(volumeId).digest('hex').slice(0, 16));
  await mkdir(place, { recursive: true, mode: 0o700 }).catch(ignoreExisting);
  await chmod(around, 0o700);
  for (const mount of await mountTable()) if (mount.mountPoint === place) loadCalls().detach(mount.mountPointBytes);
  return place;
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

/** False when there is one that is not dead. */
async function takeDeadViewsFrom(place: string): Promise<boolean> {
  for (;;) {
    const on = topMost(await mountTable(), place);
    if (on?.filesystem !== VIEW_TYPE) return true;
    if (!(await isDead(place))) return false;
    loadCalls().detach(on.mountPointBytes);
  }
}

/** Never waits for one that does not answer: this process may be the one that has to. */
async function isDead(place: string): Promise<boolean> {
  const asked = statfs(place).then(
    () => false,
    (error: unknown) => error instanceof Error && 'code' in error && (error.code === 'ENOTCONN' || error.code === 'ECONNABORTED'),
  );
  return Promise.race([asked, delay(ANSWER_MILLIS, false, { ref: false })]);
}

const deviceOf = ({ id }: Volume): string => id.replace(/^linux:/, '');
const mountTable = async (): Promise<Mount[]> => parseMountinfo(await readFile('/proc/self/mountinfo'));

/** What a path leads to: of all that is mounted there, what is mounted on nothing else's account. */
function topMost(mounts: readonly Mount[], place: string): Mount | undefined {
  const here = mounts.filter(({ mountPoint }) => mountPoint === place);
  return here.find(({ id }) => !here.some(({ parentId }) => parentId === id));
}

function isOverItsMedium(view: Mount, mounts: readonly Mount[]): boolean {
  if (view.filesystem !== VIEW_TYPE) return false;
  const below = mounts.find(({ id }) => id === view.parentId);
  return below?.mountPoint === view.mountPoint && (below.source.startsWith('/dev/') || isOverItsMedium(below, mounts));
}

function mountWritable(from: Uint8Array, at: string): void {
  const calls = loadCalls();
  const clone = calls.clone(from);
  try {
    calls.makeWritableAndPrivate(clone);
    calls.attach(clone, Buffer.from(at));
  } finally {
    calls.close(clone);
  }
}

class CallError extends Error {}

function loadCalls() {
  const libc = koffi.load(null);
  const openTree = libc.func('long syscall(long number, int folder, const void *path, unsigned int flags)');
  const moveMount = libc.func('long syscall(long number, int from, const void *fromPath, int to, const void *toPath, unsigned int flags)');
  const setAttributes = libc.func(
    'long syscall(long number, int folder, const void *path, unsigned int flags, const void *attributes, size_t size)',
  );
  const umount2 = libc.func('int umount2(const void *path, int flags)');
  const close = libc.func('int close(int descriptor)');
  const nothing = terminated(new Uint8Array(0));
  // struct mount_attr { u64 attr_set; u64 attr_clr; u64 propagation; u64 userns_fd; }
  const attributes = Buffer.from(BigUint64Array.of(0n, MOUNT_ATTR_RDONLY, MS_PRIVATE, 0n).buffer);
  return {
    clone: (path: Uint8Array) => checked('open_tree', openTree(SYS_OPEN_TREE, AT_FDCWD, terminated(path), OPEN_TREE_CLONE | O_CLOEXEC)),
    makeWritableAndPrivate: (mount: number) =>
      checked('mount_setattr', setAttributes(SYS_MOUNT_SETATTR, mount, nothing, AT_EMPTY_PATH, attributes, attributes.length)),
    attach: (mount: number, at: Uint8Array) =>
      checked('move_mount', moveMount(SYS_MOVE_MOUNT, mount, nothing, AT_FDCWD, terminated(at), MOVE_MOUNT_F_EMPTY_PATH)),
    /** Gone already is as good. */
    detach: (path: Uint8Array) => void umount2(terminated(path), UMOUNT_NOFOLLOW | MNT_DETACH),
    close: (descriptor: number) => void close(descriptor),
  };
}

const terminated = (path: Uint8Array): Buffer => Buffer.concat([path, Buffer.of(0)]);

function checked(call: string, returned: unknown): number {
  const value = Number(returned);
  if (value < 0) throw new CallError(`${call} failed (errno ${koffi.errno()})`);
  return value;
}

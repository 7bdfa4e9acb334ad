import koffi from 'koffi';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { isReachable, type Mount, parseMountinfo } from './mountinfo.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SYS_MOUNT_SETATTR = 442;
const MOUNT_ATTR_RDONLY = 1n;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

/** A copy under way keeps a volume writable until its file is closed: worth waiting for, briefly. */
const TRIES = 10;
const BETWEEN_MILLIS = 200;

type Outcome = 'done' | 'busy' | 'failed';

interface Calls {
  readonly setReadOnly: (path: Uint8Array) => Outcome;
  readonly setWritable: (path: Uint8Array) => Outcome;
  readonly unmount: (path: Uint8Array, flags: number) => Outcome;
}

/**
 * Makes a volume unwritable, or takes it away, at every place of this mount namespace. By system call: paths may hold
 * any bytes, and no helper program of a filesystem is run. Per mount, so that other mount options stay as they are.
 */
export async function denyVolume(volume: Volume, treatment: 'block' | 'read-only'): Promise<Result<void, Failure>> {
  const calls = loadCalls();
  let outcome: Outcome = 'done';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    outcome = await denyEverywhere(volume, (mount) =>
      treatment === 'block' ? calls.unmount(mount.mountPointBytes, UMOUNT_NOFOLLOW) : calls.setReadOnly(mount.mountPointBytes),
    );
    if (outcome !== 'busy') break;
    if (attempt < TRIES) await delay(BETWEEN_MILLIS);
  }
  if (outcome === 'done') return ok(undefined);
  if (outcome === 'failed')
    return err(failure('DLP_VOLUME_DENY', 'The system refused to take the volume away. It needs root and Linux 5.12 or newer.'));
  if (treatment === 'read-only')
    return err(failure('DLP_VOLUME_BUSY', 'A program is writing to the volume; it could not be made read-only yet.', { retryable: true }));
  await denyEverywhere(volume, (mount) => {
    calls.setReadOnly(mount.mountPointBytes);
    return calls.unmount(mount.mountPointBytes, UMOUNT_NOFOLLOW | MNT_DETACH);
  });
  return err(
    failure('DLP_VOLUME_BUSY', 'The volume was taken from every path, but a program still has files on it open and can go on with those.'),
  );
}

/** Undoes `read-only`. A filesystem that is read-only itself stays so. */
export async function admitVolume(volume: Volume): Promise<Result<void, Failure>> {
  const calls = loadCalls();
  const outcome = await denyEverywhere(volume, (mount) => calls.setWritable(mount.mountPointBytes));
  if (outcome === 'done') return ok(undefined);
  return err(failure('DLP_VOLUME_DENY', 'The system refused to make the volume writable again. Plug it in anew.'));
}

/** One place; a program that writes there keeps it writable. */
export const makeReadOnly = (path: Uint8Array): Outcome => loadCalls().setReadOnly(path);

/** Newest first: what lies on top must go before what is below. */
async function denyEverywhere(volume: Volume, deny: (mount: Mount) => Outcome): Promise<Outcome> {
  let worst: Outcome = 'done';
  for (const mount of await placesOf(volume)) {
    const outcome = deny(mount);
    if (outcome === 'failed' || worst === 'failed') worst = 'failed';
    else if (outcome === 'busy') worst = 'busy';
  }
  return worst;
}

/** Only where a path leads to the volume itself: by the same path, a mount hidden under another would hit that other one. */
async function placesOf(volume: Volume): Promise<Mount[]> {
  const mounts = parseMountinfo(await readFile('/proc/self/mountinfo'));
  const device = volume.id.replace(/^linux:/, '');
  return mounts.filter((mount) => mount.device === device && isReachable(mount, mounts)).toSorted((a, b) => b.id - a.id);
}

function loadCalls(): Calls {
  const libc = koffi.load(null);
  const umount2 = libc.func('int umount2(const void *path, int flags)');
  const syscall = libc.func(
    'long syscall(long number, int folder, const void *path, unsigned int flags, const void *attributes, size_t size)',
  );
  // struct mount_attr { u64 attr_set; u64 attr_clr; u64 propagation; u64 userns_fd; }
  const readOnly = Buffer.from(BigUint64Array.of(MOUNT_ATTR_RDONLY, 0n, 0n, 0n).buffer);
  const writable = Buffer.from(BigUint64Array.of(0n, MOUNT_ATTR_RDONLY, 0n, 0n).buffer);
  const set = (path: Uint8Array, attributes: Buffer): Outcome =>
    outcomeOf(syscall(SYS_MOUNT_SETATTR, AT_FDCWD, terminated(path), AT_SYMLINK_NOFOLLOW, attributes, attributes.length));
  return {
    setReadOnly: (path) => set(path, readOnly),
    setWritable: (path) => set(path, writable),
    unmount: (path, flags) => outcomeOf(umount2(terminated(path), flags)),
  };
}

const terminated = (path: Uint8Array): Buffer => Buffer.concat([path, Buffer.of(0)]);

function outcomeOf(returned: unknown): Outcome {
  if (returned === 0 || returned === 0n) return 'done';
  const errno = koffi.errno();
  // Gone between the look and the call.
  if (errno === constants.errno.EINVAL || errno === constants.errno.ENOENT) return 'done';
  return errno === constants.errno.EBUSY ? 'busy' : 'failed';
}

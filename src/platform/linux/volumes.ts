import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import type { VolumeChange, VolumeSource } from '../../core/ports.ts';
import { type BlockFacts, isBlockDeviceThere, readBlockDevice } from './block-device.ts';
import { deviceNumber, readFilesystemNames } from './block-properties.ts';
import { isSystemMount, type MountedFilesystem, mountedFilesystems } from './mount-choice.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { type MountWatch, watchMounts } from './mount-watch.ts';
import { makeReadOnly } from './deny-volume.ts';
import { isOutOfSight } from './cover-volume.ts';
import { isReachable, type Mount, parseMountinfo, seenThrough, viewOver } from './mountinfo.ts';

const MOUNTINFO = '/proc/self/mountinfo';
const MAX_PATH = 4096;
const RETRY_MILLIS = 1000;

interface Known {
  /** The kernel's number of the mount: another one at the same place is another mounting. */
  readonly mountId: number;
  readonly volume: Volume;
}

/** Mounted filesystems that are not the system's own. Told by the kernel of each change; nothing is asked on a timer. */
export class LinuxVolumes implements VolumeSource {
  #known = new Map<string, Known>();
  #report: ((change: VolumeChange) => void) | null = null;
  #watch: MountWatch | null = null;
  readonly #looks = new OneAtATime(() => this.#look());

  async start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    try {
      this.#watch = await watchMounts(() => this.#changed());
      await this.rescan();
      return ok(undefined);
    } catch (cause) {
      await this.stop();
      return err(failure('DLP_VOLUME_UNAVAILABLE', `The system's table of mounts cannot be watched (${MOUNTINFO}).`, { cause }));
    }
  }

  /** The kernel tells of a change once: a look that failed (no descriptor left) must be made up for. */
  #changed(): void {
    this.rescan().catch(() => {
      if (this.#report !== null) setTimeout(() => this.#changed(), RETRY_MILLIS).unref();
    });
  }

  rescan(): Promise<void> {
    return this.#looks.run();
  }

  async stop(): Promise<void> {
    this.#report = null;
    const watch = this.#watch;
    this.#watch = null;
    await watch?.stop();
    await this.#looks.idle();
    this.#known.clear();
  }

  async #look(): Promise<void> {
    const table = parseMountinfo(await readFile(MOUNTINFO));
    const report = this.#report;
    if (report === null) return;
    const before = this.#known;
    this.#known = volumesOf(table);
    for (const [volumeId, { mountId }] of before) {
      const now = this.#known.get(volumeId);
      if (now === undefined || now.mountId !== mountId) report({ kind: 'unmounted', volumeId });
    }
    for (const [volumeId, { mountId, volume }] of this.#known) {
      const earlier = before.get(volumeId);
      // A volume that only changed, as by a remount read-only, is reported again under its id.
      const same = earlier !== undefined && earlier.mountId === mountId && isDeepStrictEqual(earlier.volume, volume);
      if (!same) report({ kind: 'mounted', volume });
    }
  }
}

function volumesOf(table: readonly Mount[]): Map<string, Known> {
  const found = new Map<string, Known>();
  // What a guard keeps out of sight is no place of the volume: numbers of mounts are used again, so it may seem the oldest.
  const mounts = seenThrough(table).filter(({ mountPoint }) => !isOutOfSight(mountPoint));
  for (const each of mountedFilesystems(mounts)) {
    const covered = each.places.find((place) => viewOver(place, table) !== undefined);
    // Where its view is, whatever else it is mounted at.
    const filesystem = covered === undefined ? each : { ...each, primary: covered };
    if (filesystem.kind === 'block' && !isBlockDeviceThere(blockNumber(filesystem))) continue;
    const hardware = filesystem.kind === 'block' ? readBlockDevice(blockNumber(filesystem)) : NO_HARDWARE[filesystem.kind];
    if (isSystemMount(filesystem, mounts, !hardware.removable) || filesystem.primary.mountPoint.length > MAX_PATH) continue;
    if (covered !== undefined) keepCovered(filesystem, table);
    const volume = describeVolume(filesystem, hardware, covered !== undefined);
    found.set(volume.id, { mountId: filesystem.primary.id, volume });
  }
  return found;
}

/** Filesystems that span devices (btrfs) and FUSE ones have a number of their own, under major 0. */
function blockNumber({ device, primary }: MountedFilesystem): string {
  return device.startsWith('0:') ? (deviceNumber(primary.source) ?? device) : device;
}

const NO_HARDWARE: Readonly<Record<'network' | 'phone', BlockFacts>> = {
  network: { bus: 'network', removable: false },
  phone: { bus: 'usb', removable: true },
};

/** Whoever mounts a guarded medium a second time gets round its view: such a place can be read and not written. */
function keepCovered({ places }: MountedFilesystem, table: readonly Mount[]): void {
  const open = places.filter((place) => !place.readOnly && isReachable(place, table));
  for (const { mountPointBytes } of open) makeReadOnly(mountPointBytes);
}

function describeVolume(filesystem: MountedFilesystem, hardware: BlockFacts, isCovered: boolean): Volume {
  const { device, kind, primary } = filesystem;
  return {
    id: `linux:${device}`,
    mountPoint: primary.mountPoint,
    ...(kind === 'block' ? { devicePath: primary.source, ...readFilesystemNames(blockNumber(filesystem)) } : {}),
    filesystem: primary.filesystem.slice(0, 64),
    // Below a view every mount is read-only: what is written goes another way.
    readOnly: isCovered ? primary.filesystemReadOnly : primary.readOnly,
    ...hardware,
  };
}

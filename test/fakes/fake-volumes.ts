import type { Failure } from '../../src/contracts/errors.ts';
import { ok, type Result } from '../../src/contracts/result.ts';
import type { Volume } from '../../src/contracts/volume.ts';
import type { VolumeChange, VolumeSource } from '../../src/core/ports.ts';

/** A mounted stick; tests change what they care about. */
export function fakeVolume(change: Partial<Volume> = {}): Volume {
  return {
    id: 'linux:8:17',
    mountPoint: '/media/stick',
    devicePath: '/dev/sdb1',
    filesystem: 'vfat',
    label: 'STICK',
    uuid: '1A2B-3C4D',
    bytesTotal: 16_000_000_000,
    readOnly: false,
    bus: 'usb',
    removable: true,
    ...change,
  };
}

/** Volumes that are mounted and unmounted as a test says. */
export class FakeVolumes implements VolumeSource {
  readonly #mounted = new Map<string, Volume>();
  #hidden: Volume[] = [];
  #report: ((change: VolumeChange) => void) | null = null;
  /** How often someone asked to look again. */
  rescans = 0;

  constructor(present: readonly Volume[] = []) {
    for (const volume of present) this.#mounted.set(volume.id, volume);
  }

  mount(volume: Volume): void {
    this.#mounted.set(volume.id, volume);
    this.#report?.({ kind: 'mounted', volume });
  }

  /** Mounted, but the OS's event was lost: only a rescan finds it. */
  mountUnseen(volume: Volume): void {
    this.#hidden.push(volume);
  }

  unmount(volumeId: string): void {
    if (!this.#mounted.delete(volumeId)) throw new Error(`${volumeId} is not mounted`);
    this.#report?.({ kind: 'unmounted', volumeId });
  }

  start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    for (const volume of this.#mounted.values()) report({ kind: 'mounted', volume });
    return Promise.resolve(ok(undefined));
  }

  rescan(): Promise<void> {
    this.rescans += 1;
    const found = this.#hidden;
    this.#hidden = [];
    for (const volume of found) this.mount(volume);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#report = null;
    return Promise.resolve();
  }
}

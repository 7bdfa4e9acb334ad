import { type FSWatcher, watch } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import type { VolumeChange, VolumeSource } from '../../core/ports.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { describeDisk, parseDiskInfo } from './diskutil.ts';
import { type DarwinMount, parseMountOutput } from './mount-output.ts';

const VOLUMES = '/Volumes';

export interface DarwinVolumesOptions {
  /** The output of a program, or null when it failed. `input` goes to its standard input. */
  readonly run: (program: string, args: readonly string[], input?: string) => Promise<string | null>;
  readonly folder?: string;
}

/** Volumes below /Volumes. macOS makes a folder there for each as it mounts it: that change is the event. */
export class DarwinVolumes implements VolumeSource {
  readonly #options: DarwinVolumesOptions;
  readonly #looks = new OneAtATime(() => this.#look());
  #known = new Map<string, Volume>();
  #report: ((change: VolumeChange) => void) | null = null;
  #watcher: FSWatcher | null = null;

  constructor(options: DarwinVolumesOptions) {
    this.#options = options;
  }

  async start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    try {
      this.#watcher = watch(this.#options.folder ?? VOLUMES, () => void this.rescan().catch(() => undefined));
      await this.rescan();
      return ok(undefined);
    } catch (cause) {
      await this.stop();
      return err(failure('DLP_VOLUME_UNAVAILABLE', `${VOLUMES} cannot be watched.`, { cause }));
    }
  }

  rescan(): Promise<void> {
    return this.#looks.run();
  }

  async stop(): Promise<void> {
    this.#report = null;
    this.#watcher?.close();
    this.#watcher = null;
    await this.#looks.idle();
    this.#known.clear();
  }

  async #look(): Promise<void> {
    const table = await this.#options.run('/sbin/mount', []);
    if (table === null || this.#report === null) return;
    const found = new Map<string, Volume>();
    for (const mount of parseMountOutput(table)) {
      const volume = await this.#describe(mount);
      if (volume !== null) found.set(volume.id, volume);
    }
    const before = this.#known;
    this.#known = found;
    for (const volumeId of before.keys()) if (!found.has(volumeId)) this.#report?.({ kind: 'unmounted', volumeId });
    for (const [volumeId, volume] of found)
      if (!isDeepStrictEqual(before.get(volumeId), volume)) this.#report?.({ kind: 'mounted', volume });
  }

  async #describe(mount: DarwinMount): Promise<Volume | null> {
    if (!mount.mountPoint.startsWith(`${VOLUMES}/`)) return null;
    if (!mount.source.startsWith('/dev/')) return NETWORK.has(mount.filesystem) ? networkVolume(mount) : null;
    const known = [...this.#known.values()].find((volume) => volume.devicePath === mount.source && volume.mountPoint === mount.mountPoint);
    if (known !== undefined && known.readOnly === mount.readOnly) return known;
    const plist = await this.#options.run('/usr/sbin/diskutil', ['info', '-plist', mount.source]);
    const json = plist === null ? null : await this.#options.run('/usr/bin/plutil', ['-convert', 'json', '-o', '-', '-'], plist);
    const info = json === null ? null : parseDiskInfo(json);
    return info?.ok === true ? describeDisk(mount, info.value) : null;
  }
}

const NETWORK = new Set(['smbfs', 'nfs', 'afpfs', 'webdav', 'cifs']);

const networkVolume = (mount: DarwinMount): Volume => ({
  id: `darwin:${mount.source}`.slice(0, 256),
  mountPoint: mount.mountPoint,
  filesystem: mount.filesystem,
  readOnly: mount.readOnly,
  bus: 'network',
  removable: false,
});

import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { Clock } from '../../core/ports.ts';
import { isCoarse, sameStamp, type Stamp, stampOf, stampText } from './stamp.ts';
import { absolutePath, pathKey, type VolumePath } from './volume-path.ts';
import type { WriterProbe } from './writer-probe.ts';

/** Quiet time after which a file counts as written, where the OS also says that nobody holds it open. */
const SETTLE_MILLIS = 150;
/** Where it does not say: long enough for a slow stick to catch its breath in the middle of a large copy. */
const SETTLE_BLIND_MILLIS = 400;
const SETTLE_BLIND_LARGE_MILLIS = 1500;
const LARGE_BYTES = 8n * 1024n * 1024n;
const HELD_OPEN_RECHECK_MILLIS = 250;
/** A file held open and left unchanged for this long is taken as it is: an open handle must not be a way round the guard. */
const HELD_OPEN_LIMIT_MILLIS = 60_000;

/** Only times moved for this long, not the size: somebody touches the file, and touching must not be a way round the guard. */
const SAME_SIZE_LIMIT_MILLIS = 5000;
/** However much happens to a file, it is taken as it is after this; if it goes on changing it arrives again. */
const SETTLE_LIMIT_MILLIS = 60_000;

export interface SettledFile {
  readonly path: VolumePath;
  readonly stamp: Stamp;
  readonly uid: number;
  readonly present: boolean;
  /** Taken at the end of a limit: its times may go on moving without a change of content. */
  readonly restless: boolean;
}

export interface TrackerOptions {
  readonly root: Buffer;
  readonly device: bigint;
  readonly clock: Clock;
  readonly probe: WriterProbe | null;
  /** Names the guard itself is using on the medium. */
  readonly isOwnName: (name: Buffer) => boolean;
  readonly onSettled: (file: SettledFile) => void;
  /** The path is a folder: everything below it is to be looked at. */
  readonly onFolder: (path: VolumePath) => void;
  /** The hint came to nothing: no file is there, or its state is known already. */
  readonly onDropped: (path: VolumePath) => void;
}

interface Settling {
  readonly path: VolumePath;
  readonly present: boolean;
  direct: boolean;
  quietSince: number;
  readonly firstSeen: number;
  sizeSince: number;
  last: Stamp | null;
}

/** Turns hints into settled files: each state of a file is reported once, and never while it is being written. */
export class ArrivalTracker {
  readonly #options: TrackerOptions;
  readonly #settling = new Map<string, Settling>();
  readonly #timers = new Map<string, () => void>();
  /** The state of each file as last reported, or as found at the start where present files are not inspected. */
  readonly #known = new Map<string, string>();
  /** What the guard put on the medium itself. */
  readonly #written = new Map<string, Stamp>();
  #stopped = false;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** `direct`: the OS itself named the path, so that something did happen even if no time on the file moved. */
  touch(path: VolumePath, hint: { direct: boolean; present?: boolean }): void {
    const name = path.at(-1);
    if (this.#stopped || name === undefined || this.#options.isOwnName(name)) return;
    const key = pathKey(path);
    const settling = this.#settling.get(key);
    if (settling !== undefined) {
      if (!hint.direct) return;
      settling.quietSince = this.#options.clock.now();
      settling.direct = true;
      return;
    }
    const now = this.#options.clock.now();
    const since = { quietSince: now, firstSeen: now, sizeSince: now };
    const added: Settling = { path, present: hint.present ?? false, direct: hint.direct, ...since, last: null };
    this.#settling.set(key, added);
    void this.#look(key, added);
  }

  /** For sweeps: one look at a file whose state is known already, and nothing more. */
  async find(path: VolumePath): Promise<void> {
    const key = pathKey(path);
    if (this.#settling.has(key)) return;
    const stats = await this.#stat(path);
    if (stats?.isFile() && !this.#isKnown(key, { direct: false }, stampOf(stats))) this.touch(path, { direct: false });
  }

  /** Looks again at a file whose last report came to nothing. */
  again(path: VolumePath): void {
    this.#known.delete(pathKey(path));
    this.touch(path, { direct: true });
  }

  /** Takes the file's present state as known without reporting it. */
  async baseline(path: VolumePath): Promise<void> {
    const key = pathKey(path);
    const stats = await this.#stat(path);
    // Something happened to it meanwhile: then it is an arrival.
    if (this.#settling.has(key) || this.#known.has(key)) return;
    if (stats?.isFile()) this.#known.set(key, stampText(stampOf(stats)));
  }

  /** `stamp` is the state after the last thing the guard did to the file: whatever moves its time of change later was not the guard. */
  wrote(path: VolumePath, stamp: Stamp): void {
    this.#written.set(pathKey(path), stamp);
  }

  forget(path: VolumePath): void {
    this.#known.delete(pathKey(path));
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#settling.clear();
  }

  async #look(key: string, settling: Settling): Promise<void> {
    this.#timers.delete(key);
    const stats = await this.#stat(settling.path);
    if (this.#stopped) return;
    if (stats === null || !stats.isFile()) {
      this.#settling.delete(key);
      this.#leave(key, settling, stats);
      return;
    }
    const stamp = stampOf(stats);
    if (this.#isKnown(key, settling, stamp)) {
      this.#settling.delete(key);
      this.#options.onDropped(settling.path);
      return;
    }
    this.#observe(settling, stamp);
    const quietUntil = settling.quietSince + this.#window(stamp.size);
    const wait = Math.min(quietUntil, limitOf(settling)) - this.#options.clock.now();
    if (wait > 0) this.#lookAfter(key, settling, wait);
    else await this.#settle(key, settling, stamp, Number(stats.uid));
  }

  #leave(key: string, settling: Settling, stats: BigIntStats | null): void {
    if (stats?.isDirectory()) {
      this.#options.onFolder(settling.path);
    } else {
      this.#known.delete(key);
      this.#written.delete(key);
      this.#options.onDropped(settling.path);
    }
  }

  async #settle(key: string, settling: Settling, stamp: Stamp, uid: number): Promise<void> {
    const { clock, probe, onSettled } = this.#options;
    const { quietSince } = settling;
    if (await probe?.isWritten(stamp.device, stamp.inode)) {
      const heldOpenUntil = Math.min(quietSince + HELD_OPEN_LIMIT_MILLIS, settling.firstSeen + SETTLE_LIMIT_MILLIS);
      if (clock.now() < heldOpenUntil) return this.#lookAfter(key, settling, HELD_OPEN_RECHECK_MILLIS);
    }
    if (this.#stopped) return;
    const restless = clock.now() >= limitOf(settling);
    // Written to while we asked who writes.
    if (settling.quietSince !== quietSince && !restless) return this.#lookAfter(key, settling, 0);
    this.#settling.delete(key);
    this.#known.set(key, stampText(stamp));
    onSettled({ path: settling.path, stamp, uid, present: settling.present, restless });
  }

  #observe(settling: Settling, stamp: Stamp): void {
    const now = this.#options.clock.now();
    if (settling.last !== null && !sameStamp(settling.last, stamp)) settling.quietSince = now;
    if (settling.last !== null && settling.last.size !== stamp.size) settling.sizeSince = now;
    settling.last = stamp;
  }

  #isKnown(key: string, settling: { readonly direct: boolean }, stamp: Stamp): boolean {
    const written = this.#written.get(key);
    if (written !== undefined && sameStamp(written, stamp)) return true;
    return this.#known.get(key) === stampText(stamp) && !(settling.direct && isCoarse(stamp));
  }

  #lookAfter(key: string, settling: Settling, millis: number): void {
    this.#timers.set(
      key,
      this.#options.clock.after(millis, () => void this.#look(key, settling)),
    );
  }

  #window(size: bigint): number {
    if (this.#options.probe !== null) return SETTLE_MILLIS;
    return size < LARGE_BYTES ? SETTLE_BLIND_MILLIS : SETTLE_BLIND_LARGE_MILLIS;
  }

  /** Null for what is not there or lies on another filesystem. */
  async #stat(path: VolumePath): Promise<BigIntStats | null> {
    const stats = await lstat(absolutePath(this.#options.root, path), { bigint: true }).catch(() => null);
    return stats !== null && stats.dev === this.#options.device ? stats : null;
  }
}

function limitOf({ firstSeen, sizeSince }: Settling): number {
  return Math.min(sizeSince + SAME_SIZE_LIMIT_MILLIS, firstSeen + SETTLE_LIMIT_MILLIS);
}

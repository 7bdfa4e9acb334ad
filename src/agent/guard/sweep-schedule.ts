import type { Clock } from '../../core/ports.ts';
import { pathKey, type VolumePath } from './volume-path.ts';

const FOLDER_MILLIS = 50;
/** The kernel drops hints when too many come at once, without a word; a sweep in a quiet moment finds what they were for. */
const VOLUME_MILLIS = 3000;
/** Hints without end do not put that off for ever. */
const VOLUME_LIMIT_MILLIS = 15_000;
/** Where folders have no watch: how long a file may stand there unseen. */
const UNWATCHED_MILLIS = 5000;

/**
 * When to look through folders again: many reasons within a moment are one sweep. There is never more than one at a
 * time, and after each a rest as long as it took, so that sweeping a large medium leaves half the time to the work.
 */
export class SweepSchedule {
  readonly #clock: Clock;
  readonly #sweep: (folder: VolumePath) => Promise<void>;
  readonly #waiting = new Map<string, VolumePath>();
  #volume: (() => void) | null = null;
  #volumeSince: number | null = null;
  #unwatched: (() => void) | null = null;
  #rest: (() => void) | null = null;
  #inserted: (() => Promise<void>) | null = null;
  #isSweeping = false;
  #stopped = false;

  constructor(clock: Clock, sweep: (folder: VolumePath) => Promise<void>) {
    this.#clock = clock;
    this.#sweep = sweep;
  }

  /** The folder, soon. */
  folder(folder: VolumePath): void {
    if (this.#stopped) return;
    this.#waiting.set(pathKey(folder), folder);
    this.#soon();
  }

  /** The whole volume, once it has been quiet for a while. */
  volume(): void {
    if (this.#stopped) return;
    const now = this.#clock.now();
    this.#volumeSince ??= now;
    this.#volume?.();
    this.#volume = this.#clock.after(Math.min(VOLUME_MILLIS, Math.max(0, this.#volumeSince + VOLUME_LIMIT_MILLIS - now)), () => {
      this.#volumeSince = null;
      this.folder([]);
    });
  }

  /** The whole volume, again and again. */
  keepSweeping(): void {
    if (this.#stopped) return;
    this.#unwatched?.();
    this.#unwatched = this.#clock.after(UNWATCHED_MILLIS, () => {
      this.folder([]);
      this.keepSweeping();
    });
  }

  /** Does this in the place of the next sweep. */
  insert(sweep: () => Promise<void>): void {
    if (this.#stopped) return;
    this.#inserted = sweep;
    this.#soon();
  }

  stop(): void {
    this.#stopped = true;
    this.#volume?.();
    this.#unwatched?.();
    this.#rest?.();
    this.#inserted = null;
    this.#waiting.clear();
  }

  #soon(): void {
    if (!this.#isSweeping && this.#rest === null) this.#restFor(FOLDER_MILLIS);
  }

  #restFor(millis: number): void {
    this.#rest = this.#clock.after(millis, () => {
      this.#rest = null;
      const next = this.#next();
      if (next !== null) void this.#run(next);
    });
  }

  async #run(sweep: () => Promise<void>): Promise<void> {
    this.#isSweeping = true;
    const started = this.#clock.now();
    try {
      await sweep();
    } finally {
      this.#isSweeping = false;
      if (!this.#stopped) this.#restFor(Math.max(FOLDER_MILLIS, this.#clock.now() - started));
    }
  }

  /** A sweep of the volume is one of every folder. */
  #next(): (() => Promise<void>) | null {
    const inserted = this.#inserted;
    this.#inserted = null;
    if (inserted !== null) return inserted;
    const [first] = this.#waiting.values();
    if (first === undefined) return null;
    const folder = this.#waiting.get(pathKey([])) ?? first;
    if (folder.length === 0) this.#waiting.clear();
    else this.#waiting.delete(pathKey(folder));
    return () => this.#sweep(folder);
  }
}

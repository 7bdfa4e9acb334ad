import type { Clock } from '../../core/ports.ts';
import { pathKey, type VolumePath } from './volume-path.ts';

const FOLDER_MILLIS = 50;
/** The kernel drops hints when too many come at once, without a word; a sweep in a quiet moment finds what they were for. */
const VOLUME_MILLIS = 3000;

/** When to look through folders again: many reasons within a moment are one sweep. */
export class SweepSchedule {
  readonly #clock: Clock;
  readonly #sweep: (folder: VolumePath) => void;
  readonly #folders = new Map<string, () => void>();
  #volume: (() => void) | null = null;
  #stopped = false;

  constructor(clock: Clock, sweep: (folder: VolumePath) => void) {
    this.#clock = clock;
    this.#sweep = sweep;
  }

  /** The folder, soon. */
  folder(folder: VolumePath): void {
    const key = pathKey(folder);
    if (this.#stopped || this.#folders.has(key)) return;
    const cancel = this.#clock.after(FOLDER_MILLIS, () => {
      this.#folders.delete(key);
      this.#sweep(folder);
    });
    this.#folders.set(key, cancel);
  }

  /** The whole volume, once it has been quiet for a while. */
  volume(): void {
    if (this.#stopped) return;
    this.#volume?.();
    this.#volume = this.#clock.after(VOLUME_MILLIS, () => {
      this.#volume = null;
      this.#sweep([]);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#volume?.();
    for (const cancel of this.#folders.values()) cancel();
    this.#folders.clear();
  }
}

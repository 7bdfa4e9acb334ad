import type { Clock } from '../../core/ports.ts';

const LIMIT = 64;
const STALL_MILLIS = 5000;

/**
 * Holds back settled files so that at most a few are reported and not yet enforced, wherever they come from: inspection
 * would be buried under a medium with ten thousand of them. What was written now goes before what was there at the start. When nothing comes
 * back for a while the oldest counts as lost and the next goes through: nobody owes the guard an answer.
 */
export class ReportGate {
  readonly #clock: Clock;
  /** Ids of reported files, oldest first. */
  readonly #inside = new Set<string>();
  readonly #arrivals = new Map<string, Waiting>();
  readonly #present = new Map<string, Waiting>();
  #stall: (() => void) | null = null;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `report` runs now or when there is room; a later state of the file at the same path takes the place of an earlier one. */
  enter(path: string, file: { fileId: string; present: boolean; report: () => void }): void {
    this.#present.delete(path);
    this.#arrivals.delete(path);
    (file.present ? this.#present : this.#arrivals).set(path, file);
    this.#letThrough();
  }

  /** The file's enforcement is over. */
  leave(fileId: string): void {
    if (!this.#inside.delete(fileId)) return;
    this.#stall?.();
    this.#stall = null;
    this.#letThrough();
  }

  stop(): void {
    this.#stopped = true;
    this.#stall?.();
    this.#arrivals.clear();
    this.#present.clear();
  }

  #letThrough(): void {
    while (!this.#stopped && this.#inside.size < LIMIT) {
      const waiting = this.#arrivals.size > 0 ? this.#arrivals : this.#present;
      const [next] = waiting;
      if (next === undefined) return;
      const [path, { fileId, report }] = next;
      waiting.delete(path);
      this.#inside.add(fileId);
      report();
    }
    if (!this.#stopped) this.#stall ??= this.#clock.after(STALL_MILLIS, () => this.#giveUpOldest());
  }

  #giveUpOldest(): void {
    const [oldest] = this.#inside;
    if (oldest !== undefined) this.leave(oldest);
  }
}

interface Waiting {
  readonly fileId: string;
  readonly report: () => void;
}

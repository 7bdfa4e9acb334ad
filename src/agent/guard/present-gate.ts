import type { Clock } from '../../core/ports.ts';

const LIMIT = 64;
const STALL_MILLIS = 5000;

/**
 * Lets files found at the start through a few at a time, so that a full stick does not push aside what is being copied
 * to it now. When nothing comes back for a while the next one goes through all the same: nobody owes the guard an answer.
 */
export class PresentGate {
  readonly #clock: Clock;
  readonly #inside = new Set<string>();
  #waiting: { go: () => void; cancel: () => void } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when one more may go through, and counts it in. One caller at a time. */
  async enter(key: string): Promise<void> {
    if (this.#inside.size >= LIMIT) {
      await new Promise<void>((go) => {
        this.#waiting = { go, cancel: this.#clock.after(STALL_MILLIS, () => this.#release()) };
      });
    }
    this.#inside.add(key);
  }

  /** Its enforcement is over, or it came to nothing. */
  leave(key: string): void {
    if (this.#inside.delete(key)) this.#release();
  }

  stop(): void {
    this.#release();
  }

  #release(): void {
    this.#waiting?.cancel();
    this.#waiting?.go();
    this.#waiting = null;
  }
}

import type { Clock } from '../../core/ports.ts';

const FIRST_MILLIS = 30_000;
const LONGEST_MILLIS = 1_800_000;

/** When to try a failed enforcement again: after 30 s, then twice as long each time, at most every half hour. */
export class RetrySchedule {
  readonly #clock: Clock;
  readonly #attempts = new Map<string, number>();
  readonly #timers = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  failed(key: string, retry: () => void): void {
    const attempts = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempts + 1);
    this.#timers.get(key)?.();
    const cancel = this.#clock.after(Math.min(FIRST_MILLIS * 2 ** attempts, LONGEST_MILLIS), () => {
      this.#timers.delete(key);
      retry();
    });
    this.#timers.set(key, cancel);
  }

  succeeded(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    this.#attempts.delete(key);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}

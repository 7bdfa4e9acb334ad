import type { Clock } from '../../core/ports.ts';

/** What a tray at work needs, with room; more than this an account waits, and everybody else does not. */
const REQUESTS_A_SECOND = 20;
const BURST = 40;

/** A bucket of tokens an account: requests beyond the rate are answered later, never lost. */
export class RateLimit {
  readonly #clock: Clock;
  /** When the account's bucket is full again, in milliseconds since the epoch. */
  readonly #fullAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when it is the account's turn. */
  turn(account: string): Promise<void> {
    const now = this.#clock.now();
    const fullAt = Math.max(this.#fullAt.get(account) ?? 0, now) + 1000 / REQUESTS_A_SECOND;
    this.#fullAt.set(account, fullAt);
    const wait = fullAt - now - (BURST * 1000) / REQUESTS_A_SECOND;
    if (wait <= 0) return Promise.resolve();
    return new Promise((resolve) => void this.#clock.after(wait, resolve));
  }
}

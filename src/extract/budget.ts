import type { InspectionLimits, UnreadableReason } from '../contracts/finding.ts';

/** Ends the extraction of a member or of the whole file. Caught inside this folder; what was read so far counts. */
export class LimitReached extends Error {
  readonly reason: UnreadableReason;
  /** Nothing more of the file may be read, not only of this member. */
  readonly final: boolean;

  constructor(reason: UnreadableReason, final: boolean) {
    super(reason);
    this.reason = reason;
    this.final = final;
  }
}

/** A bomb shows only after it has grown: below this the ratio of a small, regular file means nothing. */
const RATIO_COUNTS_FROM = 1_048_576;

/** What one file, with all that is packed in it, may cost. */
export class Budget {
  readonly limits: InspectionLimits;
  readonly #now: () => number;
  readonly #deadline: number;
  #entries = 0;
  #expanded = 0;

  constructor(limits: InspectionLimits, now: () => number) {
    this.limits = limits;
    this.#now = now;
    this.#deadline = now() + limits.maxMillis;
  }

  get millisLeft(): number {
    return Math.max(0, this.#deadline - this.#now());
  }

  checkTime(): void {
    if (this.#now() >= this.#deadline) throw new LimitReached('timed-out', true);
  }

  countEntry(): void {
    this.checkTime();
    if (++this.#entries > this.limits.maxEntries) throw new LimitReached('too-many-entries', true);
  }

  /** `expanded` more bytes came out of a member that gave `total` so far from `packed` bytes. */
  countExpanded(expanded: number, total: number, packed: number): void {
    this.checkTime();
    this.#expanded += expanded;
    if (this.#expanded > this.limits.maxExpandedBytes) throw new LimitReached('too-large', true);
    if (total > RATIO_COUNTS_FROM && total > packed * this.limits.maxRatio) throw new LimitReached('ratio-exceeded', false);
  }
}

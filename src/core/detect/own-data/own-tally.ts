import type { Confidence, Finding, PersonCount, Place } from '../../../contracts/finding.ts';

const MOST_SAMPLES = 5;
const MOST_REASONS = 8;
const LONGEST_SAMPLE = 64;
/** Memory is bounded: beyond it `distinct` stands still while `count` goes on. */
const MOST_VALUES = 200_000;

export interface OwnMatch {
  /** In one spelling; never leaves the tally unmasked. */
  readonly value: string | number;
  readonly reasons: readonly string[];
  readonly sample: () => string;
  readonly place: () => Place;
}

/** Counts the matches of one id and confidence. */
export class OwnTally {
  readonly #detector: string;
  readonly #confidence: Confidence;
  readonly #values = new Set<string | number>();
  readonly #samples = new Set<string>();
  readonly #reasons = new Set<string>();
  readonly #where: Place[] = [];
  #count = 0;

  constructor(id: string, confidence: Confidence) {
    this.#detector = `custom.${id}`;
    this.#confidence = confidence;
  }

  /** How many distinct values: a range where there were more than are kept. */
  get range(): PersonCount {
    const from = this.#values.size;
    return { from, to: from < MOST_VALUES ? from : this.#count };
  }

  add({ value, reasons, sample, place }: OwnMatch): void {
    this.#count += 1;
    for (const reason of reasons) this.#reasons.add(reason);
    if (this.#where.length < MOST_SAMPLES) this.#where.push(place());
    if (this.#values.size >= MOST_VALUES || this.#values.has(value)) return;
    this.#values.add(value);
    if (this.#samples.size < MOST_SAMPLES) this.#samples.add(sample().slice(0, LONGEST_SAMPLE));
  }

  findings(): Finding[] {
    if (this.#count === 0) return [];
    return [
      {
        detector: this.#detector,
        confidence: this.#confidence,
        count: this.#count,
        distinct: this.#values.size,
        samples: [...this.#samples],
        where: this.#where,
        reasons: [...this.#reasons].slice(0, MOST_REASONS),
      },
    ];
  }
}

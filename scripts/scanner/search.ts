import { lastPlace, spellings, type Placeable } from './literals.ts';
import { allowPlaces } from './nibbles.ts';

export interface Placed {
  readonly literal: Placeable;
  place: number;
  bucket: number;
}

export interface Found {
  /** Of the sample's places, those that some bucket lets pass. */
  readonly share: number;
  readonly placed: readonly Placed[];
}

const ROUNDS = 5;
const MOST_GRAMS = 20_000;
/** The sample is kept as counts of so many bytes in a row; a shorter fingerprint lets every last byte pass. */
const GRAM_BYTES = 4;

/** Local search: each literal in turn is moved to where it costs least, from several random beginnings. */
export class Search {
  readonly #literals: readonly Placeable[];
  /** Bytes of a fingerprint. */
  readonly #width: number;
  readonly #buckets: readonly number[];
  readonly #grams: Uint8Array;
  readonly #counts: Float64Array;
  readonly #total: number;

  /** `buckets`: the bits of those that literals may have. */
  constructor(all: readonly Placeable[], width: number, buckets: number, sample: readonly Uint8Array[]) {
    this.#literals = all;
    this.#width = width;
    this.#buckets = Array.from({ length: 8 }, (_, bit) => 1 << bit).filter((bit) => (bit & buckets) !== 0);
    const counts = new Map<number, number>();
    let total = 0;
    for (const bytes of sample) {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      for (let at = 0; at + GRAM_BYTES <= bytes.length; at++, total++) {
        const gram = view.getUint32(at);
        counts.set(gram, (counts.get(gram) ?? 0) + 1);
      }
    }
    const frequent = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_GRAMS);
    this.#grams = Uint8Array.from(frequent.flatMap(([gram]) => [gram >>> 24, (gram >>> 16) & 255, (gram >>> 8) & 255, gram & 255]));
    this.#counts = Float64Array.from(frequent.map(([, count]) => count));
    this.#total = total;
  }

  run(seed: number): Found {
    const placed: Placed[] = this.#literals.map((literal) => ({ literal, place: 0, bucket: 0 }));
    for (let round = 0; round < ROUNDS; round++) for (const one of shuffled(placed, seed * ROUNDS + round)) this.#move(one, placed);
    const passing = this.#buckets.reduce((sum, bucket) => sum + this.#passing(this.#tables(placed, bucket)), 0);
    return { share: passing / this.#total, placed };
  }

  #move(one: Placed, placed: readonly Placed[]): void {
    one.bucket = 0;
    let least = Number.POSITIVE_INFINITY;
    let best = { place: 0, bucket: 0 };
    for (const bucket of this.#buckets) {
      const tables = this.#tables(placed, bucket);
      const before = this.#passing(tables);
      for (let place = 0; place <= lastPlace(one.literal, this.#width); place++) {
        const wider = tables.slice();
        allowPlaces(wider, spellings(one.literal, place, this.#width), 1);
        const more = this.#passing(wider) - before;
        if (more < least) [least, best] = [more, { place, bucket }];
      }
    }
    Object.assign(one, best);
  }

  /** Places of the sample that these tables let pass, plus a little for every combination, so that unmet ones count too. */
  #passing(tables: Uint8Array): number {
    const lets = new Uint8Array(GRAM_BYTES * 256).fill(1, this.#width * 256);
    let combinations = 1;
    for (let place = 0; place < this.#width; place++) {
      let bytes = 0;
      for (let byte = 0; byte < 256; byte++) {
        const passes = (tables[place * 32 + (byte & 15)] ?? 0) & (tables[place * 32 + 16 + (byte >> 4)] ?? 0);
        lets[place * 256 + byte] = passes;
        bytes += passes;
      }
      combinations *= bytes;
    }
    const grams = this.#grams;
    let sum = combinations / 2 ** (this.#width * 8 - 18);
    for (let gram = 0; gram < this.#counts.length; gram++) {
      const at = gram * GRAM_BYTES;
      if (lets[grams[at] ?? 0] === 0 || lets[256 + (grams[at + 1] ?? 0)] === 0) continue;
      if (lets[512 + (grams[at + 2] ?? 0)] === 0 || lets[768 + (grams[at + 3] ?? 0)] === 0) continue;
      sum += this.#counts[gram] ?? 0;
    }
    return sum;
  }

  #tables(placed: readonly Placed[], bucket: number): Uint8Array {
    const tables = new Uint8Array(this.#width * 32);
    for (const one of placed) if (one.bucket === bucket) allowPlaces(tables, spellings(one.literal, one.place, this.#width), 1);
    return tables;
  }
}

/** Fisher and Yates, with a linear congruential generator: the same seed gives the same order. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  const order = [...list];
  let state = seed + 1;
  for (let index = order.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (index + 1));
    const [a, b] = [order[index], order[other]];
    if (a !== undefined && b !== undefined) [order[index], order[other]] = [b, a];
  }
  return order;
}

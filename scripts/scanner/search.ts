import type { Choices } from './choices.ts';
import { fingerprints, lastPlace, literalKey, spellings, type Placeable } from './literals.ts';
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

/** Nibble tables with the bits that literals may have, and the text that they will be tried on. */
export interface Filter {
  readonly buckets: number;
  readonly sample: readonly Uint8Array[];
}

const ROUNDS = 5;
const MOST_GRAMS = 20_000;
/** The sample is kept as counts of so many bytes in a row; a shorter fingerprint lets every last byte pass. */
const GRAM_BYTES = 4;
/** What a true fingerprint costs, in places that the tables let pass and the hash does not. */
const COST_OF_KNOWN = 8;

/** Local search: each literal in turn is moved to where it costs least, from several random beginnings. */
export class Search {
  readonly #literals: readonly Placeable[];
  /** Bytes of a fingerprint. */
  readonly #width: number;
  readonly #filters: readonly Sampled[];
  readonly #filterOf: (literal: Placeable, place: number) => number;

  /** `filterOf` tells which of the filters a fingerprint at a place belongs to. */
  constructor(
    all: readonly Placeable[],
    width: number,
    filters: readonly Filter[],
    filterOf: (literal: Placeable, place: number) => number = () => 0,
  ) {
    this.#literals = all;
    this.#width = width;
    this.#filters = filters.map((filter) => new Sampled(filter, width));
    this.#filterOf = filterOf;
  }

  /** Those in `kept` stay where they are. */
  run(seed: number, kept: Choices = {}): Found {
    const placed: Placed[] = this.#literals.map((literal) => ({ literal, place: 0, bucket: 0, ...kept[literalKey(literal)] }));
    const moved = placed.filter(({ literal }) => kept[literalKey(literal)] === undefined);
    for (let round = 0; round < ROUNDS; round++) for (const one of shuffled(moved, seed * ROUNDS + round)) this.#move(one, placed);
    const share = this.#filters.reduce((sum, filter, index) => sum + filter.share(this.#in(index, placed)), 0);
    return { share, placed };
  }

  #move(one: Placed, placed: readonly Placed[]): void {
    one.bucket = 0;
    let least = Number.POSITIVE_INFINITY;
    let best = { place: 0, bucket: 0 };
    for (const [index, filter] of this.#filters.entries()) {
      const places = Array.from({ length: lastPlace(one.literal, this.#width) + 1 }, (_, place) => place).filter(
        (place) => this.#filterOf(one.literal, place) === index,
      );
      if (places.length === 0) continue;
      const others = this.#in(index, placed);
      for (const bucket of filter.buckets) {
        const tables = filter.tables(others, bucket);
        const before = filter.passing(tables);
        for (const place of places) {
          const wider = tables.slice();
          allowPlaces(wider, spellings(one.literal, place, this.#width), 1);
          const more = filter.passing(wider) - before + filter.costOfKnown(one.literal, place);
          if (more < least) [least, best] = [more, { place, bucket }];
        }
      }
    }
    Object.assign(one, best);
  }

  #in(index: number, placed: readonly Placed[]): Placed[] {
    return placed.filter(({ literal, place, bucket }) => bucket !== 0 && this.#filterOf(literal, place) === index);
  }
}

/** A filter with its sample's most frequent grams. */
class Sampled {
  readonly buckets: readonly number[];
  readonly #width: number;
  readonly #grams: Uint8Array;
  readonly #counts: Float64Array;
  readonly #known = new Map<number, number>();
  readonly #total: number;

  constructor({ buckets, sample }: Filter, width: number) {
    this.buckets = Array.from({ length: 8 }, (_, bit) => 1 << bit).filter((bit) => (bit & buckets) !== 0);
    this.#width = width;
    const counts = new Map<number, number>();
    let total = 0;
    for (const bytes of sample) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + GRAM_BYTES <= bytes.length; at++, total++) {
        const gram = view.getUint32(at);
        counts.set(gram, (counts.get(gram) ?? 0) + 1);
        const folded = (view.getUint32(at, true) & (2 ** (8 * width) - 1)) | (0x20202020 & (2 ** (8 * width) - 1));
        this.#known.set(folded, (this.#known.get(folded) ?? 0) + 1);
      }
    }
    const frequent = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_GRAMS);
    this.#grams = Uint8Array.from(frequent.flatMap(([gram]) => [gram >>> 24, (gram >>> 16) & 255, (gram >>> 8) & 255, gram & 255]));
    this.#counts = Float64Array.from(frequent.map(([, count]) => count));
    this.#total = total;
  }

  share(placed: readonly Placed[]): number {
    return this.buckets.reduce((sum, bucket) => sum + this.passing(this.tables(placed, bucket)), 0) / this.#total;
  }

  tables(placed: readonly Placed[], bucket: number): Uint8Array {
    const tables = new Uint8Array(this.#width * 32);
    for (const one of placed) if (one.bucket === bucket) allowPlaces(tables, spellings(one.literal, one.place, this.#width), 1);
    return tables;
  }

  costOfKnown(literal: Placeable, place: number): number {
    if (literal.bytes.length < this.#width) return 0;
    return fingerprints(literal, place, this.#width).reduce((sum, print) => sum + COST_OF_KNOWN * (this.#known.get(print) ?? 0), 0);
  }

  /** Places of the sample that these tables let pass, plus a little for every combination, so that unmet ones count too. */
  passing(tables: Uint8Array): number {
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

import type { Choices } from './choices.ts';
import { fingerprints, literalKey, spellings, type Placeable } from './literals.ts';
import { allowPlaces } from './nibbles.ts';

/** The place in a list of filters of the one that a fingerprint is looked for with. */
export type FilterOf = (literal: Placeable, place: number) => number;

/** Literals as the scanner keeps them, in lists of those that share a fingerprint. */
export class LiteralLists {
  readonly #width: number;
  readonly #filters: readonly Uint8Array[];
  readonly #filterOf: FilterOf;
  readonly #choices: Choices;
  readonly #mostSharing: number;
  readonly #lists = new Map<number, number[][]>();

  /**
   * `width`: bytes of a fingerprint. Literals are let through the nibble tables in `filters` that `filterOf` tells as they
   * are added. No more than `mostSharing` may have the same fingerprint.
   */
  constructor(
    width: number,
    filters: readonly Uint8Array[],
    choices: Choices,
    { filterOf = () => 0, mostSharing = Number.POSITIVE_INFINITY }: { filterOf?: FilterOf; mostSharing?: number } = {},
  ) {
    this.#mostSharing = mostSharing;
    this.#width = width;
    this.#filters = filters;
    this.#filterOf = filterOf;
    this.#choices = choices;
  }

  /** `header` is told the place of the fingerprint in the literal. */
  add(literal: Placeable, header: (place: number) => number[]): void {
    const choice = this.#choices[literalKey(literal)];
    if (choice === undefined) throw new Error(`no fingerprint is chosen for ${literal.text}: run scripts/scanner/choose.ts`);
    const nibbles = this.#filters[this.#filterOf(literal, choice.place)];
    if (nibbles === undefined) throw new RangeError('a fingerprint needs a filter');
    allowPlaces(nibbles, spellings(literal, choice.place, this.#width), choice.bucket);
    const entry = [...header(choice.place), ...literal.bytes];
    for (const fingerprint of fingerprints(literal, choice.place, this.#width)) {
      this.#lists.set(fingerprint, [...(this.#lists.get(fingerprint) ?? []), entry]);
    }
  }

  /** Every list behind its fingerprint (4 bytes) and ended by a length of 0. */
  bytes(): Uint8Array {
    const bytes: number[] = [];
    for (const [fingerprint, list] of this.#lists) {
      if (list.length > this.#mostSharing) throw new RangeError('too many words share a fingerprint');
      for (let shift = 0; shift < 32; shift += 8) bytes.push((fingerprint >> shift) & 0xff);
      bytes.push(...list.flat(), 0);
    }
    return Uint8Array.from(bytes);
  }
}

import type { Choices } from './choices.ts';
import { fingerprints, literalKey, spellings, type Placeable } from './literals.ts';
import { allowPlaces } from './nibbles.ts';

/** Literals as the scanner keeps them, in lists of those that share a fingerprint. */
export class LiteralLists {
  readonly #width: number;
  readonly #nibbles: Uint8Array;
  readonly #choices: Choices;
  readonly #mostSharing: number;
  readonly #lists = new Map<number, number[][]>();

  /**
   * `width`: bytes of a fingerprint. Literals are let through `nibbles` as they are added. No more than `mostSharing` may
   * have the same fingerprint.
   */
  constructor(width: number, nibbles: Uint8Array, choices: Choices, mostSharing = Number.POSITIVE_INFINITY) {
    this.#mostSharing = mostSharing;
    this.#width = width;
    this.#nibbles = nibbles;
    this.#choices = choices;
  }

  /** `header` is told the place of the fingerprint's last byte in the literal. */
  add(literal: Placeable, header: (last: number) => number[]): void {
    const choice = this.#choices[literalKey(literal)];
    if (choice === undefined) throw new Error(`no fingerprint is chosen for ${literal.text}: run scripts/scanner/choose.ts`);
    allowPlaces(this.#nibbles, spellings(literal, choice.place, this.#width), choice.bucket);
    const entry = [...header(choice.place + this.#width - 1), ...literal.bytes];
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

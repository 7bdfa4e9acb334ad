import { folded, KIND, unitKind } from '../fold.ts';

/** Letters and digits in a gram: a shorter run that two texts share goes unseen. */
export const GRAM = 16;
/** Hashes of which the least is kept: a shared run of `GRAM + WINDOW - 1` letters is seen for certain. */
export const WINDOW = 10;
export const CERTAIN = GRAM + WINDOW - 1;
/** Letters to one fingerprint on random text: the density of winnowing is 2 / (w + 1). */
export const LETTERS_A_PRINT = (WINDOW + 1) / 2;

const BASE = 0x0100_0193;
/** BASE to the power of GRAM, for the letter that leaves. */
const LEAVING = power(BASE, GRAM);

/**
 * Robust winnowing (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD
 * 2003, section 5.1): of each window of hashes of k-grams the least is kept, the same one as long as it stays. Grams are
 * of letters and digits alone, in lower case: line breaks, spaces, punctuation and typesetting leave no trace.
 */
export class Winnower {
  readonly #keep: (print: number) => void;
  readonly #letters = new Uint16Array(GRAM);
  readonly #hashes = new Uint32Array(WINDOW);
  #gram = 0;
  #count = 0;
  #least = 0;
  #leastAt = -1;

  constructor(keep: (print: number) => void) {
    this.#keep = keep;
  }

  /** Letters taken so far. */
  get letters(): number {
    return this.#count;
  }

  add(text: string): void {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unitKind(unit) !== KIND.other && unit !== 0x5f) this.#letter(folded(unit));
    }
  }

  /** What comes next is another text. A text too short for one whole window gives its least hash. */
  end(): void {
    const hashes = this.#count - GRAM + 1;
    if (hashes > 0 && hashes < WINDOW) this.#keep(Math.min(...this.#hashes.subarray(0, hashes)));
    this.#gram = 0;
    this.#count = 0;
    this.#leastAt = -1;
  }

  #letter(letter: number): void {
    const slot = this.#count % GRAM;
    const leaving = this.#count >= GRAM ? (this.#letters[slot] ?? 0) + 1 : 0;
    this.#letters[slot] = letter;
    this.#gram = (Math.imul(this.#gram, BASE) + letter + 1 - Math.imul(leaving, LEAVING)) | 0;
    this.#count += 1;
    if (this.#count >= GRAM) this.#hash(mixed(this.#gram), this.#count - GRAM);
  }

  #hash(hash: number, at: number): void {
    this.#hashes[at % WINDOW] = hash;
    const first = at - WINDOW + 1;
    if (this.#leastAt >= 0 && this.#leastAt >= first) {
      if (hash > this.#least) return;
      // Of equal ones the last is kept, which stays longest.
      const again = hash === this.#least;
      this.#least = hash;
      this.#leastAt = at;
      if (!again) this.#keep(hash);
      return;
    }
    if (first < 0) return;
    this.#leastAt = -1;
    for (let one = first; one <= at; one++) {
      const candidate = this.#hashes[one % WINDOW] ?? 0;
      if (this.#leastAt >= 0 && candidate > this.#least) continue;
      this.#least = candidate;
      this.#leastAt = one;
    }
    this.#keep(this.#least);
  }
}

/** The finaliser of MurmurHash3: neighbouring grams must not have neighbouring hashes, or the least says nothing. */
function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let count = 0; count < exponent; count++) result = Math.imul(result, base);
  return result;
}

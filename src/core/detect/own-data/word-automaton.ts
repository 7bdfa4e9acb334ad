import { folded, KIND, unitKind } from './fold.ts';

const NONE = -1;
const ROOT = 0;

/**
 * All words at once in one pass, whatever their number (Aho and Corasick, "Efficient string matching: an aid to
 * bibliographic search", CACM 18(6), 1975). Words and text are compared unit by unit after folding; edges lie in an
 * open-addressed table, for tens of thousands of words over thousands of characters fill no dense one.
 */
export class WordAutomaton {
  readonly #lengths: readonly number[];
  readonly #wholeWords: boolean;
  readonly #fromState: Int32Array;
  readonly #byUnit: Uint16Array;
  readonly #toState: Int32Array;
  readonly #mask: number;
  /** First edge of all words; most text never leaves the root. */
  readonly #rootNext = new Int32Array(65_536);
  readonly #fail: number[] = [ROOT];
  /** The word that ends in a state, and the nearest shorter suffix in which one ends. */
  readonly #output: number[] = [NONE];
  readonly #shorter: number[] = [NONE];
  /** The number of the word each word is reported as: itself, or an equal one before it. */
  readonly sameAs: number[] = [];

  /** Words are normalised text (NFKC), none empty. Equal words after folding are reported as the first of them. */
  constructor(words: readonly string[], wholeWords = false) {
    this.#lengths = words.map(({ length }) => length);
    this.#wholeWords = wholeWords;
    const units = words.reduce((sum, { length }) => sum + length, 0);
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, units * 2)));
    this.#mask = size - 1;
    this.#fromState = new Int32Array(size).fill(NONE);
    this.#byUnit = new Uint16Array(size);
    this.#toState = new Int32Array(size);
    this.#link(this.#grow(words));
  }

  /**
   * Reports each word that begins at or behind `from` and before `end`; `start` in units. Time is linear in the text and
   * in what is reported, which is at most as many words an end as there are words that are suffixes of one another.
   */
  scan(text: string, from: number, end: number, report: (word: number, start: number) => void): void {
    let state = ROOT;
    for (let index = from; index < text.length; index++) {
      const unit = folded(text.charCodeAt(index));
      state = state === ROOT ? (this.#rootNext[unit] ?? ROOT) : this.#step(state, unit);
      if (state === ROOT) {
        if (index >= end) return;
        continue;
      }
      for (
        let at = (this.#output[state] ?? NONE) === NONE ? (this.#shorter[state] ?? NONE) : state;
        at !== NONE;
        at = this.#shorter[at] ?? NONE
      ) {
        const word = this.#output[at] ?? NONE;
        const start = index - (this.#lengths[word] ?? 0) + 1;
        if (start < end && (!this.#wholeWords || isWholeWord(text, start, index + 1))) report(word, start);
      }
    }
  }

  #step(from: number, unit: number): number {
    let state = from;
    while (state !== ROOT) {
      const next = this.#edge(state, unit);
      if (next !== NONE) return next;
      state = this.#fail[state] ?? ROOT;
    }
    return this.#rootNext[unit] ?? ROOT;
  }

  #edge(state: number, unit: number): number {
    for (let slot = this.#slot(state, unit); ; slot = (slot + 1) & this.#mask) {
      const from = this.#fromState[slot];
      if (from === NONE) return NONE;
      if (from === state && this.#byUnit[slot] === unit) return this.#toState[slot] ?? NONE;
    }
  }

  #slot(state: number, unit: number): number {
    const mixed = Math.imul(state ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(unit + 1, 0xc2b2_ae35);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  /** Builds the trie; gives its states in order of depth with what leads to each. */
  #grow(words: readonly string[]): { state: number; parent: number; unit: number }[] {
    const made: { state: number; parent: number; unit: number; depth: number }[] = [];
    for (const [number, text] of words.entries()) {
      let state = ROOT;
      for (let index = 0; index < text.length; index++) {
        const unit = folded(text.charCodeAt(index));
        let next = state === ROOT ? (this.#rootNext[unit] ?? ROOT) || NONE : this.#edge(state, unit);
        if (next === NONE) {
          next = this.#fail.length;
          this.#fail.push(ROOT);
          this.#output.push(NONE);
          this.#shorter.push(NONE);
          made.push({ state: next, parent: state, unit, depth: index });
          if (state === ROOT) this.#rootNext[unit] = next;
          else this.#put(state, unit, next);
        }
        state = next;
      }
      const before = this.#output[state] ?? NONE;
      this.sameAs.push(before === NONE ? number : before);
      if (before === NONE) this.#output[state] = number;
    }
    return made.toSorted((a, b) => a.depth - b.depth);
  }

  #put(state: number, unit: number, next: number): void {
    let slot = this.#slot(state, unit);
    while (this.#fromState[slot] !== NONE) slot = (slot + 1) & this.#mask;
    this.#fromState[slot] = state;
    this.#byUnit[slot] = unit;
    this.#toState[slot] = next;
  }

  #link(states: readonly { state: number; parent: number; unit: number }[]): void {
    for (const { state, parent, unit } of states) {
      const fail = parent === ROOT ? ROOT : this.#step(this.#fail[parent] ?? ROOT, unit);
      this.#fail[state] = fail;
      this.#shorter[state] = (this.#output[fail] ?? NONE) === NONE ? (this.#shorter[fail] ?? NONE) : fail;
    }
  }
}

/** Whether neither edge lies within a run of Latin letters and digits, or of katakana. Other scripts set no word ends. */
export function isWholeWord(text: string, start: number, end: number): boolean {
  return isEdge(text, start - 1, start) && isEdge(text, end - 1, end);
}

function isEdge(text: string, before: number, behind: number): boolean {
  if (before < 0 || behind >= text.length) return true;
  const kind = unitKind(text.charCodeAt(before));
  return kind !== unitKind(text.charCodeAt(behind)) || (kind !== KIND.latin && kind !== KIND.katakana);
}

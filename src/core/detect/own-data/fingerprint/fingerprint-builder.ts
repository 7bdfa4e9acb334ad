import { lettersOf } from '../fold.ts';
import { encodeFingerprints, type FingerprintHeader } from './index-format.ts';
import { CERTAIN, GRAM, WINDOW, Winnower } from './winnow.ts';

/** Letters of a passage: lines are put together up to `FULL`, and longer ones cut at `LONGEST`. */
const FULL = 120;
const LONGEST = 600;
/** What is shorter than this is a heading or a phrase, which anyone may write. */
const SHORTEST = CERTAIN * 2;

export interface BuiltFingerprints {
  readonly header: FingerprintHeader;
  readonly parts: readonly Uint8Array[];
}

/** Makes an index of the passages of documents; nothing of their text is kept but 32-bit hashes. */
export class FingerprintBuilder {
  readonly #names: string[] = [];
  readonly #documents: number[] = [];
  readonly #sizes: number[] = [];
  readonly #passageOf = new Map<number, number>();
  readonly #common = new Set<number>();
  #open = '';
  #ignores = false;

  /** A document begins: its segments follow. */
  document(name: string): void {
    this.#close();
    this.#ignores = false;
    this.#names.push(name);
  }

  /** Text that is no secret begins, such as the form that the documents are written on: no passage is known by it. */
  ignored(): void {
    this.#close();
    this.#ignores = true;
  }

  /** Normalised text in reading order; the next may go on in the middle of a word. */
  addText(text: string): void {
    for (const line of text.split(/(?<=\n)/)) {
      this.#open += line;
      if (line.endsWith('\n') && lettersOf(this.#open).length >= FULL) this.#close();
    }
    // A line that never ends is taken in by pieces.
    while (this.#open.length > LONGEST * 4) {
      const rest = this.#open.slice(LONGEST * 2);
      this.#open = this.#open.slice(0, LONGEST * 2);
      this.#close();
      this.#open = rest;
    }
  }

  finish(): BuiltFingerprints {
    this.#close();
    const prints = Uint32Array.from([...this.#passageOf.keys()].filter((print) => !this.#common.has(print))).toSorted();
    const passages = Uint32Array.from(prints, (print) => this.#passageOf.get(print) ?? 0);
    const sizes = new Uint32Array(this.#sizes.length);
    for (const passage of passages) sizes[passage] = (sizes[passage] ?? 0) + 1;
    const header: FingerprintHeader = {
      format: 'sekisho-fingerprint/1',
      gram: GRAM,
      window: WINDOW,
      documents: this.#names,
      passages: this.#sizes.length,
      prints: prints.length,
    };
    return { header, parts: encodeFingerprints({ header, documents: Uint32Array.from(this.#documents), sizes, prints, passages }) };
  }

  #close(): void {
    const letters = lettersOf(this.#open);
    this.#open = '';
    // Equal pieces rather than a whole one and a rest too short to count.
    const pieces = Math.max(1, Math.ceil(letters.length / LONGEST));
    const size = Math.ceil(letters.length / pieces);
    for (let at = 0; at < letters.length; at += size) this.#passage(letters.slice(at, at + size + CERTAIN));
  }

  #passage(letters: string): void {
    if (letters.length < SHORTEST || (this.#names.length === 0 && !this.#ignores)) return;
    const passage = this.#sizes.length;
    const prints = new Set<number>();
    const winnower = new Winnower((print) => prints.add(print));
    winnower.add(letters);
    winnower.end();
    if (this.#ignores) {
      for (const print of prints) this.#common.add(print);
      return;
    }
    this.#documents.push(this.#names.length - 1);
    this.#sizes.push(prints.size);
    // What stands in several passages is known as the first of them.
    for (const print of prints) if (!this.#passageOf.has(print)) this.#passageOf.set(print, passage);
  }
}

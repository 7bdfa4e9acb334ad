import type { Place } from '../../contracts/finding.ts';
import type { ByteEncoding } from './segment.ts';
import type { RowMark } from './text-window.ts';

/** Where a stretch of the stream that is scanned came from. Offsets are those of the stream. */
export interface Source {
  readonly offset: number;
  /** Without end as long as it is being given to the scanner. */
  end: number;
  /** Stretches of different regions are no context of each other. */
  readonly region: number;
  readonly place: Place;
  /** The file's own bytes, or normalised text that was encoded for the scanner. */
  readonly content: { readonly bytes: Uint8Array; readonly encoding: ByteEncoding } | { readonly text: string };
  readonly row: RowMark | undefined;
  /** How many line feeds stand before a place of its bytes, where they were counted last. */
  counted?: { readonly at: number; readonly lines: number };
}

/** To let go of fewer at a time would copy the rest too often. */
const FEWEST_LET_GO = 64;

/** Keeps of the stream's sources those that candidates may still point to. */
export class Sources {
  #sources: Source[] = [];
  /** Those before it are let go of. */
  #first = 0;

  add(source: Source): void {
    this.#sources.push(source);
  }

  /** Those that hold bytes between two offsets, in order. */
  between(from: number, to: number): readonly Source[] {
    const first = this.#indexAt(from);
    let last = first;
    while ((this.#sources[last]?.offset ?? to) < to) last++;
    return this.#sources.slice(first, last);
  }

  at(offset: number): Source | undefined {
    return this.#sources[this.#indexAt(offset)];
  }

  /** Lets go of what ends before an offset. */
  forget(before: number): void {
    while ((this.#sources[this.#first]?.end ?? Number.POSITIVE_INFINITY) < before) this.#first++;
    if (this.#first < FEWEST_LET_GO || this.#first * 2 < this.#sources.length) return;
    this.#sources = this.#sources.slice(this.#first);
    this.#first = 0;
  }

  #indexAt(offset: number): number {
    let low = this.#first;
    let high = this.#sources.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#sources[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

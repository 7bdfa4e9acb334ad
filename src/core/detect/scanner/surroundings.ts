import { CONTEXT_GROUPS, measure, type ContextGroup, type ContextNear, type ContextWordPlace } from './context.ts';
import type { Engine } from './engine.ts';
import { CONTEXT_BEFORE, CONTEXT_BEHIND, REACH, WINDOW } from './kernel/layout.ts';

/** What lies around a candidate, valid until the next one is taken. */
export interface Surroundings {
  /** Bytes from `before` bytes before the candidate to `after` behind it, at most 1,024 each and no more than the file has. */
  bytes(before: number, after: number): Uint8Array;
  /**
   * The nearest words of a group that begin before `at` and at or behind it, within `CONTEXT_REACH` characters. `at` is an
   * offset in the file near the candidate, its start when left out.
   */
  context(group: ContextGroup, at?: number): ContextNear;
}

/** Those of one candidate after the other: there are too many for an object each. Addresses are the engine's. */
export class CandidateSurroundings implements Surroundings {
  readonly #engine: Engine;
  readonly #words: Int32Array;
  #first = 0;
  #end = 0;
  #toOffset = 0;
  #start = 0;
  #stop = 0;
  /** The address whose context the engine found last in this window. */
  #contextAt = 0;

  constructor(engine: Engine, words: Int32Array) {
    this.#engine = engine;
    this.#words = words;
  }

  /** Other bytes are in the window now: those of the file from `first` to `end`, `toOffset` before their offsets in it. */
  enterWindow(first: number, end: number, toOffset: number): void {
    this.#first = first;
    this.#end = end;
    this.#toOffset = toOffset;
    this.#contextAt = 0;
  }

  moveTo(start: number, stop: number): void {
    this.#start = start;
    this.#stop = stop;
  }

  bytes(before: number, after: number): Uint8Array {
    const from = Math.max(this.#first, this.#start - Math.min(before, REACH));
    return this.#engine.memory.subarray(from, Math.min(this.#end, this.#stop + Math.min(after, REACH)));
  }

  context(group: ContextGroup, offset = this.#start + this.#toOffset): ContextNear {
    const at = offset - this.#toOffset;
    if (at !== this.#contextAt) {
      this.#engine.contextAround(at);
      this.#contextAt = at;
    }
    const index = CONTEXT_GROUPS.indexOf(group);
    const before = this.#words[CONTEXT_BEFORE / 4 + index] ?? 0;
    const behind = this.#words[CONTEXT_BEHIND / 4 + index] ?? 0;
    if (before === 0 && behind === 0) return NOTHING_NEAR;
    return { before: this.#contextWord(before, before, at), behind: this.#contextWord(behind, at, behind) };
  }

  /** The word that begins at `word`, an address or 0, with the addresses between which it is measured. */
  #contextWord(word: number, from: number, to: number): ContextWordPlace | undefined {
    const measured = word === 0 ? undefined : measure(this.#engine.memory, from, to);
    return measured && { start: word + this.#toOffset, ...measured };
  }
}

const NOTHING_NEAR: ContextNear = { before: undefined, behind: undefined };

/** The first address of the window that holds a byte of the file, whose first byte in the window has this offset. */
export function firstOfFile(offset: number): number {
  return Math.max(WINDOW, WINDOW - offset);
}

import { candidate, missCounter, type Candidate, type MissKind } from './candidate.ts';
import type { Engine } from './engine.ts';
import {
  CONTEXT_BLOCKS,
  CONTEXT_BLOCKS_BYTES,
  MISSES,
  MISSES_BYTES,
  OUTPUT,
  OUTPUT_COUNT,
  REACH,
  READS_SHIFT_JIS,
  READS_STRINGS,
  RECORD_BYTES,
  WINDOW,
  WINDOW_BYTES,
} from './kernel/layout.ts';
import { CandidateSurroundings, firstOfFile, type Surroundings } from './surroundings.ts';

/**
 * How bytes are read: as text in UTF-8; in Shift_JIS, too, with the candidates that only that gives; or as no text, in
 * which only strings are looked at (kernel/strings.ts).
 */
export type Reading = 'utf-8' | 'shift_jis' | 'strings';

export type TakeCandidate = (candidate: Candidate, surroundings: Surroundings) => void;

/** Fewer bytes are held until more come: to begin takes time. More are not, for then they would be copied twice. */
const LEAST_SCANNED = 65_536;

/**
 * Scans one file, given in pieces of any size, and hands over its candidates in order of the places that pointed to
 * them. The same bytes give the same candidates however they are cut, for no rule looks further than `REACH`, and a
 * byte is scanned when that many behind it are there or the file has ended.
 */
export class Scanner {
  readonly #engine: Engine;
  readonly #take: TakeCandidate;
  readonly #words: Int32Array;
  /** `REACH` bytes that were scanned, zeros before the file, then bytes that were not. */
  readonly #held = new Uint8Array(LEAST_SCANNED);
  #length = REACH;
  /** Offset in the file of the first byte held. */
  #offset = -REACH;
  /** Offset behind the last byte that is to be read as Shift_JIS. */
  #shiftJisEnd = -REACH;
  /** Offsets from which on bytes are read as strings, or not, in turns; the first is of strings. */
  #turns: number[] = [];
  readonly #misses = new Int32Array(MISSES_BYTES / 4);
  readonly #surroundings: CandidateSurroundings;

  constructor(engine: Engine, take: TakeCandidate) {
    this.#engine = engine;
    this.#take = take;
    this.#words = new Int32Array(engine.memory.buffer);
    this.#surroundings = new CandidateSurroundings(engine, this.#words);
  }

  push(chunk: Uint8Array, reading: Reading = 'shift_jis'): void {
    const offset = this.#offset + this.#length;
    if (reading === 'shift_jis') this.#shiftJisEnd = offset + chunk.length;
    if ((reading === 'strings') !== (this.#turns.length % 2 === 1)) this.#turns.push(offset);
    let at = 0;
    while (at < chunk.length) {
      const piece = chunk.subarray(at, at + WINDOW_BYTES - this.#length);
      at += piece.length;
      if (this.#length + piece.length < LEAST_SCANNED) {
        this.#held.set(piece, this.#length);
        this.#length += piece.length;
        return;
      }
      this.#scanWindow(piece);
    }
  }

  /** To be called once, behind the last chunk. */
  finish(): void {
    const { memory } = this.#engine;
    const end = WINDOW + this.#length;
    memory.set(this.#held.subarray(0, this.#length), WINDOW);
    memory.fill(0, end, end + REACH);
    this.#scan(end, end);
  }

  /** How many had the shape of this kind and failed its check digit. */
  misses(kind: MissKind): number {
    return this.#misses[missCounter(kind)] ?? 0;
  }

  /** Scans what is held and `piece`, and holds what the next window needs. */
  #scanWindow(piece: Uint8Array): void {
    const { memory } = this.#engine;
    const length = this.#length + piece.length;
    memory.set(this.#held.subarray(0, this.#length), WINDOW);
    memory.set(piece, WINDOW + this.#length);
    const end = WINDOW + length;
    this.#scan(end - REACH, end);
    this.#held.set(memory.subarray(end - 2 * REACH, end));
    this.#length = 2 * REACH;
    this.#offset += length - 2 * REACH;
  }

  /** Scans to `to`; bytes up to `end` are there to be looked at. */
  #scan(to: number, end: number): void {
    this.#words.fill(0, MISSES / 4, (MISSES + MISSES_BYTES) / 4);
    this.#words.fill(0, CONTEXT_BLOCKS / 4, (CONTEXT_BLOCKS + CONTEXT_BLOCKS_BYTES) / 4);
    this.#words[READS_SHIFT_JIS / 4] = this.#shiftJisEnd > this.#offset ? 1 : 0;
    this.#surroundings.enterWindow(firstOfFile(this.#offset), end, this.#offset - WINDOW);
    let from = WINDOW + REACH;
    while (from < to) {
      const turn = this.#nextTurn(from, to);
      while (from < turn) {
        this.#words[OUTPUT_COUNT / 4] = 0;
        from = this.#engine.scan(from, turn);
        this.#drain();
      }
    }
    for (const [index, count] of this.#words.subarray(MISSES / 4, (MISSES + MISSES_BYTES) / 4).entries()) {
      this.#misses[index] = (this.#misses[index] ?? 0) + count;
    }
  }

  /** The address up to which all is read as the byte at `from` is, no further than `to`. */
  #nextTurn(from: number, to: number): number {
    const offset = from + this.#offset - WINDOW;
    const passed = this.#turns.findLastIndex((turn) => turn <= offset);
    // Two at a time, so that the first that is left is of strings.
    if (passed > 0) this.#turns.splice(0, passed + (passed % 2));
    const isInStrings = (this.#turns[0] ?? Number.POSITIVE_INFINITY) <= offset;
    this.#words[READS_STRINGS / 4] = isInStrings ? 1 : 0;
    const next = this.#turns[isInStrings ? 1 : 0] ?? Number.POSITIVE_INFINITY;
    return Math.min(to, next - this.#offset + WINDOW);
  }

  #drain(): void {
    const toOffset = this.#offset - WINDOW;
    const count = this.#words[OUTPUT_COUNT / 4] ?? 0;
    for (let record = OUTPUT / 4; record < OUTPUT / 4 + (count * RECORD_BYTES) / 4; record += RECORD_BYTES / 4) {
      const start = this.#words[record + 1] ?? 0;
      const stop = this.#words[record + 2] ?? 0;
      this.#surroundings.moveTo(start, stop);
      this.#take(candidate(this.#words[record] ?? 0, start + toOffset, stop + toOffset), this.#surroundings);
    }
  }
}

import type { Detector } from './detector.ts';
import type { Surroundings } from './scanner/index.ts';
import { Passage } from './passage.ts';
import type { Sources } from './sources.ts';
import type { TextWindow } from './text-window.ts';

/** What is read to each side of a candidate: context counts within 300 characters, of up to three bytes each. */
const REACH = 1024;
/** A match of a candidate's detector that begins so near belongs to it. */
const ZONE = 320;
/** Candidates that stand close are read in one passage of at most so many bytes. Memory and the cost of one hostile pattern are bounded by it. */
const CAPACITY = 32_768;

export interface Reading {
  readonly detector: Detector;
  readonly window: TextWindow;
  /** Only matches that begin in one of these, in characters of the window, belong to its candidates and are new. */
  readonly zones: readonly Zone[];
}

export interface Zone {
  readonly from: number;
  readonly to: number;
}

/** What a detector is to read in the passage, as offsets in the stream, and up to where all is read. */
interface Wanted {
  zones: Zone[];
  done: number;
}

/**
 * Gathers candidates that stand close together and has their detectors read the text around them, each stretch once. A
 * detector reads only passages that hold candidates of its own.
 */
export class Passages {
  readonly #detectors: readonly Detector[];
  readonly #sources: Sources;
  readonly #report: (reading: Reading) => void;
  readonly #wanted: readonly Wanted[];
  readonly #bytes = new Uint8Array(CAPACITY);
  /** Whether anything waits to be read. */
  #isOpen = false;
  #from = 0;
  #to = 0;
  #region = -1;

  constructor(detectors: readonly Detector[], sources: Sources, report: (reading: Reading) => void) {
    this.#detectors = detectors;
    this.#sources = sources;
    this.#report = report;
    this.#wanted = detectors.map(() => ({ zones: [], done: 0 }));
  }

  /** The offset before which nothing is needed any more. */
  get needed(): number {
    return this.#isOpen ? this.#from : Number.POSITIVE_INFINITY;
  }

  /** A candidate of the detector with this place in the list, with offsets in the stream. */
  add(index: number, start: number, end: number, surroundings: Surroundings): void {
    const wanted = this.#wanted[index];
    const lastTo = wanted?.zones.at(-1)?.to ?? 0;
    if (wanted === undefined || end + ZONE <= Math.max(wanted.done, lastTo)) return;
    const before = surroundings.bytes(REACH, 0);
    const near = surroundings.bytes(REACH, REACH);
    const from = end - before.length;
    const to = from + near.length;
    const region = this.#sources.at(start)?.region ?? -1;
    if (this.#isOpen && (region !== this.#region || from > this.#to || Math.max(to, this.#to) - Math.min(from, this.#from) > CAPACITY)) {
      this.flush();
    }
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#from = this.#to = from;
      this.#region = region;
    } else if (from < this.#from) {
      // A candidate may begin before one that was noticed earlier.
      this.#bytes.copyWithin(this.#from - from, 0, this.#to - this.#from);
      this.#bytes.set(near.subarray(0, this.#from - from), 0);
      this.#from = from;
    }
    if (to > this.#to) {
      this.#bytes.set(near.subarray(this.#to - from), this.#to - this.#from);
      this.#to = to;
    }
    const last = wanted.zones.at(-1);
    const zone = { from: Math.max(wanted.done, start - ZONE), to: end + ZONE };
    if (last !== undefined && zone.from <= last.to) wanted.zones[wanted.zones.length - 1] = { from: last.from, to: zone.to };
    else wanted.zones.push(zone);
  }

  /** Has read what no candidate behind an offset can add to, so that little is held however far away the next one is. */
  flushBefore(offset: number): void {
    if (this.#isOpen && this.#to + REACH < offset) this.flush();
  }

  /** Whether a candidate that begins here would be read with others of its detector. */
  waitsFor(index: number, start: number): boolean {
    const wanted = this.#wanted[index];
    return wanted !== undefined && start < Math.max(wanted.done, wanted.zones.at(-1)?.to ?? 0);
  }

  /** A candidate that ends here needs not be read any more. */
  settle(index: number, end: number): void {
    const wanted = this.#wanted[index];
    if (wanted !== undefined) wanted.done = Math.max(wanted.done, end);
  }

  /** Has what was gathered read. */
  flush(): void {
    if (!this.#isOpen) return;
    const sources = this.#sources.between(this.#from, this.#to).filter(({ region }) => region === this.#region);
    const passage = new Passage(this.#bytes.subarray(0, this.#to - this.#from), this.#from, sources);
    for (const [index, detector] of this.#detectors.entries()) {
      const wanted = this.#wanted[index];
      const last = wanted?.zones.at(-1);
      if (wanted === undefined || last === undefined) continue;
      const zones = wanted.zones.map(({ from, to }) => ({ from: passage.characterAt(from), to: passage.characterAt(to) }));
      this.#report({ detector, window: passage.window, zones });
      wanted.done = Math.max(wanted.done, last.to);
      wanted.zones = [];
    }
    this.#isOpen = false;
  }
}

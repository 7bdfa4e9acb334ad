import { decode } from './passage.ts';
import type { Candidate, ContextGroup, Surroundings } from './scanner/index.ts';
import type { Source } from './sources.ts';

const BEFORE = 64;
const AFTER = 24;
/** A line is looked at so far to each side. */
const LINE_REACH = 128;
/** Of a character of one code unit. */
const MOST_BYTES = 3;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SLASH = 0x2f;
const COLON = 0x3a;
const FIRST_AMBIGUOUS = 0x40;
const FIRST_ABOVE_ASCII = 0x80;

/**
 * A candidate as its bytes show it, for what can be judged without reading the text around it. What is not the candidate
 * itself is shown as Latin-1: bytes above ASCII become strange characters, but never letters, digits or signs that a rule
 * asks for. Valid as long as the candidate is the latest.
 */
export class Sight {
  readonly #start: number;
  readonly #length: number;
  readonly #source: Source;
  readonly #surroundings: Surroundings;
  readonly #bytes: Uint8Array;
  readonly #from: number;
  #written: string | undefined;

  constructor({ start, end }: Candidate, surroundings: Surroundings, source: Source) {
    this.#start = start;
    this.#length = end - start;
    this.#source = source;
    this.#surroundings = surroundings;
    this.#bytes = surroundings.bytes(BEFORE, AFTER);
    this.#from = Math.min(BEFORE, start);
  }

  /** The candidate, decoded and folded. */
  get written(): string {
    this.#written ??= this.#read();
    return this.#written;
  }

  /** Whether it is written in ASCII: everything else has more bytes than characters. */
  get isAscii(): boolean {
    return this.written.length === this.#length;
  }

  /** At most 64 characters. */
  get before(): string {
    return latin1(this.#bytes, 0, this.#from);
  }

  /** At most 24 characters. */
  get after(): string {
    return latin1(this.#bytes, this.#from + this.#length, this.#bytes.length);
  }

  /** Whether bytes may only be told apart from the beginning of their line on. */
  get isShiftJis(): boolean {
    return encodingOf(this.#source) === 'shift_jis';
  }

  /** Whether it was found in bytes that are no text. */
  get isOfStrings(): boolean {
    return encodingOf(this.#source) === 'binary';
  }

  /** The candidate and what follows, so many bytes in all; fewer only at the end of the file. */
  ahead(length: number): string {
    const bytes = this.#surroundings.bytes(0, Math.max(0, length - this.#length));
    return latin1(bytes, 0, bytes.length);
  }

  /** Some characters before it, decoded and folded, of so many bytes; the first may be broken. */
  textBefore(bytes: number): string {
    return decode(this.#bytes.subarray(Math.max(0, this.#from - bytes), this.#from), encodingOf(this.#source));
  }

  /** Some characters behind it, decoded and folded, of so many bytes; the last may be broken. */
  textBehind(bytes: number): string {
    return decode(this.#surroundings.bytes(0, bytes).subarray(this.#length), encodingOf(this.#source));
  }

  /** Whether an address of a page or a service, `://`, begins near. */
  get isInAddress(): boolean {
    const bytes = this.#bytes;
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === COLON && bytes[at + 1] === SLASH && bytes[at + 2] === SLASH) return true;
    return false;
  }

  /** Whether so many characters of base64 stand together within so many bytes to either side. */
  hasTokenNear(length: number, reach: number): boolean {
    const bytes = this.#surroundings.bytes(reach, reach);
    // Every token holds one of these places.
    for (let place = length - 1; place < bytes.length; place += length) {
      if (!isBase64(bytes[place])) continue;
      let [from, to] = [place, place + 1];
      while (isBase64(bytes[from - 1])) from--;
      while (isBase64(bytes[to])) to++;
      if (to - from >= length) return true;
    }
    return false;
  }

  /** Characters of its line without the spaces at its ends; without end when it has more bytes than `most` characters can have. */
  lineLength(most: number): number {
    const bytes = this.#surroundings.bytes(LINE_REACH, LINE_REACH);
    const start = Math.min(LINE_REACH, this.#start);
    let from = start;
    while (from > 0 && bytes[from - 1] !== LINE_FEED) from--;
    let to = start + this.#length;
    while (to < bytes.length && bytes[to] !== LINE_FEED && bytes[to] !== CARRIAGE_RETURN) to++;
    while (from < to && (bytes[from] ?? 0) <= 0x20) from++;
    while (to > from && (bytes[to - 1] ?? 0) <= 0x20) to--;
    const isLong = start - from >= LINE_REACH || to - start - this.#length >= LINE_REACH || to - from > most * MOST_BYTES;
    return isLong ? Number.POSITIVE_INFINITY : decode(bytes.subarray(from, to), encodingOf(this.#source)).trim().length;
  }

  /** Whether nothing beside a number can make it a piece of something longer, also once it is folded. */
  get isAlone(): boolean {
    const behind = this.#from + this.#length;
    const [before = 0, after = 0] = [this.#bytes[this.#from - 1], this.#bytes[behind]];
    return !isPartOfMore(before) && !isPartOfMore(after) && after !== 0x3d && after !== 0x25 && !this.touchesWide;
  }

  /** Whether a neighbour may be folded to a letter, a digit or nothing, or makes a number a price. */
  get touchesWide(): boolean {
    return this.#beginsInCharacter || foldsBefore(this.#bytes, this.#from) || foldsBehind(this.#bytes, this.#from + this.#length);
  }

  /** Whether a word of the group is within reach of context. */
  isNear(group: ContextGroup): boolean {
    const { before, behind } = this.#surroundings.context(group);
    return before !== undefined || behind !== undefined;
  }

  /** In Shift_JIS its first byte may be the second half of a character. */
  get #beginsInCharacter(): boolean {
    const [before = 0, first = 0] = [this.#bytes[this.#from - 1], this.#bytes[this.#from]];
    return before >= FIRST_ABOVE_ASCII && first >= FIRST_AMBIGUOUS && encodingOf(this.#source) === 'shift_jis';
  }

  #read(): string {
    const to = this.#from + this.#length;
    for (let at = this.#from; at < to; at++) {
      if ((this.#bytes[at] ?? 0) >= FIRST_ABOVE_ASCII) return decode(this.#bytes.subarray(this.#from, to), encodingOf(this.#source));
    }
    return latin1(this.#bytes, this.#from, to);
  }
}

function encodingOf({ content }: Source): Parameters<typeof decode>[1] {
  return 'bytes' in content ? content.encoding : 'normalised';
}

/** A letter, a digit, or what joins them: `_`, `-`, `+`, `/`, `.`. */
function isPartOfMore(byte: number): boolean {
  if (byte >= 0x2b && byte <= 0x39) return byte !== 0x2c;
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f;
}

/** Full-width forms, half-width kana and signs without width: in UTF-8 by their first byte, in Shift_JIS by theirs. */
function foldsBefore(bytes: Uint8Array, at: number): boolean {
  if ((bytes[at - 1] ?? 0) < FIRST_ABOVE_ASCII) return (bytes[at - 1] ?? 0) >= 0x40 && foldsInShiftJis(bytes[at - 2]);
  return foldsInUtf8(bytes[at - 3]) || foldsInUtf8(bytes[at - 2]) || foldsInShiftJis(bytes[at - 2]);
}

function foldsBehind(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (byte < FIRST_ABOVE_ASCII) return false;
  // 円 makes a number a price.
  if ((byte === 0xe5 && bytes[at + 1] === 0x86) || (byte === 0x89 && bytes[at + 1] === 0x7e)) return true;
  return foldsInUtf8(byte) || foldsInShiftJis(byte);
}

function foldsInUtf8(byte = 0): boolean {
  return byte === 0xef || byte === 0xe2 || byte === 0xc2 || byte === 0xcc;
}

/** Signs, and letters and digits in full width. */
function foldsInShiftJis(byte = 0): boolean {
  return byte === 0x81 || byte === 0x82 || byte === 0x84;
}

function isBase64(byte = 0): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2b || byte === 0x2f
  );
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  // Put together one by one, it would have to be copied before a pattern reads it.
  return Reflect.apply(String.fromCharCode, undefined, bytes.subarray(from, to));
}

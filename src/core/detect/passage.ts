// oxlint-disable no-control-regex -- telling text from binary is about control characters
import type { Place } from '../../contracts/finding.ts';
import { countLineFeeds } from './line-feeds.ts';
import { normalise } from './normalise.ts';
import type { ByteEncoding } from './segment.ts';
import type { Source } from './sources.ts';
import { TextWindow, countLines, type Mark, type RowMark } from './text-window.ts';

const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { ignoreBOM: true }),
  shift_jis: new TextDecoder('shift_jis'),
  'windows-1252': new TextDecoder('windows-1252'),
} as const;
/** What is no text parts the printable stretches of a binary file. */
const NOT_PRINTABLE = /[\0-\x1f\x7f\ufffd]+/g;
/** Bytes below this are whole characters in UTF-8 and never the second half of one in Shift_JIS. */
const FIRST_AMBIGUOUS = 0x40;
/** Stands for broken characters. */
const REPLACEMENT = '\ufffd';
const LONGEST_SEARCH = 64;
const LINE_FEED = 0x0a;
/** Less is decoded again each time. */
const FEWEST_COUNTED = 256;
const FIRST_ABOVE_ASCII = 0x80;
const WORD = 4;
const BEYOND_ASCII = 0x8080_8080;

/** One spelling of the characters in bytes. */
export function decode(bytes: Uint8Array, encoding: ByteEncoding | 'normalised'): string {
  if (encoding === 'normalised') return DECODERS['utf-8'].decode(bytes);
  if (encoding === 'binary') return normalise(DECODERS['utf-8'].decode(bytes).replace(NOT_PRINTABLE, '\n'));
  return normalise(DECODERS[encoding].decode(bytes));
}

/** Bytes that are decoded as one. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly encoding: ByteEncoding | 'normalised';
  readonly source: Source;
  /** Where its text begins in the window's. */
  offset: number;
  /** Its bytes are its characters. */
  isAscii: boolean;
  /** Of UTF-8, with all characters as they were: they can be counted without being decoded. */
  isPlain: boolean;
  /** Where characters of a plain piece were counted up to. */
  counted: { readonly at: number; readonly characters: number };
  /** Beginnings of lines, and how many characters stand before them. */
  readonly lines: { readonly at: number; readonly characters: number }[];
}

/** A stretch of the stream, decoded: what detectors read around their candidates. */
export class Passage {
  readonly window: TextWindow;
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #pieces: readonly Piece[];

  /** `bytes` are those of the stream from the offset `from` on; `sources` are of one region and in order. */
  constructor(bytes: Uint8Array, from: number, sources: readonly Source[]) {
    this.#bytes = bytes;
    this.#from = from;
    this.#pieces = pieces(sources, from, from + bytes.length);
    const marks: Mark[] = [];
    let text = '';
    for (const piece of this.#pieces) {
      const { source } = piece;
      piece.offset = text.length;
      piece.isAscii = (piece.encoding === 'utf-8' || piece.encoding === 'normalised') && isAscii(this.#read(piece.from, piece.to));
      const whole = 'text' in source.content && piece.from === source.offset && piece.to === source.end;
      marks.push(mark(source, piece));
      if (whole) text += source.content.text;
      else if (piece.isAscii) text += DECODERS['utf-8'].decode(this.#read(piece.from, piece.to));
      else {
        const start = this.#characterStart(piece);
        const encoded = this.#read(start, piece.to);
        const isUtf8 = piece.encoding === 'utf-8' || piece.encoding === 'normalised';
        const written = isUtf8 ? DECODERS['utf-8'].decode(encoded) : undefined;
        const decoded = written === undefined ? decode(encoded, piece.encoding) : piece.encoding === 'utf-8' ? normalise(written) : written;
        text += decoded;
        piece.counted = { at: start, characters: 0 };
        piece.isPlain = decoded === written && !decoded.includes(REPLACEMENT);
      }
    }
    this.window = new TextWindow(text, marks);
  }

  /** The character that an offset of the stream is in or before. Offsets in order of the stream give characters in order. */
  characterAt(offset: number): number {
    const piece = this.#pieces.findLast(({ from }) => from <= offset);
    if (piece === undefined) return 0;
    if (piece.isAscii) return piece.offset + Math.max(0, Math.min(offset, piece.to) - piece.from);
    if (piece.isPlain) return piece.offset + this.#count(piece, Math.min(offset, piece.to));
    const { encoding, lines } = piece;
    const to = Math.min(offset, piece.to);
    let from = lines.findLast(({ at }) => at <= to) ?? { at: this.#characterStart(piece), characters: 0 };
    // One spelling never reaches across the end of a line, so that lines may be counted by themselves.
    const length = to - from.at < FEWEST_COUNTED || encoding === 'binary' ? 0 : this.#read(from.at, to).lastIndexOf(LINE_FEED) + 1;
    if (length > 0) {
      const characters = decode(this.#read(from.at, from.at + length), encoding).length;
      from = { at: from.at + length, characters: from.characters + characters };
      lines.push(from);
    }
    return piece.offset + from.characters + decode(this.#read(from.at, to), encoding).length;
  }

  /** Characters of a plain piece before an offset. */
  #count(piece: Piece, offset: number): number {
    const start = this.#characterStart(piece);
    if (offset <= start) return 0;
    let whole = offset;
    while (whole > start && whole < piece.to && !beginsUtf8(this.#bytes[whole - this.#from] ?? 0)) whole--;
    const from = whole >= piece.counted.at ? piece.counted : { at: start, characters: 0 };
    piece.counted = { at: whole, characters: from.characters + unitsOf(this.#read(from.at, whole)) };
    // A character that is cut counts.
    return piece.counted.characters + (whole < offset ? 1 : 0);
  }

  #read(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from - this.#from, Math.max(from, to) - this.#from);
  }

  /** Where the first whole character of a piece begins: the first piece may have been cut anywhere. */
  #characterStart({ from, to, encoding, source }: Piece): number {
    if (from === source.offset || encoding === 'windows-1252') return from;
    const bytes = this.#read(from, Math.min(to, from + LONGEST_SEARCH));
    const isStart = encoding === 'shift_jis' ? beginsShiftJis : beginsUtf8;
    return from + Math.max(0, bytes.findIndex(isStart));
  }
}

function isAscii(bytes: Uint8Array): boolean {
  let at = 0;
  if (bytes.byteOffset % WORD === 0) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / WORD));
    for (const word of words) if ((word & BEYOND_ASCII) !== 0) return false;
    at = words.length * WORD;
  }
  for (; at < bytes.length; at++) if ((bytes[at] ?? 0) >= FIRST_ABOVE_ASCII) return false;
  return true;
}

/** UTF-16 code units of characters that begin in bytes of UTF-8. */
function unitsOf(bytes: Uint8Array): number {
  let units = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2;
  }
  return units;
}

function beginsShiftJis(byte: number): boolean {
  return byte < FIRST_AMBIGUOUS;
}

function beginsUtf8(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}

/** Bytes of a file go on from one source to the next, maybe in the middle of a character; rows and texts stand apart. */
function pieces(sources: readonly Source[], from: number, to: number): Piece[] {
  const found: Piece[] = [];
  for (const source of sources) {
    const start = Math.max(from, source.offset);
    const end = Math.min(to, source.end);
    if (end <= start) continue;
    const encoding = 'bytes' in source.content ? source.content.encoding : 'normalised';
    const last = found.at(-1);
    if (last !== undefined && encoding !== 'normalised' && last.encoding === encoding && last.to === start) {
      found[found.length - 1] = { ...last, to: end };
    } else
      found.push({
        from: start,
        to: end,
        encoding,
        source,
        offset: 0,
        isAscii: false,
        isPlain: false,
        counted: { at: start, characters: 0 },
        lines: [],
      });
  }
  return found;
}

function mark(source: Source, { offset, from }: Piece): Mark {
  const { place, content, row } = source;
  const isOfStrings = 'bytes' in content && content.encoding === 'binary';
  if (from === source.offset) return { offset, place, isOfStrings, ...(row === undefined ? {} : { row }) };
  if ('bytes' in content)
    return { offset, place, isOfStrings, linesBefore: () => lineFeedsBefore(source, content.bytes, from - source.offset) };
  const passed = charactersIn(content.text, from - source.offset);
  if (row !== undefined) return { offset, place, row: shiftedRow(row, passed) };
  return { offset, place, linesBefore: () => countLines(content.text, 0, passed) };
}

/** Places are asked for nearly in order, so that each counts on from the one before. */
function lineFeedsBefore(source: Source, bytes: Uint8Array, at: number): number {
  const known = source.counted ?? { at: 0, lines: 0 };
  const lines = at < known.at ? countLineFeeds(bytes, 0, at) : known.lines + countLineFeeds(bytes, known.at, at);
  source.counted = { at, lines };
  return lines;
}

/** The place of an offset in running text. */
export function placeIn(source: Source, at: number): Place {
  const { offset, place, content } = source;
  if (place.line === undefined) return place;
  const lines =
    'bytes' in content
      ? lineFeedsBefore(source, content.bytes, at - offset)
      : countLines(content.text, 0, charactersIn(content.text, at - offset));
  return { ...place, line: place.line + lines };
}

/** How many characters of a text take so many bytes of UTF-8. A character that is cut counts. */
function charactersIn(text: string, bytes: number): number {
  let at = 0;
  for (let left = bytes; left > 0 && at < text.length; at++) {
    const code = text.charCodeAt(at);
    // The halves of a surrogate pair take four bytes together.
    left -= code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return at;
}

/** The row as it stands from a later character on. */
export function shiftedRow({ table, cellOffsets, roles, types, length, isHeading }: RowMark, passed: number): RowMark {
  return { table, cellOffsets: cellOffsets.map((offset) => offset - passed), roles, types, length: length - passed, isHeading };
}

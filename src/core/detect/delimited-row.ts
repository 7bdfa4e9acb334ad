import type { Place } from '../../contracts/finding.ts';

const QUOTE = 0x22;
const MOST_BYTES_OF_CHARACTER = 3;
const ENCODER = new TextEncoder();

/** A piece of a delimited table's text, with its bytes in UTF-8 for those who ask. */
export class DelimitedText {
  readonly text: string;
  /** A character of ASCII. */
  readonly delimiter: string;
  #bytes: Uint8Array | undefined;
  /** Where the character stands in the bytes that was asked for last. */
  #known = { character: 0, byte: 0 };

  constructor(text: string, delimiter: string) {
    this.text = text;
    this.delimiter = delimiter;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= encoded(this.text);
    return this.#bytes;
  }

  /** Where a character begins in the bytes. Quick when asked in order. */
  byteOf(character: number): number {
    const { bytes } = this;
    if (bytes.length === this.text.length) return character;
    let known = this.#known;
    if (known.character > character) known = { character: 0, byte: 0 };
    let { byte } = known;
    for (let left = character - known.character; left > 0; left--) {
      const first = bytes[byte] ?? 0;
      byte += first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      // A pair of surrogates.
      if (first >= 0xf0) left--;
    }
    this.#known = { character, byte };
    return byte;
  }
}

/** Where a row stands in a piece of text, with its end of line left out; one follows. No quote is open at its end. */
export interface RowSpan {
  readonly piece: DelimitedText;
  readonly from: number;
  readonly to: number;
}

/**
 * A row of csv as it is written, for there are many and most are only scanned: its cells are made when somebody asks. Quotes
 * are read as in RFC 4180; one within a cell that does not begin with it is a character like others.
 */
export class DelimitedRow implements RowSpan {
  readonly kind = 'row';
  readonly table: number;
  readonly place: Place;
  readonly piece: DelimitedText;
  readonly from: number;
  readonly to: number;
  #cells: readonly string[] | undefined;

  constructor(table: number, place: Place, { piece, from, to }: RowSpan) {
    this.table = table;
    this.place = place;
    this.piece = piece;
    this.from = from;
    this.to = to;
  }

  get cells(): readonly string[] {
    this.#cells ??= cellsOf(this);
    return this.#cells;
  }
}

function encoded(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  const { read, written } = ENCODER.encodeInto(text, bytes);
  if (read === text.length) return bytes;
  const all = new Uint8Array(text.length * MOST_BYTES_OF_CHARACTER);
  all.set(bytes.subarray(0, written));
  return all.subarray(0, written + ENCODER.encodeInto(text.slice(read), all.subarray(written)).written);
}

function cellsOf({ piece: { text, delimiter }, from, to }: RowSpan): string[] {
  const cells: string[] = [];
  const separator = delimiter.charCodeAt(0);
  let cell = '';
  let quoted = false;
  let begin = from;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      if (quoted && at + 1 < to && text.charCodeAt(at + 1) === QUOTE) {
        at++;
        cell += text.slice(begin, at);
        begin = at + 1;
      } else if (quoted || (cell === '' && begin === at)) {
        cell += text.slice(begin, at);
        quoted = !quoted;
        begin = at + 1;
      }
    } else if (code === separator && !quoted) {
      cells.push(cell === '' ? text.slice(begin, at) : cell + text.slice(begin, at));
      cell = '';
      begin = at + 1;
    }
  }
  cells.push(cell + text.slice(begin, to));
  return cells;
}

import type { ColumnRole } from './columns.ts';
import type { RowSpan } from './delimited-row.ts';
import { DelimitedWriter } from './delimited-writer.ts';
import type { RowMark } from './text-window.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const MOST_BYTES_OF_CHARACTER = 3;
const BLOCK_BYTES = 65_536;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** What is known of the columns of a row. */
export interface RowColumns {
  readonly table: number;
  readonly roles: readonly (ColumnRole | undefined)[] | undefined;
  readonly types: readonly (ColumnRole | undefined)[] | undefined;
  readonly isHeading: boolean;
}

/** A row of text, a tab behind each cell and a line feed at its end, as its bytes in a block that it shares with others. Most rows are only scanned; what detectors read is made when one does. */
export class WrittenRow implements RowMark {
  readonly table: number;
  readonly roles: RowColumns['roles'];
  readonly types: RowColumns['types'];
  readonly isHeading: boolean;
  readonly length: number;
  readonly #block: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  #text: string | undefined;
  #cellOffsets: readonly number[] | undefined;

  /** `length` is that of the text without the end of the line. */
  constructor({ table, roles, types, isHeading }: RowColumns, length: number, block: Uint8Array, from: number, to: number) {
    this.table = table;
    this.roles = roles;
    this.types = roles === undefined ? types : undefined;
    this.isHeading = roles !== undefined && isHeading;
    this.length = length;
    this.#block = block;
    this.#from = from;
    this.#to = to;
  }

  get encoded(): Uint8Array {
    return this.#block.subarray(this.#from, this.#to);
  }

  /** In bytes. */
  get size(): number {
    return this.#to - this.#from;
  }

  /** Whether the next row begins where this one ends. */
  isBefore(next: WrittenRow): boolean {
    return this.#block === next.#block && this.#to === next.#from;
  }

  /** The bytes of the rows from this one to a `last`, each of them before the next. */
  encodedTo(last: WrittenRow): Uint8Array {
    return this.#block.subarray(this.#from, last.#to);
  }

  get text(): string {
    this.#text ??= DECODER.decode(this.encoded);
    return this.#text;
  }

  get cellOffsets(): readonly number[] {
    if (this.#cellOffsets === undefined) {
      const { text } = this;
      const offsets: number[] = [];
      for (let from = 0, tab = text.indexOf('\t'); tab >= 0; from = tab + 1, tab = text.indexOf('\t', from)) offsets.push(from);
      this.#cellOffsets = offsets;
    }
    return this.#cellOffsets;
  }
}

/** Writes rows in UTF-8, as `TextEncoder` does. Of many short strings that is cheaper than to join them. */
export class RowWriter {
  #block = new Uint8Array();
  #used = 0;
  readonly #delimited = new DelimitedWriter();

  /** No cell may hold a tab. */
  write(cells: readonly string[], columns: RowColumns): WrittenRow {
    let length = 0;
    for (const cell of cells) length += cell.length + 1;
    const from = this.#reserve(length);
    this.#used = encodeRow(cells, this.#block, from);
    return new WrittenRow(columns, length, this.#block, from, this.#used);
  }

  /** The same of a row as it is written, without its cells: undefined where they have to be looked at. */
  writeDelimited(span: RowSpan, columns: RowColumns): WrittenRow | undefined {
    const from = this.#reserve(span.to - span.from + 1);
    if (!this.#delimited.write(span, this.#block, from)) return undefined;
    this.#used = this.#delimited.end;
    return new WrittenRow(columns, this.#delimited.length, this.#block, from, this.#used);
  }

  /** Where in the block there is room for a row of so many characters. */
  #reserve(length: number): number {
    const most = length * MOST_BYTES_OF_CHARACTER + 1;
    // Never written over: rows of the block before are still to be read.
    if (this.#used + most > this.#block.length) {
      this.#block = new Uint8Array(Math.max(BLOCK_BYTES, most));
      this.#used = 0;
    }
    return this.#used;
  }
}

/** Gives where the row ends. */
function encodeRow(cells: readonly string[], bytes: Uint8Array, from: number): number {
  let to = from;
  for (const cell of cells) {
    to = encodeCell(cell, bytes, to);
    bytes[to++] = TAB;
  }
  bytes[to++] = LINE_FEED;
  return to;
}

function encodeCell(cell: string, bytes: Uint8Array, from: number): number {
  let to = from;
  for (let at = 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at);
    if (code < 0x80) bytes[to++] = code;
    else if (code < 0x800) {
      bytes[to++] = 0xc0 | (code >> 6);
      bytes[to++] = 0x80 | (code & 0x3f);
    } else if (code >= 0xd800 && code < 0xe000) return from + ENCODER.encodeInto(cell, bytes.subarray(from)).written;
    else {
      bytes[to++] = 0xe0 | (code >> 12);
      bytes[to++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[to++] = 0x80 | (code & 0x3f);
    }
  }
  return to;
}

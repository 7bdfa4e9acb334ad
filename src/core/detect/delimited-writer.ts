import type { RowSpan } from './delimited-row.ts';
import { isPlain } from './table-reader.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const WIDE = 3;
/** First bytes of kana and Han characters. */
const FIRST_WIDE = 0xe3;
const LAST_WIDE = 0xe9;

/** What a byte is to a cell, a bit for each. */
const DIGIT = 1;
/** Neither a digit nor a space or a hyphen, which join the groups of a number. */
const NO_NUMBER = 2;
const LETTER_OR_DIGIT = 4;
const AT = 8;
/** Not just written as it is: all below, and what may have another spelling, or parts lines. */
const SPECIAL = 16;
const QUOTES = 32;
const SEPARATOR = 64;
const END = 128;

/** As columns.ts and cells.ts have it of cells. */
const DIGITS_OF_NUMBER = 3;
const FEWEST_DIGITS_OF_DOCUMENT = 12;

function kindOf(byte: number): number {
  if (byte === LINE_FEED || byte === CARRIAGE_RETURN) return SPECIAL | END;
  if (byte < 0x20 || byte >= 0x7f) return SPECIAL;
  if (byte === QUOTE) return SPECIAL | QUOTES | NO_NUMBER;
  if (byte === 0x40) return AT | NO_NUMBER;
  if (byte >= 0x30 && byte <= 0x39) return DIGIT | LETTER_OR_DIGIT;
  if ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) return LETTER_OR_DIGIT | NO_NUMBER;
  return byte === 0x20 || byte === 0x2d ? 0 : NO_NUMBER;
}

const kindsBySeparator = new Map<string, Uint8Array>();

function kindsFor(separator: string): Uint8Array {
  let kinds = kindsBySeparator.get(separator);
  if (kinds === undefined) {
    kinds = Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte));
    kinds[separator.charCodeAt(0)] = SPECIAL | SEPARATOR | NO_NUMBER;
    kindsBySeparator.set(separator, kinds);
  }
  return kinds;
}

/**
 * Writes rows as `RowWriter` does, from their text. A row is refused that a heading row may be, that holds a number whose
 * check digit counts, or characters of more than one spelling: its cells have to be looked at.
 */
export class DelimitedWriter {
  /** Of the row written last: where it ends, and its characters without the end of the line. */
  end = 0;
  length = 0;

  write({ piece, from }: RowSpan, bytes: Uint8Array, begin: number): boolean {
    const source = piece.bytes;
    const kinds = kindsFor(piece.delimiter);
    let end = begin;
    let wide = 0;
    let filled = 0;
    let numbers = 0;
    let quoted = false;
    let cell = begin;
    // Numbers in place of truths, and no branches: what comes next in a cell cannot be foreseen.
    let isData = 0;
    let digits = 0;
    let run = 0;
    let noNumber = 0;
    let behindAt = 0;
    for (let at = piece.byteOf(from); ; at++) {
      const byte = source[at] ?? LINE_FEED;
      const kind = kinds[byte] ?? SPECIAL;
      if ((kind & SPECIAL) !== 0) {
        if ((kind & END) !== 0 || ((kind & SEPARATOR) !== 0 && !quoted)) {
          if (end > cell) filled++;
          if (digits >= DIGITS_OF_NUMBER) numbers++;
          if (digits >= FEWEST_DIGITS_OF_DOCUMENT && noNumber === 0) return false;
          bytes[end++] = TAB;
          if ((kind & END) !== 0) break;
          cell = end;
          digits = 0;
          run = 0;
          noNumber = 0;
          behindAt = 0;
          continue;
        }
        if (byte >= FIRST_WIDE && byte <= LAST_WIDE) {
          const second = source[at + 1] ?? 0;
          const third = source[at + 2] ?? 0;
          if (!isPlain(((byte & 15) << 12) | ((second & 63) << 6) | (third & 63))) return false;
          bytes[end] = byte;
          bytes[end + 1] = second;
          bytes[end + 2] = third;
          end += WIDE;
          at += WIDE - 1;
          wide++;
          noNumber = NO_NUMBER;
          run = 0;
          behindAt = 0;
          continue;
        }
        if (byte === TAB || (kind & (QUOTES | SEPARATOR)) === 0) return false;
        if ((kind & QUOTES) !== 0) {
          if (quoted && source[at + 1] === QUOTE) at++;
          else if (quoted || end === cell) {
            quoted = !quoted;
            continue;
          }
        }
      }
      bytes[end++] = byte;
      const digit = kind & DIGIT;
      digits += digit;
      run = (run + 1) * digit;
      // Five digits in a row are no heading's.
      isData |= (run >> 2) & run & 1;
      isData |= behindAt & kind & LETTER_OR_DIGIT;
      behindAt = (kind & AT) >> 1;
      noNumber |= kind & NO_NUMBER;
    }
    if (isData === 0 && numbers * 2 <= filled) return false;
    this.length = end - begin - (WIDE - 1) * wide;
    bytes[end++] = LINE_FEED;
    this.end = end;
    return true;
  }
}

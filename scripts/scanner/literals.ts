import { isUtf8 } from 'node:buffer';
import { FOLLOW_LABELLED, FOLLOW_LATIN_NAME, FOLLOW_NUMBER } from '../../src/core/detect/scanner/kernel/follow.ts';
import { LITERAL_BEGINS, LITERAL_ENDS, LITERAL_EXACT, LITERAL_SHIFT_JIS } from '../../src/core/detect/scanner/kernel/literals.ts';
import { FIRST_WORD_KIND, WORD_KINDS, WORDS } from '../../src/core/detect/scanner/words.ts';
import { encodings } from './encodings.ts';
import { isAscii, otherSpellings } from './spellings.ts';

/** Bytes that some of their own, next to each other, point to: the fingerprint. */
export interface Placeable {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Case counts. */
  readonly exact: boolean;
}

/** A word in one encoding. */
export interface Literal extends Placeable {
  readonly kind: number;
  readonly flags: number;
  /** Least number of token characters behind it, or a code of kernel/follow.ts. */
  readonly required: number;
}

export const FINGERPRINT_BYTES = 4;
export const LETTER_CASE = 0x20;

const FOLLOW_CODES = {
  label: FOLLOW_LABELLED,
  number: FOLLOW_NUMBER,
  'latin-name': FOLLOW_LATIN_NAME,
} as const;
/** Two bytes are too few to be looked for. */
const LEAST_BYTES = 3;

/** Every word in every encoding, in half-width kana, and in full-width letters where that is asked for. */
export function literals(): Literal[] {
  const all = new Map<string, Literal>();
  for (const { text, kind, exact = false, tail = 0, begins = false, ends = false, follow, fullWidth } of WORDS) {
    for (const spelling of exact ? [text] : [text, ...(isAscii(text) && fullWidth !== true ? [] : otherSpellings(text))]) {
      // Letters among the bytes of a Japanese word in Shift_JIS are halves of characters and have no case.
      const bytewise = exact || !isAscii(spelling);
      const number = FIRST_WORD_KIND + WORD_KINDS.indexOf(kind);
      const flags = (bytewise ? LITERAL_EXACT : 0) | (begins ? LITERAL_BEGINS : 0) | (ends ? LITERAL_ENDS : 0);
      const required = follow === undefined ? tail : FOLLOW_CODES[follow];
      for (const bytes of encodings(bytewise ? spelling : spelling.toLowerCase(), false, LEAST_BYTES)) {
        const literal = { text, bytes, kind: number, exact: bytewise, flags, required };
        all.set(`${literalKey(literal)} ${number}`, literal);
      }
    }
  }
  return [...all.values()];
}

const ANY_BYTE = Array.from({ length: 256 }, (_, byte) => byte);

/** Where a fingerprint may begin at most. A literal shorter than one has it at its beginning, and any bytes go on. */
export function lastPlace({ bytes }: Placeable, width: number): number {
  return Math.max(0, bytes.length - width);
}

/** The bytes that may stand for each byte of the fingerprint at `place`: letters in both cases unless case counts. */
export function spellings({ bytes, exact }: Placeable, place: number, width: number): (readonly number[])[] {
  return Array.from({ length: width }, (_, index) => {
    const byte = bytes[place + index];
    if (byte === undefined) return ANY_BYTE;
    return !exact && byte >= 0x61 && byte <= 0x7a ? [byte, byte - LETTER_CASE] : [byte];
  });
}

/** The folded fingerprint at `place`, its first byte the lowest; several when any bytes go on behind a short literal. */
export function fingerprints(literal: Placeable, place: number, width: number): number[] {
  let all = [0];
  for (const [index, bytes] of spellings(literal, place, width).entries()) {
    const folded = [...new Set(bytes.map((byte) => byte | LETTER_CASE))];
    all = all.flatMap((fingerprint) => folded.map((byte) => fingerprint | (byte << (8 * index))));
  }
  return all;
}

/** Which of the scanner's three filters a fingerprint is looked for with; the scanner tries the last two only beside bytes beyond ASCII. */
export const FILTERS = ['ascii', 'utf-8', 'shift_jis'] as const;

/** The place in `FILTERS` of a fingerprint at `place`. */
export function filterOf({ bytes }: Placeable, place: number): number {
  if (bytes.subarray(place, place + FINGERPRINT_BYTES).every((byte) => byte < 0x80)) return 0;
  if (!isUtf8(bytes)) return 2;
  // The scanner looks for words of UTF-8 only beside whole characters of three bytes.
  if (bytes.some((byte) => (byte & 0xe0) === 0xc0 || byte >= 0xf0)) throw new RangeError('a character has two bytes or four');
  return 1;
}

/** With the flag of those that only Shift_JIS can be, once the place of their fingerprint is known. */
export function flagsOf(literal: Literal, place: number): number {
  return literal.flags | (filterOf(literal, place) === 2 ? LITERAL_SHIFT_JIS : 0);
}

/** A literal's name in the file of choices: its bytes in hexadecimal, for a word has several. */
export function literalKey({ bytes }: Placeable): string {
  return Buffer.from(bytes).toString('hex');
}

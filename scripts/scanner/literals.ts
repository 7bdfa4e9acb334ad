import { FIRST_WORD_KIND, WORD_KINDS, WORDS } from '../../src/core/detect/scanner/words.ts';
import { encodings } from './encodings.ts';

/** A word in one encoding. */
export interface Literal {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly kind: number;
  readonly exact: boolean;
  readonly tail: number;
}

export const FINGERPRINT_BYTES = 4;
export const LETTER_CASE = 0x20;

export function literals(): Literal[] {
  return WORDS.flatMap(({ text, kind, exact = false, tail = 0 }) => {
    // Letters among the bytes of a Japanese word in Shift_JIS are halves of characters and have no case.
    const bytewise = exact || /[^\0-\x7f]/.test(text);
    const number = FIRST_WORD_KIND + WORD_KINDS.indexOf(kind);
    return encodings(bytewise ? text : text.toLowerCase()).map((bytes) => ({ text, bytes, kind: number, exact: bytewise, tail }));
  });
}

/** The bytes that may stand for each byte of the fingerprint at `place`: letters in both cases unless case counts. */
export function spellings({ bytes, exact }: Literal, place: number): number[][] {
  return [...bytes.subarray(place, place + FINGERPRINT_BYTES)].map((byte) =>
    !exact && byte >= 0x61 && byte <= 0x7a ? [byte, byte - LETTER_CASE] : [byte],
  );
}

/** A literal's name in choices.json: its bytes in hexadecimal, for a word has several. */
export function literalKey({ bytes }: Literal): string {
  return Buffer.from(bytes).toString('hex');
}

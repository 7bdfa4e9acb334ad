import { LITERAL_HEADER } from '../../src/core/detect/scanner/kernel/literals.ts';
import type { Choices } from './choices.ts';
import { IBAN_COUNTRIES } from './iban-countries.ts';
import { FINGERPRINT_BYTES, literalKey, LETTER_CASE, literals, spellings, type Literal } from './literals.ts';
import { allowPlaces, classTable, shapeTables } from './nibbles.ts';

/** The parts of the tables that are kept in generated.ts; the hash table over the literals is filled when they are loaded. */
export interface Tables {
  readonly nibbles: Uint8Array;
  readonly classes: Uint8Array;
  readonly ibanLengths: Uint8Array;
  /** Lists of literals that share a fingerprint, each behind its fingerprint (4 bytes) and ended by a length of 0. */
  readonly literals: Uint8Array;
}

/** Half of what one block may yield goes to literals: no more of them than this end at one byte. */
const MOST_SHARING = 16;

export function buildTables(choices: Choices): Tables {
  const nibbles = shapeTables();
  const lists = new Map<number, { literal: Literal; place: number }[]>();
  for (const literal of literals()) {
    const choice = choices[literalKey(literal)];
    if (choice === undefined) throw new Error(`no fingerprint is chosen for ${literal.text}: run scripts/scanner/choose.ts`);
    allowPlaces(nibbles, spellings(literal, choice.place), choice.bucket);
    const fingerprint = fold(literal.bytes, choice.place);
    lists.set(fingerprint, [...(lists.get(fingerprint) ?? []), { literal, place: choice.place }]);
  }
  return { nibbles, classes: classTable(), ibanLengths: ibanLengths(), literals: literalBytes(lists) };
}

function ibanLengths(): Uint8Array {
  const lengths = new Uint8Array(26 * 26);
  for (const [country, length] of IBAN_COUNTRIES) {
    const [first = 0, second = 0] = Buffer.from(country);
    lengths[(first - 0x41) * 26 + second - 0x41] = length;
  }
  return lengths;
}

function fold(bytes: Uint8Array, place: number): number {
  return Buffer.from(bytes.subarray(place, place + FINGERPRINT_BYTES).map((byte) => byte | LETTER_CASE)).readInt32LE();
}

function literalBytes(lists: ReadonlyMap<number, readonly { literal: Literal; place: number }[]>): Uint8Array {
  const bytes: number[] = [];
  for (const [fingerprint, list] of lists) {
    if (list.length > MOST_SHARING) throw new RangeError('too many words share four bytes');
    for (let shift = 0; shift < 32; shift += 8) bytes.push((fingerprint >> shift) & 0xff);
    for (const { literal, place } of list) {
      const header = [literal.bytes.length, literal.kind, literal.exact ? 1 : 0, place + FINGERPRINT_BYTES - 1, literal.tail];
      if (header.length !== LITERAL_HEADER) throw new RangeError('the header has another length');
      bytes.push(...header, ...literal.bytes);
    }
    bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

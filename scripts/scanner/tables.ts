import type { Choices } from './choices.ts';
import { IBAN_COUNTRIES } from './iban-countries.ts';
import { LiteralLists } from './literal-lists.ts';
import { filterOf, FINGERPRINT_BYTES, flagsOf, literals } from './literals.ts';
import { asciiShapes, classTable, signTables, wideShapes } from './nibbles.ts';

/** The parts of the tables that are kept in generated.ts; the hash table over the literals is filled when they are loaded. */
export interface Tables {
  readonly nibbles: Uint8Array;
  /** Of fingerprints with bytes beyond ASCII: those of UTF-8, then those of Shift_JIS. */
  readonly wideNibbles: Uint8Array;
  readonly classes: Uint8Array;
  readonly signs: Uint8Array;
  readonly ibanLengths: Uint8Array;
  /** Lists of literals that share a fingerprint, each behind its fingerprint (4 bytes) and ended by a length of 0. */
  readonly literals: Uint8Array;
}

/** No more literals than this end at one byte: half of what one block may yield goes to them. */
const MOST_SHARING = 16;

export function buildTables(choices: Choices): Tables {
  const nibbles = [asciiShapes(), wideShapes(), new Uint8Array(FINGERPRINT_BYTES * 32)];
  const lists = new LiteralLists(FINGERPRINT_BYTES, nibbles, choices, { filterOf, mostSharing: MOST_SHARING });
  for (const literal of literals()) {
    lists.add(literal, (place) => {
      const last = place + FINGERPRINT_BYTES - 1;
      return [literal.bytes.length, literal.kind, flagsOf(literal, place), last, literal.required];
    });
  }
  const [ascii = new Uint8Array(), ...wide] = nibbles;
  return {
    nibbles: ascii,
    wideNibbles: Buffer.concat(wide),
    classes: classTable(),
    signs: signTables(),
    ibanLengths: ibanLengths(),
    literals: lists.bytes(),
  };
}

function ibanLengths(): Uint8Array {
  const lengths = new Uint8Array(26 * 26);
  for (const [country, length] of IBAN_COUNTRIES) {
    const [first = 0, second = 0] = Buffer.from(country);
    lengths[(first - 0x41) * 26 + second - 0x41] = length;
  }
  return lengths;
}

import { CLASS_AT, CLASS_COLON, CLASS_DIGIT, CLASS_JOINT, CLASS_STOP } from '../../src/core/detect/scanner/kernel/layout.ts';

const SIGNS = ['市', '区', '郡', '県', '㊙', '＠'] as const;

/** Sets `bit` for these bytes in a pair of nibble tables (low, then high). Bytes that mix the nibbles of two of them pass as well. */
export function allow(table: Uint8Array, bytes: readonly number[], bit: number): void {
  for (const byte of bytes) {
    table[byte & 15] = (table[byte & 15] ?? 0) | bit;
    table[16 + (byte >> 4)] = (table[16 + (byte >> 4)] ?? 0) | bit;
  }
}

/** Sets `bit` for the bytes allowed at each of four places. */
export function allowPlaces(nibbles: Uint8Array, places: readonly (readonly number[])[], bit: number): void {
  for (const [place, bytes] of places.entries()) allow(nibbles.subarray(place * 32), bytes, bit);
}

export function classTable(): Uint8Array {
  const table = new Uint8Array(32);
  allow(table, range(0x30, 0x39), CLASS_DIGIT);
  allow(table, [0x20, 0x28, 0x29, 0x2d, 0x2e], CLASS_JOINT);
  allow(table, [0x2e], CLASS_STOP);
  allow(table, [0x3a], CLASS_COLON);
  allow(table, [0x40], CLASS_AT);
  return table;
}

/** Bits of `ASCII_SHAPES` and `WIDE_SHAPES` in kernel/layout.ts. */
const LETTERED = 1;
const WIDE_DIGITS = 1;
const WIDE_DASH = 2;
const DIGITS = range(0x30, 0x39);

/** Buckets that stand for a shape of four bytes instead of literals. */
export function asciiShapes(): Uint8Array {
  const nibbles = new Uint8Array(128);
  const capitals = range(0x41, 0x5a);
  allowPlaces(nibbles, [capitals, capitals, DIGITS, DIGITS], LETTERED);
  allowPlaces(nibbles, [[0x2d], [0x0a], DIGITS, DIGITS], LETTERED);
  return nibbles;
}

/** The same with bytes beyond ASCII, of either encoding. */
export function wideShapes(): Uint8Array {
  const nibbles = new Uint8Array(128);
  const shape = (bit: number, ...places: readonly (readonly number[])[]): void => allowPlaces(nibbles, places, bit);
  shape(WIDE_DIGITS, [0xef], [0xbc], range(0x90, 0x99), [0xef]);
  shape(WIDE_DIGITS, [0x82], range(0x4f, 0x58), [0x82], range(0x4f, 0x58));
  shape(WIDE_DASH, DIGITS, [0xe2], [0x80, 0x88, 0x94], range(0x80, 0x95));
  shape(WIDE_DASH, DIGITS, [0xe3], [0x83], [0xbc]);
  shape(WIDE_DASH, DIGITS, [0xe3], [0x80], [0x80]);
  shape(WIDE_DASH, DIGITS, [0xef], [0xbc], [0x8d]);
  shape(WIDE_DASH, DIGITS, [0x81], [0x40, 0x5b, 0x5c, 0x5d, 0x7c], DIGITS);
  shape(WIDE_DASH, DIGITS, [0x84], [0x9f], DIGITS);
  return nibbles;
}

/** Characters of three bytes that point to something, in UTF-8, a bit for each: see kernel/signs.ts. */
export function signTables(): Uint8Array {
  const tables = new Uint8Array(5 * 16);
  for (const [index, sign] of SIGNS.entries()) {
    const [first = 0, second = 0, third = 0] = Buffer.from(sign);
    const bit = 1 << index;
    allow(tables.subarray(16), [second], bit);
    allow(tables.subarray(48), [third], bit);
    tables[first & 15] = (tables[first & 15] ?? 0) | bit;
  }
  return tables;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

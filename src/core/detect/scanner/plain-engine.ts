import type { Engine } from './engine.ts';
import { asciiShapeAt, wideShapeAt } from './kernel/anchors.ts';
import { contextAround } from './kernel/context.ts';
import { MOST_IN_A_BLOCK, OUTPUT_CAPACITY, OUTPUT_COUNT, READS_STRINGS, SLOT_BITS, SLOTS } from './kernel/layout.ts';
import { FULL_STOP, isCapital, isDigit } from './kernel/characters.ts';
import { boxedNumberEndingAt } from './kernel/boxes.ts';
import { isJoint, isLineBroken } from './kernel/groups.ts';
import { atSignAround } from './kernel/mail.ts';
import { isKnown, literalsAround } from './kernel/literals.ts';
import { byteAt, fingerprintAt, memory, wordAt } from './kernel/memory.ts';
import { nameAt, shiftJisHanAt } from './kernel/names.ts';
import { COLON, version4Around, version6Around } from './kernel/network.ts';
import { numberEndingAt } from './kernel/numbers.ts';
import { shiftJisSignAt, signAt } from './kernel/signs.ts';
import { isInString } from './kernel/strings.ts';
import { loadTables } from './tables.ts';

const AT = 0x40;
/** First byte of most signs in Shift_JIS. */
const SHIFT_JIS_SIGN = 0x81;
const JOINED = 7;
const LETTER_CASE = 0x20;

const PAIR_DIGITS = 1;
const PAIR_OTHER = 2;
const PAIR_WORD = 4;
const PAIR_WIDE = 8;
const PAIR_SIGN = 16;
/** For two bytes in a row, what they may end. Most pairs of a text end nothing. */
const pairs = new Uint8Array(65_536);

/** The scanner without WebAssembly: a table of byte pairs points to the same places as the compiled one's nibble tables. */
export function plainEngine(): Engine {
  loadTables(memory);
  fillPairs();
  return { name: 'plain', memory, scan, contextAround };
}

function scan(from: number, to: number): number {
  const inStrings = wordAt(READS_STRINGS) !== 0;
  let previous = byteAt(from - 1);
  for (let at = from; at < to; at++) {
    const byte = memory[at] ?? 0;
    const pair = pairs[(previous << 8) | byte] ?? 0;
    previous = byte;
    if (pair === 0) continue;
    const word = (pair & PAIR_WORD) !== 0 && isKnown(fingerprintAt(at - 3));
    const asciiShape = (pair & PAIR_DIGITS) !== 0 && (isCapital(byteAt(at - 3)) || isLineBroken(at - 1));
    const wideShape = (pair & PAIR_WIDE) !== 0;
    const number = (pair & PAIR_DIGITS) !== 0 && endsNumber(at);
    const other = (pair & PAIR_OTHER) !== 0;
    if (!word && !asciiShape && !wideShape && !number && !other && (pair & PAIR_SIGN) === 0) continue;
    if (inStrings && !isInString(at)) continue;
    if (wordAt(OUTPUT_COUNT) > OUTPUT_CAPACITY - MOST_IN_A_BLOCK) return at;
    if (word) literalsAround(at);
    if (asciiShape) asciiShapeAt(at);
    if (wideShape) wideShapeAt(at);
    if (number) numberEndingAt(at + 1);
    if (other) otherAt(at, byte);
    if ((pair & PAIR_SIGN) !== 0) signAt(at);
  }
  return to;
}

/** The rules for which one byte may be the place. */
function otherAt(at: number, byte: number): void {
  if (byte === AT) atSignAround(at);
  else if (byte === FULL_STOP) {
    if (isDigit(byteAt(at + 1))) version4Around(at);
  } else if (byte === COLON) version6Around(at);
  else if (isDigit(byte)) {
    if (!isDigit(byteAt(at - 1)) && !isDigit(byteAt(at + 1))) boxedNumberEndingAt(at);
  } else if (byte === SHIFT_JIS_SIGN) shiftJisSignAt(at);
  else {
    if (isHanLead(byte) && !isHanLead(byteAt(at - 3))) nameAt(at);
    shiftJisHanAt(at);
  }
}

/** First byte of most Han characters in UTF-8. */
function isHanLead(byte: number): boolean {
  return byte >= 0xe4 && byte <= 0xe9;
}

/** The last of four digits that end seven characters of digits and joints. */
function endsNumber(at: number): boolean {
  if (isDigit(byteAt(at + 1)) || !isDigit(byteAt(at - 2)) || !isDigit(byteAt(at - 3))) return false;
  for (let place = at - 4; place > at - JOINED; place--) {
    if (isDigit(byteAt(place))) continue;
    if (!isJoint(byteAt(place)) || !isDigit(byteAt(place - 1)) || !isDigit(byteAt(place + 1))) return false;
  }
  return true;
}

function fillPairs(): void {
  pairs.fill(0);
  for (let byte = 0; byte < 256; byte++) {
    for (const second of [AT, FULL_STOP, COLON, SHIFT_JIS_SIGN]) mark(byte, second, PAIR_OTHER);
    for (let second = 0x88; second <= 0x9f; second++) mark(byte, second, PAIR_OTHER);
    for (let second = 0xe0; second <= 0xea; second++) mark(byte, second, PAIR_OTHER);
    if (!isDigit(byte)) for (let second = 0x30; second <= 0x39; second++) mark(byte, second, PAIR_OTHER);
  }
  mark(0xb8, 0x82, PAIR_SIGN);
  mark(0x8c, 0xba, PAIR_SIGN);
  mark(0x83, 0xa1, PAIR_SIGN);
  mark(0x9c, 0x8c, PAIR_SIGN);
  mark(0x8a, 0x99, PAIR_SIGN);
  mark(0xbc, 0xa0, PAIR_SIGN);
  for (let first = 0x30; first <= 0x39; first++) for (let second = 0x30; second <= 0x39; second++) mark(first, second, PAIR_DIGITS);
  for (let digit = 0x90; digit <= 0x99; digit++) mark(digit, 0xef, PAIR_WIDE);
  for (let digit = 0x4f; digit <= 0x58; digit++) mark(0x82, digit, PAIR_WIDE);
  for (let dash = 0x80; dash <= 0x95; dash++) for (const before of [0x80, 0x88, 0x94]) mark(before, dash, PAIR_WIDE);
  mark(0x83, 0xbc, PAIR_WIDE);
  mark(0xbc, 0x8d, PAIR_WIDE);
  for (const dash of [0x40, 0x5b, 0x5c, 0x5d, 0x7c, 0x9f]) for (let digit = 0x30; digit <= 0x39; digit++) mark(dash, digit, PAIR_WIDE);
  for (let slot = 0; slot < 1 << SLOT_BITS; slot++) {
    if (wordAt(SLOTS + slot * 8 + 4) === 0) continue;
    const fingerprint = wordAt(SLOTS + slot * 8);
    for (const first of unfold((fingerprint >> 16) & 0xff)) {
      for (const second of unfold((fingerprint >> 24) & 0xff)) mark(first, second, PAIR_WORD);
    }
  }
}

function mark(first: number, second: number, bit: number): void {
  pairs[(first << 8) | second] = (pairs[(first << 8) | second] ?? 0) | bit;
}

/** Both bytes that fold to this one. */
function unfold(byte: number): readonly number[] {
  return [byte, byte & ~LETTER_CASE];
}

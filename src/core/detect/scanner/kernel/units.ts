import { SHIFT_JIS_UNITS, UNIT_CLASSES, UNIT_PAIR_BITS, UNIT_PAIRS } from './layout.ts';
import { byteAt } from './memory.ts';

/** Characters as UTF-16 code units, read forwards from undecoded bytes of UTF-8 or Shift_JIS. */

/** Classes in `UNIT_CLASSES`. */
export const UNIT_HAN: i32 = 1;
/** A family name by itself. */
export const UNIT_FAMILY: i32 = 2;
/** Of a title before a name. */
export const UNIT_TITLE: i32 = 4;
export const UNIT_GIVEN_FIRST: i32 = 8;
export const UNIT_GIVEN_LAST: i32 = 16;
/** A given name by itself. */
export const UNIT_GIVEN: i32 = 32;
export const UNIT_KANA: i32 = 64;
/** Ends a run that addresses someone. */
export const UNIT_HONORIFIC: i32 = 128;

/** What two units in a row are in `UNIT_PAIRS`: a family name, the beginning of one of three, that of a given name in kana. Others may have their hash. */
export const PAIR_FAMILY: i32 = 1;
export const PAIR_FAMILY_OF_THREE: i32 = 2;
export const PAIR_GIVEN_KANA: i32 = 4;
/** The last two characters of a prefecture's name, before 県. */
export const PAIR_PREFECTURE: i32 = 8;

export const UNIT_SPACE: i32 = 0x3000;

/** The unit at an address in its low half, its length in bytes above; 0 where none begins. */
export function unitAt(at: i32, shiftJis: boolean): i32 {
  const first: i32 = byteAt(at);
  if (first < 0x80) return (1 << 16) | first;
  const second: i32 = byteAt(at + 1);
  if (shiftJis) {
    if (!isShiftJisPair(first, second)) return 0;
    const index: i32 = SHIFT_JIS_UNITS + ((first - 0x81) * 192 + second - 0x40) * 2;
    return (2 << 16) | byteAt(index) | (byteAt(index + 1) << 8);
  }
  if (first < 0xe0 || first > 0xef || (second & 0xc0) !== 0x80 || (byteAt(at + 2) & 0xc0) !== 0x80) return 0;
  return (3 << 16) | ((first & 15) << 12) | ((second & 63) << 6) | (byteAt(at + 2) & 63);
}

export function unitLength(found: i32): i32 {
  return found >> 16;
}

export function classOf(found: i32): i32 {
  return byteAt(UNIT_CLASSES + (found & 0xffff));
}

export function pairOf(first: i32, second: i32): i32 {
  return byteAt(UNIT_PAIRS + pairIndex(first & 0xffff, second & 0xffff));
}

export function pairIndex(first: i32, second: i32): i32 {
  return (first * 0x1f35 + second * 0x4b) & ((1 << UNIT_PAIR_BITS) - 1);
}

export function isShiftJisPair(first: i32, second: i32): boolean {
  return first >= 0x81 && first <= 0xfc && second >= 0x40 && second <= 0xfc;
}

/** Half or full width. */
export function isSpaceUnit(found: i32): boolean {
  const unit: i32 = found & 0xffff;
  return unit === 0x20 || unit === UNIT_SPACE;
}

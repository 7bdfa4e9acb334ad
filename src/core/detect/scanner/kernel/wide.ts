import { FULL_STOP, HYPHEN, isCapital, isDigit, SPACE } from './characters.ts';
import { byteAt } from './memory.ts';

/**
 * Full-width digits and what people type for a hyphen between them, in UTF-8 and Shift_JIS. Read backwards: the second
 * byte of a Shift_JIS character says nothing without the first, so both are compared.
 */

/** Length of the digit before `at` times 16, plus its value; -1 when there is none. */
export function digitBefore(at: i32): i32 {
  const last: i32 = byteAt(at - 1);
  if (isDigit(last)) return 16 + last - 0x30;
  // U+FF10 to U+FF19.
  if (last >= 0x90 && last <= 0x99 && byteAt(at - 2) === 0xbc && byteAt(at - 3) === 0xef) return 48 + last - 0x90;
  if (last >= 0x4f && last <= 0x58 && byteAt(at - 2) === 0x82) return 32 + last - 0x4f;
  return -1;
}

/** Length of the full-width digit at `at`, or 0. */
export function wideDigitLength(at: i32): i32 {
  const first: i32 = byteAt(at);
  const second: i32 = byteAt(at + 1);
  if (first === 0x82 && second >= 0x4f && second <= 0x58) return 2;
  const third: i32 = byteAt(at + 2);
  return first === 0xef && second === 0xbc && third >= 0x90 && third <= 0x99 ? 3 : 0;
}

/** Length of the joint before `at` times 256, plus the ASCII character it stands for; 0 when there is none. */
export function jointBefore(at: i32): i32 {
  const last: i32 = byteAt(at - 1);
  if (last === HYPHEN || last === SPACE || last === FULL_STOP) return 0x100 + last;
  const middle: i32 = byteAt(at - 2);
  if (middle === 0x81) {
    // Shift_JIS: minus, long vowel mark, hyphen, dash.
    if (last === 0x7c || last === 0x5b || last === 0x5c || last === 0x5d) return 0x200 + HYPHEN;
    if (last === 0x40) return 0x200 + SPACE;
    if (last === 0x44) return 0x200 + FULL_STOP;
  }
  if (middle === 0x84 && last === 0x9f) return 0x200 + HYPHEN;
  if (isWideDash(at - 3)) return 0x300 + HYPHEN;
  if (byteAt(at - 3) === 0xef && middle === 0xbc && last === 0x8e) return 0x300 + FULL_STOP;
  return byteAt(at - 3) === 0xe3 && middle === 0x80 && last === 0x80 ? 0x300 + SPACE : 0;
}

/** U+FF0D, U+30FC, U+2010 to U+2015, U+2212 and U+2500 in UTF-8. */
function isWideDash(at: i32): boolean {
  const first: i32 = byteAt(at);
  const second: i32 = byteAt(at + 1);
  const third: i32 = byteAt(at + 2);
  if (first === 0xef) return second === 0xbc && third === 0x8d;
  if (first === 0xe3) return second === 0x83 && third === 0xbc;
  if (first !== 0xe2) return false;
  if (second === 0x80) return third >= 0x90 && third <= 0x95;
  return (second === 0x88 && third === 0x92) || (second === 0x94 && third === 0x80);
}

/** Length of a dash of either encoding at `at`, or 0. */
export function wideDashLength(at: i32): i32 {
  if (isWideDash(at)) return 3;
  const first: i32 = byteAt(at);
  if (first !== 0x81 && first !== 0x84) return 0;
  const joint: i32 = jointBefore(at + 2);
  return joint === 0x200 + HYPHEN ? 2 : 0;
}

/** The same of a dash or a space. */
export function wideJointLength(at: i32): i32 {
  const dash: i32 = wideDashLength(at);
  if (dash !== 0) return dash;
  if (byteAt(at) === 0x81) return byteAt(at + 1) === 0x40 ? 2 : 0;
  return byteAt(at) === 0xe3 && byteAt(at + 1) === 0x80 && byteAt(at + 2) === 0x80 ? 3 : 0;
}

/** Length of the capital before `at`, half or full width, or 0. */
export function capitalBefore(at: i32): i32 {
  const last: i32 = byteAt(at - 1);
  if (byteAt(at - 2) === 0x82 && last >= 0x60 && last <= 0x79) return 2;
  if (last >= 0xa1 && last <= 0xba && byteAt(at - 2) === 0xbc && byteAt(at - 3) === 0xef) return 3;
  return isCapital(last) ? 1 : 0;
}

/** Length of the capital at `at`, half or full width, or 0. */
export function capitalLength(at: i32): i32 {
  const first: i32 = byteAt(at);
  if (isCapital(first)) return 1;
  const second: i32 = byteAt(at + 1);
  if (first === 0x82 && second >= 0x60 && second <= 0x79) return 2;
  return first === 0xef && second === 0xbc && byteAt(at + 2) >= 0xa1 && byteAt(at + 2) <= 0xba ? 3 : 0;
}

import { isDigit } from './characters.ts';
import { isLineBroken } from './groups.ts';
import { letteredNumberAt } from './lettered.ts';
import { byteAt } from './memory.ts';
import { isShiftJis } from './names.ts';
import { numberEndingAt, wideNumberEndingAt } from './numbers.ts';
import { wideDigitLength, wideJointLength } from './wide.ts';

const LONGEST_GROUP: i32 = 20;

/**
 * Shapes of four bytes, of which `last` is the last. The nibble tables let more through than is meant, and each rule
 * decides by the bytes alone, so that the same candidates come out whatever pointed here.
 */
export function asciiShapeAt(last: i32): void {
  letteredNumberAt(last - 3);
  brokenNumber(last - 3);
}

/** The same of those with bytes beyond ASCII. */
export function wideShapeAt(last: i32): void {
  wideDigits(last);
  asciiAfterWideDash(last - 3);
}

/** A number goes on in the next line, behind its hyphen. */
function brokenNumber(hyphen: i32): void {
  if (!isLineBroken(hyphen + 2) || !isDigit(byteAt(hyphen - 1))) return;
  let end: i32 = hyphen + 2;
  while (end - hyphen < LONGEST_GROUP && isDigit(byteAt(end))) end++;
  if (end - hyphen > 5) numberEndingAt(end);
}

/** Two full-width digits of which the second is the last of its group: Shift_JIS writes them in the four bytes to `last`. */
function wideDigits(last: i32): void {
  const shiftJis: boolean = wideDigitLength(last - 3) === 2 && wideDigitLength(last - 1) === 2;
  // In UTF-8 the four bytes are one digit and the first byte of the next.
  const utf8: boolean = !shiftJis && wideDigitLength(last - 3) === 3 && wideDigitLength(last) === 3;
  if (shiftJis) {
    if (isShiftJis(last)) wideNumberEndingAt(last + 1);
  } else if (utf8) wideNumberEndingAt(last + 3);
}

/** ASCII digits joined by a full-width dash or space: the rule is tried behind the group that follows. */
function asciiAfterWideDash(digit: i32): void {
  const dash: i32 = isDigit(byteAt(digit)) ? wideJointLength(digit + 1) : 0;
  if (dash === 0 || (dash === 2 && !isShiftJis(digit + 3))) return;
  let end: i32 = digit + 1 + dash;
  const start: i32 = end;
  while (end - start < LONGEST_GROUP && isDigit(byteAt(end))) end++;
  if (end - start >= 4) wideNumberEndingAt(end);
}

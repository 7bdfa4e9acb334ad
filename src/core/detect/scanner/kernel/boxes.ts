import { isDigit, SPACE } from './characters.ts';
import { isDriversLicense, isMyNumber } from './check-digits.ts';
import { DRIVERS_LICENSE, MY_NUMBER } from './kinds.ts';
import { DIGITS } from './layout.ts';
import { byteAt, setByte } from './memory.ts';
import { emit } from './output.ts';

const BOXES: i32 = 12;
const WIDEST_EDGE: i32 = 3;
const TAB: i32 = 0x09;
const LINE_FEED: i32 = 0x0a;
const BAR: i32 = 0x7c;

/** Twelve digits, each in a box of a form of its own, of which the last is at `last`. */
export function boxedNumberEndingAt(last: i32): void {
  if (isDigit(byteAt(last + 1)) || boxBehind(last)) return;
  let at: i32 = last;
  for (let place: i32 = 0; place < BOXES; place++) {
    if (!isDigit(byteAt(at)) || isDigit(byteAt(at - 1))) return;
    setByte(DIGITS + place, byteAt(at) - 0x30);
    if (place < BOXES - 1) {
      const edge: i32 = edgeBefore(at);
      if (edge === 0) return;
      at -= edge + 1;
    }
  }
  const edge: i32 = edgeBefore(at);
  if (edge !== 0 && isDigit(byteAt(at - edge - 1)) && !isDigit(byteAt(at - edge - 2))) return;
  if (isMyNumber()) emit(MY_NUMBER, at, last + 1);
  if (isDriversLicense()) emit(DRIVERS_LICENSE, at, last + 1);
}

/** Bytes between a digit and the one in the box before it: one to three spaces, lines, tabs or ends of line; 0 where there is none. */
function edgeBefore(at: i32): i32 {
  let length: i32 = 0;
  for (let count: i32 = 0; count < WIDEST_EDGE; count++) {
    const edge: i32 = edgeLengthBefore(at - length);
    if (edge === 0) break;
    length += edge;
  }
  return isDigit(byteAt(at - length - 1)) ? length : 0;
}

/** U+2502 and U+2503 in UTF-8 and Shift_JIS, or ASCII. */
function edgeLengthBefore(at: i32): i32 {
  const last: i32 = byteAt(at - 1);
  if (last === SPACE || last === BAR || last === TAB || last === LINE_FEED) return 1;
  if ((last === 0x82 || last === 0x83) && byteAt(at - 2) === 0x94 && byteAt(at - 3) === 0xe2) return 3;
  return (last === 0xa0 || last === 0xab) && byteAt(at - 2) === 0x84 ? 2 : 0;
}

/** Whether one more digit follows in a box of its own. */
function boxBehind(last: i32): boolean {
  for (let at: i32 = last + 2; at <= last + 10; at++) {
    if (!isDigit(byteAt(at))) continue;
    return !isDigit(byteAt(at + 1)) && edgeBefore(at) === at - last - 1;
  }
  return false;
}

import { HYPHEN, isDigit, isShiftJisLead } from './characters.ts';
import { ADDRESS, WORD_ADDRESS } from './kinds.ts';
import { byteAt } from './memory.ts';
import { emit } from './output.ts';
import { classOf, isSpaceUnit, PAIR_PREFECTURE, pairOf, UNIT_HAN, UNIT_KANA, unitAt, unitLength } from './units.ts';
import { wideDashLength, wideDigitLength } from './wide.ts';

const LONGEST_TOWN: i32 = 24;
const LONGEST_NUMBER: i32 = 5;

/** 市, 区 or 郡 from `start` to `end`: an address goes on with a town and a numbered block. */
function addressFrom(start: i32, end: i32, shiftJis: boolean): void {
  if (!isWideBefore(start)) return;
  let at: i32 = end;
  if (isSpaceUnit(unitAt(at, shiftJis))) at += unitLength(unitAt(at, shiftJis));
  for (let town: i32 = 0; town <= LONGEST_TOWN; town++) {
    const found: i32 = unitAt(at, shiftJis);
    if (town > 0) {
      const block: i32 = isSpaceUnit(found) ? at + unitLength(found) : at;
      const numberEnd: i32 = endOfNumber(block, shiftJis);
      if (numberEnd !== 0 && isBlockUnit(numberEnd, shiftJis)) {
        emit(ADDRESS, start, numberEnd);
        return;
      }
    }
    if ((classOf(found) & (UNIT_HAN | UNIT_KANA)) !== 0) at += unitLength(found);
    else {
      at = endOfStreet(at, shiftJis);
      if (at === 0) return;
    }
  }
}

/** 市, 区 or 郡 in UTF-8 ends at `last`. */
export function addressAt(last: i32): void {
  const first: i32 = byteAt(last - 2);
  const second: i32 = byteAt(last - 1);
  const third: i32 = byteAt(last);
  const city: boolean = first === 0xe5 && second === 0xb8 && third === 0x82;
  const ward: boolean = first === 0xe5 && second === 0x8c && third === 0xba;
  const county: boolean = first === 0xe9 && second === 0x83 && third === 0xa1;
  if (city || ward || county) addressFrom(last - 2, last + 1, false);
}

/** The same in Shift_JIS begins at `start`. */
export function shiftJisAddressFrom(start: i32): void {
  addressFrom(start, start + 2, true);
}

/** The municipality has a name. In Shift_JIS its last byte may be a letter's. */
function isWideBefore(start: i32): boolean {
  return byteAt(start - 1) >= 0x80 || isShiftJisLead(byteAt(start - 2));
}

/** Sapporo and Asahikawa count their streets, too, in one or two digits before 条: where that begins, or 0. */
function endOfStreet(at: i32, shiftJis: boolean): i32 {
  let end: i32 = at;
  for (let count: i32 = 0; count < 2; count++) end += digitLength(end);
  return end > at && (unitAt(end, shiftJis) & 0xffff) === 0x6761 ? end : 0;
}

function digitLength(at: i32): i32 {
  return isDigit(byteAt(at)) ? 1 : wideDigitLength(at);
}

/** Up to five digits or four numerals: where they end, or 0. */
function endOfNumber(at: i32, shiftJis: boolean): i32 {
  let end: i32 = at;
  for (let count: i32 = 0; count < LONGEST_NUMBER; count++) end += digitLength(end);
  if (end > at) return end;
  for (let count: i32 = 0; count < 4; count++) {
    const found: i32 = unitAt(end, shiftJis);
    if (!isNumeral(found & 0xffff)) break;
    end += unitLength(found);
  }
  return end > at ? end : 0;
}

/** 一 to 十, 百 and 〇. */
function isNumeral(unit: i32): boolean {
  if (unit === 0x4e00 || unit === 0x4e8c || unit === 0x4e09 || unit === 0x56db || unit === 0x4e94 || unit === 0x516d) return true;
  return unit === 0x4e03 || unit === 0x516b || unit === 0x4e5d || unit === 0x5341 || unit === 0x767e || unit === 0x3007;
}

/** A dash, 丁目, 番地, 番, 号, 地割, の or ノ. */
function isBlockUnit(at: i32, shiftJis: boolean): boolean {
  if (byteAt(at) === HYPHEN || wideDashLength(at) !== 0) return true;
  const unit: i32 = unitAt(at, shiftJis) & 0xffff;
  return unit === 0x4e01 || unit === 0x756a || unit === 0x53f7 || unit === 0x5730 || unit === 0x306e || unit === 0x30ce;
}

/** 県 in Shift_JIS begins at `start`. */
export function shiftJisPrefectureAt(start: i32): void {
  prefectureBefore(start, start + 2, 2, true);
}

/** 県 from `start` to `end`, behind a prefecture's name in characters of so many bytes. */
export function prefectureBefore(start: i32, end: i32, length: i32, shiftJis: boolean): void {
  const first: i32 = start - 2 * length;
  if ((pairOf(unitAt(first, shiftJis), unitAt(start - length, shiftJis)) & PAIR_PREFECTURE) !== 0) emit(WORD_ADDRESS, first, end);
}

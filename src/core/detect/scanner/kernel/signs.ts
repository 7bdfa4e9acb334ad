import { addressAt, prefectureBefore } from './addresses.ts';
import { KEYWORD_CONFIDENTIAL } from './kinds.ts';
import { wideMailAround } from './mail.ts';
import { byteAt } from './memory.ts';
import { isShiftJis } from './names.ts';
import { emit } from './output.ts';

/** Single characters that point to something, in UTF-8: 市, 区, 郡, 県, ㊙ and ＠ end at `last`. */
export function signAt(last: i32): void {
  const first: i32 = byteAt(last - 2);
  const second: i32 = byteAt(last - 1);
  const third: i32 = byteAt(last);
  if (first === 0xe3 && second === 0x8a && third === 0x99) emit(KEYWORD_CONFIDENTIAL, last - 2, last + 1);
  else if (first === 0xef && second === 0xbc && third === 0xa0) wideMailAround(last - 2, last + 1);
  else if (first === 0xe7 && second === 0x9c && third === 0x8c) prefectureBefore(last - 2, last + 1, 3, false);
  else addressAt(last);
}

/** ＠ in Shift_JIS begins at `start`. */
export function shiftJisSignAt(start: i32): void {
  if (byteAt(start) === 0x81 && byteAt(start + 1) === 0x97 && isShiftJis(start)) wideMailAround(start, start + 2);
}

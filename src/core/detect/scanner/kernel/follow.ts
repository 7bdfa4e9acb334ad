import { isDigit, isLetter, isToken, SPACE } from './characters.ts';
import { byteAt } from './memory.ts';
import { wideDigitLength } from './wide.ts';

/** What must stand behind a word, beside the least number of token characters, which is given by itself. */
export const FOLLOW_LABELLED: i32 = 255;
export const FOLLOW_NUMBER: i32 = 254;
export const FOLLOW_LATIN_NAME: i32 = 253;

const NUMBER_REACH: i32 = 40;
const TAB: i32 = 0x09;
const LINE_FEED: i32 = 0x0a;
const CARRIAGE_RETURN: i32 = 0x0d;
const DOUBLE_QUOTE: i32 = 0x22;
const SINGLE_QUOTE: i32 = 0x27;
const OPENING: i32 = 0x28;
const COLON: i32 = 0x3a;
const CLOSING_TAG: i32 = 0x3e;

export function hasTail(least: i32, end: i32): boolean {
  for (let place: i32 = 0; place < least; place++) if (!isToken(byteAt(end + place))) return false;
  return true;
}

/** A separator behind the word or behind 者, 氏, 名 and 様, which go on with it. */
export function isLabel(end: i32): boolean {
  let at: i32 = end;
  for (let count: i32 = 0; count < 4; count++) {
    const length: i32 = labelEndLength(at);
    if (length === 0) break;
    at += length;
  }
  const byte: i32 = byteAt(at);
  if (byte === SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === OPENING) return true;
  return colonLength(at) !== 0 || isWideSpaceOrBracket(at);
}

/** 者, 氏, 名 or 様 at `at`, in UTF-8 or Shift_JIS: its length, or 0. */
function labelEndLength(at: i32): i32 {
  const first: i32 = byteAt(at);
  const second: i32 = byteAt(at + 1);
  if (
    (first === 0x8e && (second === 0xd2 || second === 0x81)) ||
    (first === 0x96 && second === 0xbc) ||
    (first === 0x97 && second === 0x6c)
  ) {
    return 2;
  }
  const third: i32 = byteAt(at + 2);
  if ((first === 0xe8 && second === 0x80 && third === 0x85) || (first === 0xe6 && second === 0xb0 && third === 0x8f)) return 3;
  return (first === 0xe5 && second === 0x90 && third === 0x8d) || (first === 0xe6 && second === 0xa7 && third === 0x98) ? 3 : 0;
}

/** Half or full width: its length, or 0. */
function colonLength(at: i32): i32 {
  const first: i32 = byteAt(at);
  if (first === COLON) return 1;
  const second: i32 = byteAt(at + 1);
  if (first === 0x81 && second === 0x46) return 2;
  return first === 0xef && second === 0xbc && byteAt(at + 2) === 0x9a ? 3 : 0;
}

function isWideSpaceOrBracket(at: i32): boolean {
  const first: i32 = byteAt(at);
  const second: i32 = byteAt(at + 1);
  if (first === 0x81) return second === 0x40 || second === 0x69;
  const third: i32 = byteAt(at + 2);
  return (first === 0xe3 && second === 0x80 && third === 0x80) || (first === 0xef && second === 0xbc && third === 0x88);
}

/** A digit within `NUMBER_REACH` bytes. */
export function hasNumber(end: i32): boolean {
  for (let at: i32 = end; at < end + NUMBER_REACH; at++) if (isDigit(byteAt(at)) || wideDigitLength(at) !== 0) return true;
  return false;
}

/** `: X`, with quotes and spaces, or `>X`; names in Japanese, too. */
export function isLatinLabel(end: i32): boolean {
  let at: i32 = isQuote(byteAt(end)) ? end + 1 : end;
  if (byteAt(at) === SPACE) at++;
  const length: i32 = byteAt(at) === CLOSING_TAG ? 1 : colonLength(at);
  if (length === 0) return false;
  at += length;
  for (let count: i32 = 0; count < 4; count++) if (byteAt(at) === SPACE || byteAt(at) === TAB) at++;
  if (isQuote(byteAt(at))) at++;
  return isLetter(byteAt(at)) || byteAt(at) >= 0x80;
}

function isQuote(byte: i32): boolean {
  return byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE;
}

import { continuesIdentifier, HYPHEN, isCapital, isDigit, isIdentifier, SPACE } from './characters.ts';
import { IBAN, PASSPORT, RESIDENCE_CARD } from './kinds.ts';
import { IBAN_LENGTHS } from './layout.ts';
import { byteAt } from './memory.ts';
import { emit } from './output.ts';
import { capitalBefore, capitalLength, wideDigitLength } from './wide.ts';

const LETTER_F: i32 = 0x46;
const LETTER_M: i32 = 0x4d;
const FILLER: i32 = 0x3c;

/** Numbers that begin with two capitals and two digits: IBAN, Japanese passports, residence cards. */
export function letteredNumberAt(start: i32): void {
  if (!isCapital(byteAt(start)) || !isCapital(byteAt(start + 1)) || !isDigit(byteAt(start + 2)) || !isDigit(byteAt(start + 3))) return;
  if (continuesIdentifier(byteAt(start - 1), byteAt(start - 2))) return;
  let end: i32 = start + 4;
  while (end < start + 11 && isDigit(byteAt(end))) end++;
  const digits: i32 = end - start - 2;
  if (digits === 7 && !isIdentifier(byteAt(end))) emit(PASSPORT, start, end);
  if (digits === 8 && isCapital(byteAt(end)) && isCapital(byteAt(end + 1)) && !isIdentifier(byteAt(end + 2))) {
    emit(RESIDENCE_CARD, start, end + 2);
  }
  judgeIban(start);
}

/** A passport's or residence card's digits from `start` to `end`, apart from their letters or in full width. */
export function letteredBefore(start: i32, end: i32): void {
  const gap: i32 = byteAt(start - 1) === SPACE || byteAt(start - 1) === HYPHEN ? 1 : 0;
  const second: i32 = capitalBefore(start - gap);
  const first: i32 = second === 0 ? 0 : capitalBefore(start - gap - second);
  // Together and in ASCII it is found by its letters.
  if (first === 0 || (gap === 0 && first === 1 && second === 1 && isDigit(byteAt(start)))) return;
  const letters: i32 = start - gap - second - first;
  if (continuesIdentifier(byteAt(letters - 1), byteAt(letters - 2))) return;
  if (digitsBetween(start, end) === 7) {
    emit(PASSPORT, letters, end);
    return;
  }
  const behind: i32 = end + (byteAt(end) === byteAt(start - 1) ? gap : 0);
  const third: i32 = capitalLength(behind);
  const fourth: i32 = third === 0 ? 0 : capitalLength(behind + third);
  if (fourth !== 0 && !isIdentifier(byteAt(behind + third + fourth))) emit(RESIDENCE_CARD, letters, behind + third + fourth);
}

/** Digits of either width, when there is nothing else. */
function digitsBetween(start: i32, end: i32): i32 {
  let count: i32 = 0;
  let at: i32 = start;
  while (at < end) {
    at += isDigit(byteAt(at)) ? 1 : wideDigitLength(at);
    count++;
  }
  return count;
}

/**
 * Second line of a TD3 machine-readable zone (ICAO Doc 9303 part 4), whose date of expiry and check digit begin at
 * `expiry`: behind nine characters, a digit, three letters, seven digits and the sex.
 */
export function machineReadableLine(expiry: i32): void {
  const sex: i32 = byteAt(expiry - 1);
  if (sex !== LETTER_M && sex !== LETTER_F && sex !== FILLER) return;
  for (let place: i32 = 2; place <= 8; place++) if (!isDigit(byteAt(expiry - place))) return;
  for (let place: i32 = 9; place <= 11; place++) if (!isCapital(byteAt(expiry - place)) && byteAt(expiry - place) !== FILLER) return;
  if (isDigit(byteAt(expiry - 12))) emit(PASSPORT, expiry - 21, expiry + 7);
}

/** ISO 13616: as long as its country's, in groups of four or none, modulo 97 of ISO 7064 with the first four moved to the end. */
function judgeIban(start: i32): void {
  const length: i32 = byteAt(IBAN_LENGTHS + (byteAt(start) - 0x41) * 26 + byteAt(start + 1) - 0x41);
  if (length === 0) return;
  const gap: i32 = byteAt(start + 4) === SPACE ? 1 : 0;
  let remainder: i32 = 0;
  let at: i32 = start + 4;
  for (let place: i32 = 4; place < length; place++) {
    if (place % 4 === 0 && gap === 1) {
      if (byteAt(at) !== SPACE) return;
      at++;
    }
    const value: i32 = valueOf(byteAt(at));
    if (value < 0) return;
    remainder = shiftIn(remainder, value);
    at++;
  }
  if (isIdentifier(byteAt(at))) return;
  for (let place: i32 = 0; place < 4; place++) remainder = shiftIn(remainder, valueOf(byteAt(start + place)));
  if (remainder === 1) emit(IBAN, start, at);
}

/** Digits are themselves, letters count from A = 10; -1 for anything else. */
function valueOf(byte: i32): i32 {
  if (isDigit(byte)) return byte - 0x30;
  return isCapital(byte) ? byte - 0x41 + 10 : -1;
}

function shiftIn(remainder: i32, value: i32): i32 {
  return (remainder * (value > 9 ? 100 : 10) + value) % 97;
}

import { continuesIdentifier, isCapital, isDigit, isIdentifier, SPACE } from './characters.ts';
import { IBAN, PASSPORT, RESIDENCE_CARD } from './kinds.ts';
import { IBAN_LENGTHS } from './layout.ts';
import { byteAt } from './memory.ts';
import { emit } from './output.ts';

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

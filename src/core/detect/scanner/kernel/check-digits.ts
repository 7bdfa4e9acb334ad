import { DIGITS } from './layout.ts';
import { byteAt } from './memory.ts';

/** The check digits of ../../check-digits.ts over the digits in memory, the rightmost at place 0. Sources in docs/detectors.md. */

export function digit(place: i32): i32 {
  return byteAt(DIGITS + place);
}

/** Ministry of Internal Affairs Ordinance 85 of 2014, article 5: weights 2-7, then 2-6, from the digit beside the check digit. */
export function isMyNumber(): boolean {
  let sum: i32 = 0;
  for (let place: i32 = 1; place <= 11; place++) sum += digit(place) * (place <= 6 ? place + 1 : place - 5);
  const remainder: i32 = sum % 11;
  return digit(0) === (remainder <= 1 ? 0 : 11 - remainder) && !isOneDigitRepeated(12);
}

/** Commissions that issue licences: 10 and up by region, with these numbers left out. */
function isCommission(number: i32): boolean {
  const units: i32 = number % 10;
  if (number < 10 || number > 97) return false;
  if (number < 20) return units <= 4;
  if (number < 30) return units <= 4;
  if (number < 40) return units === 0;
  if (number < 50) return true;
  if (number < 60) return units <= 5;
  if (number < 70) return units <= 5;
  if (number < 80) return units <= 4;
  if (number < 90) return units <= 3;
  return true;
}

/** Weights 5 4 3 2 7 6 5 4 3 2 from the left over ten digits; the check digit is the eleventh, the twelfth counts reissues. */
export function isDriversLicense(): boolean {
  if (!isCommission(digit(11) * 10 + digit(10))) return false;
  let sum: i32 = 0;
  for (let place: i32 = 2; place <= 11; place++) sum += digit(place) * (place <= 7 ? place : place - 6);
  return digit(1) === (11 - (sum % 11)) % 10;
}

/** Ministry of Finance Ordinance 70 of 2014, article 2: the check digit stands first. */
export function isCorporateNumber(): boolean {
  let sum: i32 = 0;
  for (let place: i32 = 0; place < 12; place++) sum += digit(place) * (place % 2 === 0 ? 1 : 2);
  return digit(12) !== 0 && digit(12) === 9 - (sum % 9) && !isOneDigitRepeated(13);
}

/** ISO/IEC 7812-1 annex B. */
export function passesLuhn(length: i32): boolean {
  let sum: i32 = 0;
  for (let place: i32 = 0; place < length; place++) {
    const product: i32 = place % 2 === 1 ? digit(place) * 2 : digit(place);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}

/** Issuer prefixes with the lengths in use (ISO/IEC 7812-1 assigns them; the schemes publish theirs). */
export function isIssued(length: i32): boolean {
  const two: i32 = digit(length - 1) * 10 + digit(length - 2);
  const four: i32 = two * 100 + digit(length - 3) * 10 + digit(length - 4);
  if (two >= 40 && two <= 49) return length === 13 || length === 16 || length === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (four >= 3528 && four <= 3589) return length >= 16;
  if ((four >= 3000 && four <= 3059) || four === 3095 || two === 36 || two === 38 || two === 39) return length === 14 || length >= 16;
  if (four === 6011 || (four >= 6440 && four <= 6499) || two === 65 || two === 62) return length >= 16;
  return false;
}

function isOneDigitRepeated(length: i32): boolean {
  for (let place: i32 = 1; place < length; place++) if (digit(place) !== digit(0)) return false;
  return true;
}

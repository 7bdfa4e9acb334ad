/** Check digits of the numbers that have one. Every argument is plain ASCII digits; sources in docs/detectors.md. */

const MY_NUMBER_WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2] as const;
const LICENSE_WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2] as const;

/** 個人番号, 12 digits: Ministry of Internal Affairs Ordinance 85 of 2014, article 5. */
export function isMyNumber(digits: string): boolean {
  if (!/^\d{12}$/.test(digits) || isOneDigitRepeated(digits)) return false;
  const remainder = weightedSum(digits, MY_NUMBER_WEIGHTS) % 11;
  return Number(digits[11]) === (remainder <= 1 ? 0 : 11 - remainder);
}

/** 法人番号, 13 digits, the check digit first: Ministry of Finance Ordinance 70 of 2014, article 2. */
export function isCorporateNumber(digits: string): boolean {
  if (!/^[1-9]\d{12}$/.test(digits) || isOneDigitRepeated(digits)) return false;
  let sum = 0;
  for (let place = 0; place < 12; place++) sum += Number(digits[12 - place]) * (place % 2 === 0 ? 1 : 2);
  return Number(digits[0]) === 9 - (sum % 9);
}

/** The first two digits of a licence: the public safety commission that issued it. */
const LICENSE_COMMISSIONS = new Set(
  (
    '10 11 12 13 14 20 21 22 23 24 30 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 60 61 62 63 64 65 ' +
    '70 71 72 73 74 80 81 82 83 90 91 92 93 94 95 96 97'
  ).split(' '),
);

/**
 * 運転免許証番号, 12 digits: commission, year, serial, check digit (11th), reissues. Unlike My Number a remainder of 0
 * gives 1, and 1 gives 0.
 */
export function isDriversLicense(digits: string): boolean {
  if (!/^\d{12}$/.test(digits) || !LICENSE_COMMISSIONS.has(digits.slice(0, 2))) return false;
  return Number(digits[10]) === (11 - (weightedSum(digits, LICENSE_WEIGHTS) % 11)) % 10;
}

/** 保険者番号, 8 or (national health insurance) 6 digits, the check digit last. */
export function isInsurerNumber(digits: string): boolean {
  return /^(?:\d{8}|\d{6})$/.test(digits) && !isOneDigitRepeated(digits) && passesLuhn(digits);
}

/** ISO/IEC 7812-1 annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, doubled = false; index >= 0; index--, doubled = !doubled) {
    const digit = Number(digits[index]);
    const product = doubled ? digit * 2 : digit;
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}

/** ISO 13616 (IBAN), modulo 97 of ISO 7064. `iban` is upper case without spaces. */
export function passesMod97(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of Number.parseInt(character, 36).toString()) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}

/** ICAO Doc 9303 part 3 section 4.9: weights 7, 3, 1; letters count from 10, the filler `<` is 0. */
export function machineReadableCheckDigit(field: string): number {
  const weights = [7, 3, 1] as const;
  let sum = 0;
  for (let index = 0; index < field.length; index++) {
    const character = field[index] ?? '<';
    sum += (character === '<' ? 0 : Number.parseInt(character, 36)) * (weights[index % 3] ?? 0);
  }
  return sum % 10;
}

export function isOneDigitRepeated(digits: string): boolean {
  return digits === (digits[0] ?? '').repeat(digits.length);
}

function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);
}

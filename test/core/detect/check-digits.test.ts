import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isCorporateNumber,
  isDriversLicense,
  isInsurerNumber,
  isMyNumber,
  machineReadableCheckDigit,
  passesLuhn,
  passesMod97,
} from '../../../src/core/detect/check-digits.ts';
import * as kernel from '../../../src/core/detect/scanner/kernel/check-digits.ts';
import { DIGITS } from '../../../src/core/detect/scanner/kernel/layout.ts';
import { setByte } from '../../../src/core/detect/scanner/kernel/memory.ts';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const allTen = Array.from('0123456789');

describe('My Number', () => {
  // Published examples: SKYSEA's manual, qiita.com/ekzemplaro/items/6e4e782c00d29fda15a9.
  it.each(['123456789018', '621498320257', '983205673214'])('accepts %s', (value) => expect(isMyNumber(value)).toBe(true));
  it.each(['123456789012', '621498320256', '000000000000', '12345678901', '1234567890180'])('refuses %s', (value) =>
    expect(isMyNumber(value)).toBe(false),
  );

  it('follows the ordinance, written out once more', () => {
    fc.assert(
      fc.property(digits(12), (value) => {
        fc.pre(new Set(value).size > 1);
        const fromRight = Array.from(value.slice(0, 11)).toReversed().map(Number);
        const sum = fromRight.reduce((total, digit, index) => total + digit * (index + 1 <= 6 ? index + 2 : index - 4), 0);
        const check = sum % 11 <= 1 ? 0 : 11 - (sum % 11);
        expect(isMyNumber(value)).toBe(Number(value[11]) === check);
      }),
    );
  });
});

describe('corporate number', () => {
  // qiita.com/kawasaki/items/bfa9f0edc32c132eff30, qiita.com/mziyut/items/bab37dbce1c23771c817, python-stdnum.
  it.each(['7123456789012', '4011001098993', '5835678256246', '1180301018771'])('accepts %s', (value) =>
    expect(isCorporateNumber(value)).toBe(true),
  );
  it.each(['6123456789012', '4011001098994', '0123456789012', '1111111111111'])('refuses %s', (value) =>
    expect(isCorporateNumber(value)).toBe(false),
  );

  it('has one right check digit for each body, and it is never 0', () => {
    fc.assert(
      fc.property(digits(12), (body) => {
        fc.pre(new Set(body).size > 1);
        expect(allTen.filter((digit) => isCorporateNumber(digit + body))).toHaveLength(1);
        expect(isCorporateNumber(`0${body}`)).toBe(false);
      }),
    );
  });
});

describe("driver's licence", () => {
  // tetsutalow.github.io/driversnumbercheckdigit and jiko0.com/bangou.html.
  it.each(['459803358720', '309012345620', '309012345629'])('accepts %s', (value) => expect(isDriversLicense(value)).toBe(true));
  // otupy.net prints 309212345610; its true check digit is 9. 00 and 99 are no commission.
  it.each(['309212345610', '009012345620', '999012345620'])('refuses %s', (value) => expect(isDriversLicense(value)).toBe(false));

  it('differs from My Number where the remainder is 0 or 1', () => {
    const bodies = fc.sample(digits(8), 2000).map((rest) => `30${rest}`);
    const remainder = (body: string) =>
      [5, 4, 3, 2, 7, 6, 5, 4, 3, 2].reduce((sum, weight, index) => sum + weight * Number(body[index]), 0) % 11;
    for (const body of bodies) {
      const expected = (11 - remainder(body)) % 10;
      expect(allTen.filter((digit) => isDriversLicense(`${body}${digit}0`))).toEqual([String(expected)]);
    }
    expect(bodies.some((body) => remainder(body) === 0)).toBe(true);
    expect(bodies.some((body) => remainder(body) === 1)).toBe(true);
  });
});

describe('other numbers', () => {
  it('knows insurers', () => {
    expect(isInsurerNumber('33120015')).toBe(true);
    expect(isInsurerNumber('33120016')).toBe(false);
  });

  it('knows Luhn', () => {
    expect(['4111111111111111', '378282246310005', '79927398713'].every(passesLuhn)).toBe(true);
    expect(passesLuhn('4111111111111112')).toBe(false);
  });

  it('catches every single wrong digit by Luhn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 9 }), (place, change) => {
        const card = '4539148803436467';
        const wrong = card.slice(0, place) + ((Number(card[place]) + change) % 10) + card.slice(place + 1);
        expect(passesLuhn(wrong)).toBe(false);
      }),
    );
  });

  it('knows modulo 97', () => {
    expect(passesMod97('GB82WEST12345698765432')).toBe(true);
    expect(passesMod97('GB82WEST12345698765433')).toBe(false);
  });

  it('computes the check digits of a machine-readable zone', () => {
    expect(['TR1234567', '000101', '250101'].map(machineReadableCheckDigit)).toEqual([2, 8, 7]);
  });
});

/** The scanner keeps digits in its memory, the last first; the detectors have them as text. Each has functions of its own. */
describe('the functions of the scanner', () => {
  function place(value: string): void {
    for (const [index, digit] of Array.from(value).toReversed().entries()) setByte(DIGITS + index, Number(digit));
  }
  // With one digit changed, near misses are as frequent as hits.
  const valid = (length: number, isRight: (value: string) => boolean) =>
    digits(length - 1).map((body) => allTen.map((digit) => body + digit).find(isRight) ?? `${body}0`);

  it.each([
    ['My Number', 12, isMyNumber, kernel.isMyNumber],
    ["driver's licence", 12, isDriversLicense, kernel.isDriversLicense],
    ['corporate number', 13, isCorporateNumber, kernel.isCorporateNumber],
    ['Luhn of 16', 16, passesLuhn, () => kernel.passesLuhn(16)],
    ['Luhn of 15', 15, passesLuhn, () => kernel.passesLuhn(15)],
  ] as const)('say the same of a %s', (_, length, ours, theirs) => {
    fc.assert(
      fc.property(
        fc.oneof(
          digits(length),
          valid(length, ours),
          fc.constantFrom(...allTen).map((digit) => digit.repeat(length)),
        ),
        (value) => {
          place(value);
          expect(theirs()).toBe(ours(value));
        },
      ),
    );
  });
});

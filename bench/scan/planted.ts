import { isCorporateNumber, isDriversLicense, isMyNumber, passesLuhn } from '../../src/core/detect/check-digits.ts';
import type { Random } from './random.ts';

/** A value that a detector must find. */
export interface Planted {
  readonly kind: string;
  readonly text: string;
}

const NAMES = 'tanaka sato suzuki ito watanabe kobayashi kato yoshida yamada sasaki'.split(' ');
const WIDE_ZERO = 0xff10;

/** One of the values in the shares of an office's files. */
export function planted(random: Random): Planted {
  return random.pick(MAKERS)(random);
}

const MAKERS: readonly ((random: Random) => Planted)[] = [
  (random) => ({ kind: 'jp.my-number', text: valid(random, 12, isMyNumber) }),
  (random) => ({ kind: 'jp.my-number', text: grouped(valid(random, 12, isMyNumber), '-') }),
  (random) => ({ kind: 'jp.my-number', text: wide(valid(random, 12, isMyNumber)) }),
  (random) => ({ kind: 'jp.drivers-license', text: valid(random, 12, isDriversLicense) }),
  (random) => ({ kind: 'jp.corporate-number', text: valid(random, 13, isCorporateNumber) }),
  (random) => ({ kind: 'credit-card', text: card(random) }),
  (random) => ({ kind: 'credit-card', text: grouped(card(random), ' ') }),
  (random) => ({ kind: 'jp.phone', text: `0${random.pick(['9', '8', '7'])}0-${random.digits(4)}-${random.digits(4)}` }),
  (random) => ({ kind: 'jp.phone', text: `03-${1 + random.below(9)}${random.digits(3)}-${random.digits(4)}` }),
  (random) => ({ kind: 'email', text: `${random.pick(NAMES)}.${random.digits(3)}@mail.example.jp` }),
  (random) => ({ kind: 'secret.aws', text: `AKIA${letters(random, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}` }),
  (random) => ({ kind: 'secret.github', text: `ghp_${letters(random, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789', 36)}` }),
  () => ({ kind: 'keyword.confidential', text: '社外秘' }),
  () => ({ kind: 'keyword.confidential', text: 'Confidential' }),
];

function valid(random: Random, length: number, isValid: (digits: string) => boolean): string {
  for (;;) {
    const digits = `${1 + random.below(9)}${random.digits(length - 1)}`;
    if (isValid(digits)) return digits;
  }
}

function card(random: Random): string {
  return `4${valid(random, 15, (digits) => passesLuhn(`4${digits}`))}`;
}

function grouped(digits: string, joint: string): string {
  return digits.replace(/(.{4})(?=.)/g, `$1${joint}`);
}

function wide(digits: string): string {
  return digits.replace(/\d/g, (digit) => String.fromCharCode(WIDE_ZERO + Number(digit)));
}

function letters(random: Random, alphabet: string, count: number): string {
  let text = '';
  for (let index = 0; index < count; index++) text += alphabet[random.below(alphabet.length)] ?? '';
  return text;
}

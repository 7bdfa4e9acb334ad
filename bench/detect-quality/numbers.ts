import {
  isCorporateNumber,
  isDriversLicense,
  isInsurerNumber,
  isMyNumber,
  machineReadableCheckDigit,
  passesLuhn,
  passesMod97,
} from '../../src/core/detect/check-digits.ts';
import type { Random } from './random.ts';

/** Numbers with a right check digit around chance; every one may by accident be somebody's. */
function completed(holds: (digits: string) => boolean, draw: () => readonly [string, string]): string {
  for (;;) {
    const [before, after] = draw();
    for (const digit of '0123456789') if (holds(before + digit + after)) return before + digit + after;
  }
}

export function myNumber(random: Random): string {
  return completed(isMyNumber, () => [random.digits(11), '']);
}

export function corporateNumber(random: Random): string {
  return completed(isCorporateNumber, () => ['', random.digits(12)]);
}

export function driversLicense(random: Random): string {
  const commission = (): string => random.pick(['10', '11', '20', '30', '30', '43', '45', '51', '62', '65', '72', '83', '90', '97']);
  return completed(isDriversLicense, () => [`${commission()}${random.digits(8)}`, random.pick(['0', '0', '1', '2'])]);
}

export function insurerNumber(random: Random): string {
  return completed(isInsurerNumber, () => [`${random.pick(['01', '06', '31', '33', '34', '39'])}${random.digits(5)}`, '']);
}

export function cardNumber(random: Random): string {
  return completed(passesLuhn, () =>
    random.pick([
      [`4${random.digits(14)}`, ''],
      [`5${random.integer(1, 5)}${random.digits(13)}`, ''],
      [`35${random.integer(30, 88)}${random.digits(11)}`, ''],
      [`3${random.pick(['4', '7'])}${random.digits(12)}`, ''],
      [`36${random.digits(11)}`, ''],
      [`6011${random.digits(11)}`, ''],
    ] as const),
  );
}

const BANK_CODES: readonly (readonly [string, string])[] = [
  ['GB', 'LLLLDDDDDDDDDDDDDD'],
  ['DE', 'DDDDDDDDDDDDDDDDDD'],
  ['FR', 'DDDDDDDDDDDDDDDDDDDDDDD'],
  ['BE', 'DDDDDDDDDDDD'],
  ['NO', 'DDDDDDDDDDD'],
  ['NL', 'LLLLDDDDDDDDDD'],
  ['CH', 'DDDDDDDDDDDDDDDDD'],
  ['BR', 'DDDDDDDDDDDDDDDDDDDDDDDLD'],
  ['KZ', 'DDDLLLLLLLLLLLLL'],
];

export function iban(random: Random): string {
  const [country, shape] = random.pick(BANK_CODES);
  const body = shape.replace(/[LD]/g, (kind) => (kind === 'L' ? random.characters('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1) : random.digits(1)));
  for (let check = 2; check < 99; check++) {
    const value = `${country}${String(check).padStart(2, '0')}${body}`;
    if (passesMod97(value)) return value;
  }
  throw new TypeError(`no check digits for ${country}${body}`);
}

/** Second line of a passport's machine-readable zone. */
export function machineReadableZone(random: Random, number: string): string {
  const check = (field: string): string => field + String(machineReadableCheckDigit(field));
  const birth = `${random.integer(50, 99)}0${random.integer(1, 9)}1${random.integer(0, 9)}`;
  const expiry = `${random.integer(27, 36)}0${random.integer(1, 9)}1${random.integer(0, 9)}`;
  return `${check(number)}JPN${check(birth)}${random.pick(['M', 'F'])}${check(expiry)}<<<<<<<<<<<<<<0${random.digits(1)}`;
}

export function ean13(random: Random, prefix: string): string {
  return completed(
    (digits) => Array.from(digits).reduce((sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0,
    () => [prefix + random.digits(12 - prefix.length), ''],
  );
}

export function mobile(random: Random): string {
  return `0${random.pick(['9', '8', '7'])}0-${random.integer(1000, 9999)}-${random.digits(4)}`;
}

export function landline(random: Random): string {
  return random.pick([
    () => `0${random.pick(['3', '6'])}-${random.integer(3000, 6999)}-${random.digits(4)}`,
    () => `0${random.pick(['45', '52', '11', '75', '78', '92'])}-${random.integer(200, 999)}-${random.digits(4)}`,
    () => `0${random.pick(['466', '545', '263', '166', '985'])}-${random.integer(20, 99)}-${random.digits(4)}`,
  ])();
}

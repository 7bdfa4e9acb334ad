import { passesLuhn } from '../check-digits.ts';
import { candidates } from '../digit-groups.ts';
import type { Detector, Match } from '../detector.ts';
import { stars } from '../masks.ts';
import { CARD_WORDS } from './context-words.ts';

const FORMS = [[16], [4, 4, 4, 4, 3], [4, 4, 4, 4], [15], [4, 6, 5], [14], [4, 6, 4], [13], [17], [18], [19]];
/** In tables of characters and dumps of bytes groups of four go on to either side; of an IBAN the first is before them. */
const GROUP_BEFORE = /(?:[0-9A-F]{4}|[A-Z]{2}[0-9]{2})[ .]$/i;
const GROUP_AFTER = /^(?:[ .\]](?:[0-9A-F]{4}|(?=[0-9]{0,4}[A-F])[0-9A-F]{5})(?![0-9A-Z])|\])/i;

/** Issuer prefixes with the lengths in use (ISO/IEC 7812-1 assigns them; the schemes publish theirs). */
const ISSUERS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] },
  { prefix: /^3(?:0[0-5]|095|[689])/, lengths: [14, 16, 17, 18, 19] },
  { prefix: /^6(?:011|4[4-9]|5)/, lengths: [16, 17, 18, 19] },
  { prefix: /^62/, lengths: [16, 17, 18, 19] },
];

/** Fewer, and it is padding, a dump or a made-up number: one issued number in a million is as plain. */
const FEWEST_DIFFERENT_DIGITS = 4;
const PADDED = /0{8}/;

/** Published by payment processors for testing; they are in every code base. */
const TEST_CARDS = new Set(
  (
    '4007000000027 4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 5555555555554444 5105105105105100 2223003122003222 ' +
    '5200828282828210 378282246310005 371449635398431 378734493671000 30569309025904 38520000023237 3056930009020004 3530111333300000 ' +
    '3566002020360505 6011111111111117 6011000990139424 6200000000000005'
  ).split(' '),
);

/** Whether digits are a card's: by issuer and length, then by check digit. */
export function cardShape(digits: string): 'card' | 'no-check-digit' | 'none' {
  if (!ISSUERS.some(({ prefix, lengths }) => prefix.test(digits) && lengths.includes(digits.length))) return 'none';
  if ((new Set(digits).size < FEWEST_DIFFERENT_DIGITS || PADDED.test(digits)) && !TEST_CARDS.has(digits)) return 'none';
  return passesLuhn(digits) ? 'card' : 'no-check-digit';
}

function unexplained(value: string, grouped: boolean): Omit<Match, 'start'> {
  return grouped
    ? { value, confidence: 'medium', reasons: ['check-digit', 'format'], provisional: true }
    : { value, confidence: 'low', reasons: ['check-digit'], provisional: true };
}

function isAmongGroups(before: string, after: string): boolean {
  return GROUP_BEFORE.test(before) || GROUP_AFTER.test(after);
}

/** Payment card numbers: issuer prefix and length, then Luhn. */
export const creditCard: Detector = {
  id: 'credit-card',
  scan(window, report) {
    for (const candidate of candidates(window.text, window.groups, FORMS)) {
      const { start, end, grouped } = candidate;
      // Three digits more than a card may be its security code.
      const longer = candidate.digits.length === 19 && grouped && cardShape(candidate.digits) !== 'card';
      const digits = longer ? candidate.digits.slice(0, 16) : candidate.digits;
      if (cardShape(digits) !== 'card') continue;
      const match = { start, value: digits };
      const role = window.columnAt(start)?.role;
      if (TEST_CARDS.has(digits)) report.match({ ...match, confidence: 'low', reasons: ['check-digit', 'known-test-value'] });
      else if (role === 'credit-card') report.match({ ...match, confidence: 'high', reasons: ['check-digit', 'column-header'] });
      else if (role !== undefined) continue;
      else if (window.isNear(CARD_WORDS, start)) report.match({ ...match, confidence: 'high', reasons: ['check-digit', 'context-word'] });
      else if (!grouped || !isAmongGroups(window.text.slice(Math.max(0, start - 5), start), window.text.slice(end, end + 7))) {
        report.match({ start, ...unexplained(digits, grouped) });
      }
    }
  },
  glance(sight) {
    if (!/^[0-9](?:[0-9]+|[- 0-9]{14,22})[0-9]$/.test(sight.written) || !sight.isAlone) return undefined;
    const value = sight.written.replaceAll(/[- ]/g, '');
    if (cardShape(value) !== 'card') return 'nothing';
    if (TEST_CARDS.has(value)) return { value, confidence: 'low', reasons: ['check-digit', 'known-test-value'] };
    if (sight.isNear('card')) return undefined;
    const grouped = value.length < sight.written.length;
    return grouped && isAmongGroups(sight.before, sight.after) ? 'nothing' : unexplained(value, grouped);
  },
  // PCI DSS 4.0 requirement 3.4.1 allows the first six and last four; the last four are enough here.
  mask: (value) => stars(value.length - 4) + value.slice(-4),
};

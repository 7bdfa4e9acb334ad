import { isDriversLicense, isMyNumber } from '../check-digits.ts';
import { candidates, type NumberCandidate } from '../digit-groups.ts';
import type { Match, Report, Verdict } from '../detector.ts';
import type { Sight } from '../sight.ts';
import type { TextWindow } from '../text-window.ts';
import { LICENSE_WORDS, MY_NUMBER_WORDS, OTHER_NUMBER_WORDS } from './context-words.ts';

/**
 * Twelve digits can be a My Number, a driver's licence, both by chance, or neither. The column's heading decides; else
 * the nearest explaining word; else the check digit alone, which one random number in eleven passes.
 */
export type TwelveDigits = 'my-number' | 'drivers-license';

/** Together, in fours, or each digit in a box of its own. */
const FORMS = [[12], [4, 4, 4], Array.from({ length: 12 }, () => 1)];
const WORDS = { 'my-number': MY_NUMBER_WORDS, 'drivers-license': LICENSE_WORDS } as const;
const VALIDATORS = { 'my-number': isMyNumber, 'drivers-license': isDriversLicense } as const;
const OTHER: Readonly<Record<TwelveDigits, TwelveDigits>> = { 'my-number': 'drivers-license', 'drivers-license': 'my-number' };
const LABEL_REACH = 12;
const TIMESTAMP = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/;

/** Broken over two lines between its fours, without a hyphen. */
const BROKEN =
  /(?<![0-9][- ]?)(?:[0-9]{4}[- ]?[0-9]{4}[- ]?[ \t]?(?:\r\n?|\n)[ \t　]*[0-9]{4}|[0-9]{4}[- ]?(?:\r\n?|\n)[ \t　]*[0-9]{4}[- ]?[0-9]{4})(?![- ]?[0-9])/g;
const BROKEN_REACH = 24;

export function scanTwelveDigits(kind: TwelveDigits, window: TextWindow, report: Report): void {
  for (const candidate of candidates(window.text, window.groups, FORMS)) {
    if (!VALIDATORS[kind](candidate.digits)) continue;
    const match = judge(kind, window, candidate);
    if (match !== undefined) report.match(match);
  }
  if (window.has(WORDS[kind])) scanBroken(kind, window, report);
}

/** Only right behind its name: two lines of eight and four digits are chance. */
function scanBroken(kind: TwelveDigits, window: TextWindow, report: Report): void {
  for (const { index: start, 0: written } of window.text.matchAll(BROKEN)) {
    const value = written.replaceAll(/[^0-9]/g, '');
    const label = window.lastBefore(WORDS[kind], start, BROKEN_REACH);
    // What is found as a number with its hyphen is not told again.
    if (label < 0 || /-(?:\r\n?|\n)/.test(written) || window.columnAt(start) !== undefined || !VALIDATORS[kind](value)) continue;
    report.match({ start, value, confidence: 'high', reasons: ['check-digit', 'context-word'] });
  }
}

const SHAPE = /^(?:[0-9]{12}|[0-9]{4}([- ])[0-9]{4}\1[0-9]{4})$/;

/** Twelve digits that nothing explains. */
export function glanceTwelveDigits(sight: Sight): Verdict | undefined {
  if (!sight.isAlone || !SHAPE.test(sight.written)) return undefined;
  if (sight.isNear('my-number') || sight.isNear('license') || sight.isNear('other-number')) return undefined;
  const value = sight.written.replaceAll(/[- ]/g, '');
  if (TIMESTAMP.test(value)) return { value, confidence: 'low', reasons: ['check-digit', 'timestamp'] };
  return { value, confidence: 'low', reasons: ['check-digit'], provisional: true };
}

function judge(kind: TwelveDigits, window: TextWindow, { start, digits }: NumberCandidate): Match | undefined {
  const certain = { start, value: digits, confidence: 'high' } as const;
  const role = window.columnAt(start)?.role;
  if (role === kind) return { ...certain, reasons: ['check-digit', 'column-header'] };
  if (role !== undefined && NUMERIC_ROLES.has(role)) return undefined;

  const own = window.distanceTo(WORDS[kind], start);
  const foreign = Math.min(window.distanceTo(WORDS[OTHER[kind]], start), window.distanceTo(OTHER_NUMBER_WORDS, start));
  // A log of a system for My Numbers has a time in every line: only a label right before it outweighs the form of a time.
  if (TIMESTAMP.test(digits) && own > LABEL_REACH) {
    return foreign === Number.POSITIVE_INFINITY
      ? { start, value: digits, confidence: 'low', reasons: ['check-digit', 'timestamp'] }
      : undefined;
  }
  if (own < foreign) return { ...certain, reasons: ['check-digit', 'context-word'] };
  if (foreign !== Number.POSITIVE_INFINITY) return undefined;
  return { start, value: digits, confidence: 'low', reasons: ['check-digit'], provisional: true };
}

/** Headings that already say what the digits below them are. */
const NUMERIC_ROLES: ReadonlySet<string> = new Set([
  'my-number',
  'drivers-license',
  'corporate-number',
  'phone',
  'employee-number',
  'other-number',
  'bank-account',
  'credit-card',
  'pension-number',
  'health-insurance',
  'insurer-number',
]);

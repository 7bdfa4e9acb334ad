import type { Confidence } from '../../../contracts/finding.ts';
import { candidates } from '../digit-groups.ts';
import type { Detector, Reason } from '../detector.ts';
import { stars } from '../masks.ts';
import type { TextWindow } from '../text-window.ts';
import { PHONE_WORDS } from './context-words.ts';

// Toll-free and shared-cost numbers (0120, 0800, 0570) belong to no person and are left out.
const NO_PERSON = /^0(?:120|800|570|990)/;
// After "TEL" or "FAX" a number may follow without a space; any other letter or digit makes it part of an identifier.
const PATTERN =
  /(?:(?<![0-9A-Za-z_.+-])|(?<=tel|fax))(?:(?:\+81[- ]?(?:\(0\))?|\(?0)(?:[5789]0|[1-9][0-9]{0,3})\)?[-( ]?[0-9]{1,4}[-) ]?[0-9]{4})(?![0-9A-Za-z_]|-[0-9])/gi;
const MOBILE = /^0[5789]0/;
/** A spreadsheet that took the number for a quantity dropped its leading zero. */
const WITHOUT_ZERO = [[9], [10]];

/** Japanese telephone numbers: mobile, IP and fixed lines, with or without separators, also as `+81`. */
export const phone: Detector = {
  id: 'jp.phone',
  identifies: 'contact',
  scan(window, report) {
    for (const found of window.text.matchAll(PATTERN)) {
      const written = found[0];
      const value = nationalNumber(written);
      if (!isPossible(value)) continue;
      const judged = judge(window, found.index, written, value);
      if (judged !== undefined) report.match({ start: found.index, value, ...judged });
    }
    for (const { start, digits } of candidates(window.text, window.groups, WITHOUT_ZERO)) {
      if (window.columnAt(start)?.role !== 'phone' || !isPossible(`0${digits}`)) continue;
      report.match({ start, value: `0${digits}`, confidence: 'high', reasons: ['format', 'column-header'] });
    }
  },
  mask: (value) => `${value.slice(0, MOBILE.test(value) ? 3 : 2)}${stars(value.length - 5)}${value.slice(-2)}`,
};

function nationalNumber(written: string): string {
  return written.replace(/^\+81[- ]?(?:\(0\))?/, '0').replace(/\D/g, '');
}

function isPossible(digits: string): boolean {
  if (NO_PERSON.test(digits) || digits.startsWith('00')) return false;
  return MOBILE.test(digits) ? digits.length === 11 : digits.length === 10;
}

function judge(
  window: TextWindow,
  start: number,
  written: string,
  value: string,
): { confidence: Confidence; reasons: Reason[] } | undefined {
  const role = window.columnAt(start)?.role;
  if (role === 'phone') return { confidence: 'high', reasons: ['format', 'column-header'] };
  if (role !== undefined && role !== 'address' && role !== 'name') return undefined;
  if (window.isNear(PHONE_WORDS, start)) return { confidence: 'high', reasons: ['format', 'context-word'] };
  if (/^\+81|[-()]/.test(written)) return { confidence: MOBILE.test(value) ? 'high' : 'medium', reasons: ['format'] };
  return { confidence: MOBILE.test(value) ? 'medium' : 'low', reasons: ['format'] };
}

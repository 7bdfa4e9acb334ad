import type { Confidence } from '../../../contracts/finding.ts';
import type { Detector, Match } from '../detector.ts';
import type { Reason } from '../reason.ts';
import { stars } from '../masks.ts';
import type { TextWindow } from '../text-window.ts';
import { OTHER_NUMBER_WORDS, PENSION_WORDS, PHONE_WORDS } from './context-words.ts';

// Toll-free and shared-cost numbers (0120, 0800, 0570) belong to no person and are left out.
const NO_PERSON = /^0(?:120|800|570|990)/;
// After "TEL" or "FAX" a number may follow without a space; any other letter or digit makes it part of an identifier.
const PATTERN =
  /(?:(?<![0-9A-Za-z_.+-])|(?<=tel|fax|tel\.|fax\.))(?:\(?(?:\+|00)81\)?[-. ]?(?:\(0\))?[-. ]?|\(? ?0)(?:[5-9]0|[1-9][0-9]{0,3})(?: ?\) ?| ?[-(] ?|[. ])?[-(]?[0-9]{1,4}(?:-\r?\n| ?[-)] ?|[. ])?[0-9]{4}(?![0-9A-Za-z_]|[-.][0-9])/gi;
const COUNTRY = /^\(?(?:\+|00)81\)?[-. ]?(?:\(0\))?[-. ]?/;
/** 060 is assigned to mobile telephones beside 070, 080 and 090; 050 to IP telephones. All have eleven digits. */
const ELEVEN_DIGITS = /^0[5-9]0/;
/** Only these area codes have two digits (Ministry of Internal Affairs, list of area codes). */
const SHORT_AREA = /^0[346]$/;
/** ☎, ☏ or ℡ in UTF-8, ℡ in Shift_JIS, as bytes. */
const SYMBOL_BEFORE = /(?:\xe2\x98[\x8e\x8f]|\xe2\x84\xa1|\x87\x84) ?$/;
/** As most lists have them: told from all other forms first, for it is cheap. 0800 is toll-free. */
const MOBILE = /^0[5-9]0-[1-9][0-9]{3}-[0-9]{4}$/;
const WHOLE = new RegExp(`^(?:${PATTERN.source})$`, 'i');
/** A word such as "order number" this close before the digits names them. */
const LABEL_REACH = 24;

/** Japanese telephone numbers: mobile, IP and fixed lines, with or without separators, also as `+81`. */
export const phone: Detector = {
  id: 'jp.phone',
  identifies: 'contact',
  scan(window, report) {
    // Every form ends in four digits of their own or in one longer run.
    if (window.groups.longest < 4) return;
    for (const found of window.text.matchAll(PATTERN)) {
      const written = found[0];
      const value = nationalNumber(written);
      if (value === undefined) continue;
      const judged = judge(window, found.index, written, value);
      if (judged !== undefined) report.match({ start: found.index, value, ...judged });
    }
  },
  glance(sight) {
    if (!WHOLE.test(sight.written) || !sight.isAlone || SYMBOL_BEFORE.test(sight.before)) return undefined;
    if (sight.isNear('phone') || sight.isNear('other-number') || sight.isNear('pension')) return undefined;
    const value = nationalNumber(sight.written);
    return value === undefined ? 'nothing' : { value, ...unexplained(sight.written, value) };
  },
  mask: (value) => `${value.slice(0, ELEVEN_DIGITS.test(value) ? 3 : 2)}${stars(value.length - 5)}${value.slice(-2)}`,
};

/** A cell of a column of telephone numbers. A spreadsheet that took the number for a quantity dropped its leading zero. */
export function phoneOfCell(cell: string, headed: boolean): Omit<Match, 'start'> | undefined {
  const written = cell.trim();
  const whole = MOBILE.test(written)
    ? written.slice(0, 3) + written.slice(4, 8) + written.slice(9)
    : WHOLE.test(written)
      ? nationalNumber(written)
      : undefined;
  const value = whole ?? (headed && /^[0-9]{9,10}$/.test(written) && isPossible(`0${written}`) ? `0${written}` : undefined);
  return value === undefined ? undefined : { value, confidence: 'high', reasons: ['format', headed ? 'column-header' : 'column-type'] };
}

/** The digits with their trunk zero, or undefined where their number or grouping is none of Japan's numbering plan. */
export function nationalNumber(written: string): string | undefined {
  const national = written.replace(COUNTRY, (prefix) => (prefix === '' ? '' : '0'));
  const digits = national.replace(/\D/g, '');
  if (!isPossible(digits)) return undefined;
  const [area = '', exchange = '', line] = national.split(/\D+/).filter((part) => part !== '');
  if (line === undefined || ELEVEN_DIGITS.test(digits)) return digits;
  return area.length + exchange.length === 6 && (area.length > 2 || SHORT_AREA.test(area)) ? digits : undefined;
}

function isPossible(digits: string): boolean {
  if (NO_PERSON.test(digits) || !/^0[1-9]/.test(digits)) return false;
  return digits.length === (ELEVEN_DIGITS.test(digits) ? 11 : 10);
}

function judge(
  window: TextWindow,
  start: number,
  written: string,
  value: string,
): { confidence: Confidence; reasons: Reason[] } | undefined {
  const column = window.columnAt(start);
  const role = column?.role;
  if (role === 'phone') return { confidence: 'high', reasons: ['format', 'column-header'] };
  if (column?.type === 'phone') return { confidence: 'high', reasons: ['format', 'column-type'] };
  if (role !== undefined && role !== 'address' && role !== 'name') return undefined;
  const named = Math.max(window.lastBefore(OTHER_NUMBER_WORDS, start, LABEL_REACH), window.lastBefore(PENSION_WORDS, start, LABEL_REACH));
  if (named >= 0 && named > window.lastBefore(PHONE_WORDS, start, LABEL_REACH)) return undefined;
  if (window.isNear(PHONE_WORDS, start)) return { confidence: 'high', reasons: ['format', 'context-word'] };
  return unexplained(written, value);
}

function unexplained(written: string, value: string): { confidence: Confidence; reasons: Reason[] } {
  const mobile = ELEVEN_DIGITS.test(value);
  if (/^\(?\+81|[-()]/.test(written)) return { confidence: mobile ? 'high' : 'medium', reasons: ['format'] };
  return { confidence: mobile && !written.includes('.') ? 'medium' : 'low', reasons: ['format'] };
}

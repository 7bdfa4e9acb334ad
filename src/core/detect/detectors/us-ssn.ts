import { candidates } from '../digit-groups.ts';
import type { Detector } from '../detector.ts';
import { stars } from '../masks.ts';
import { CONTEXT_REACH } from '../text-window.ts';
import { SSN_WORDS } from './context-words.ts';

/** Nine digits without separators are too common to be explained from afar. */
const BARE_REACH = 40;
const FORMS = [[3, 2, 4], [9]];
/** Never issued: area 000, 666 and 9xx, group 00, serial 0000 (SSA, 20 CFR 422.103); and the two used in advertising. */
const NEVER_ISSUED = /^(?:000|666|9)|^...00|0000$|^(?:078051120|219099999)$/;

/** Stands in forms and code for any number; outside a list so do the others of its area and group, and 111-22-3333. */
const SAMPLE = '123456789';
const SAMPLE_SERIES = /^12345|^([0-9])\1\1([0-9])\2([0-9])\3{3}$/;

/** US social security numbers. */
export const usSocialSecurity: Detector = {
  id: 'us.ssn',
  identifies: 'document',
  scan(window, report) {
    for (const { start, digits, grouped } of candidates(window.text, window.groups, FORMS)) {
      if (NEVER_ISSUED.test(digits)) continue;
      const role = window.columnAt(start)?.role;
      if (digits === SAMPLE || (role === undefined && SAMPLE_SERIES.test(digits))) {
        report.match({ start, value: digits, confidence: 'low', reasons: ['format', 'known-test-value'] });
        continue;
      }
      if (role === 'us-ssn') report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (role !== undefined) continue;
      else if (window.isNear(SSN_WORDS, start, grouped ? CONTEXT_REACH : BARE_REACH))
        report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'context-word'] });
      else if (grouped && window.text[start + 3] === '-') report.match({ start, value: digits, confidence: 'low', reasons: ['format'] });
    }
  },
  mask: (value) => stars(value.length - 2) + value.slice(-2),
};

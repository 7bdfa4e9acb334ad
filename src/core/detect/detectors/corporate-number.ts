import { isCorporateNumber } from '../check-digits.ts';
import { candidates } from '../digit-groups.ts';
import type { Detector } from '../detector.ts';
import { CORPORATE_WORDS } from './context-words.ts';

const BOXES = Array.from({ length: 13 }, () => 1);
const FORMS = [[13], [1, 4, 4, 4], BOXES];
/** Other thirteen digits: JAN codes of goods, lots, parts. Their heading outweighs that many of them look valid. */
const OTHER_ROLES: ReadonlySet<string> = new Set(['other-number', 'phone', 'employee-number', 'bank-account', 'credit-card']);

/** 法人番号, also as the invoice registration number `T` + 13 digits. Public data: found so that it is not taken for a person's. */
export const corporateNumber: Detector = {
  id: 'jp.corporate-number',
  scan(window, report) {
    for (const { start, end, digits } of candidates(window.text, window.groups, FORMS, 'T')) {
      if (!isCorporateNumber(digits)) continue;
      const match = { start, value: digits };
      const role = window.columnAt(start)?.role;
      if (role === 'corporate-number') {
        report.match({ ...match, confidence: 'high', reasons: ['check-digit', 'column-header'] });
      } else if (role !== undefined && OTHER_ROLES.has(role)) continue;
      else if (window.text[start - 1] === 'T' || window.isNear(CORPORATE_WORDS, start)) {
        report.match({ ...match, confidence: 'high', reasons: ['check-digit', 'context-word'] });
      } else if (end - start < 25) report.match({ ...match, confidence: 'low', reasons: ['check-digit'], provisional: true });
    }
  },
  glance(sight) {
    if (!/^[0-9]{13}$/.test(sight.written) || !sight.isAlone || sight.isNear('corporate')) return undefined;
    return { value: sight.written, confidence: 'low', reasons: ['check-digit'], provisional: true };
  },
  // Published by the tax agency for every company; masked all the same, for one rule for all samples is easier to trust.
  mask: (value) => `${value.slice(0, 2)}*********${value.slice(-2)}`,
};

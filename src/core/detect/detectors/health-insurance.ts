import { isInsurerNumber } from '../check-digits.ts';
import { candidates } from '../digit-groups.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { INSURANCE_WORDS } from './context-words.ts';

const FORMS = [[8], [6]];
const SYMBOL_AND_NUMBER = /記号[^0-9\n]{0,8}([0-9]{1,8})[^0-9\n]{0,12}番号[^0-9\n]{0,8}([0-9]{1,8})(?![0-9])/g;

/** 健康保険: the insured person's symbol and number, and the insurer's number by its check digit. */
export const healthInsurance: Detector = {
  id: 'jp.health-insurance',
  identifies: 'document',
  scan(window, report) {
    for (const found of window.text.matchAll(SYMBOL_AND_NUMBER)) {
      if (!window.isNear(INSURANCE_WORDS, found.index)) continue;
      report.match({ start: found.index, value: `${found[1]}-${found[2]}`, confidence: 'high', reasons: ['format', 'context-word'] });
    }
    for (const { start, digits } of candidates(window.text, window.groups, FORMS)) {
      if (!isInsurerNumber(digits)) continue;
      const role = window.columnAt(start)?.role;
      if (role === 'health-insurance')
        report.match({ start, value: digits, confidence: 'high', reasons: ['check-digit', 'column-header'] });
      else if (role === undefined && window.isNear(INSURANCE_WORDS, start, 60)) {
        // Shared by everyone insured there: a sign of such a document, not of a person.
        report.match({ start, value: digits, confidence: 'low', reasons: ['check-digit', 'context-word'] });
      }
    }
  },
  mask: (value) => keepEnds(value, 1, 1),
};

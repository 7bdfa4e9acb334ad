import { candidates } from '../digit-groups.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { PENSION_WORDS } from './context-words.ts';

const FORMS = [[4, 6], [10]];

/** 基礎年金番号: ten digits, 4-6. No public check digit, so only beside its own name or under its own heading. */
export const pensionNumber: Detector = {
  id: 'jp.pension-number',
  identifies: 'document',
  scan(window, report) {
    for (const { start, digits } of candidates(window.text, window.groups, FORMS)) {
      const role = window.columnAt(start)?.role;
      if (role === 'pension-number') report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (role === undefined && window.isNear(PENSION_WORDS, start, 60)) {
        report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'context-word'] });
      }
    }
  },
  mask: (value) => keepEnds(value, 2, 1),
};

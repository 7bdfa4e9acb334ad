import { isInsurerNumber } from '../check-digits.ts';
import { candidates } from '../digit-groups.ts';
import type { Detector, Report } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import type { TextWindow } from '../text-window.ts';
import { INSURANCE_WORDS, INSURER_WORDS } from './context-words.ts';

const FORMS = [[8], [6]];
const SYMBOL_AND_NUMBER = /記号[^0-9\n]{0,8}([0-9]{1,8})[^0-9\n]{0,12}番号[^0-9\n]{0,8}([0-9]{1,8})(?![0-9])/g;
/** The insured person's number behind its own name; 記号 and 番号 may be written as one. */
const INSURED_NUMBER =
  /(?:被保険者(?:証)?|保険証)(?:等)?の?(?:記号)?[・ ]?番号[^0-9\n]{0,8}\n?([0-9]{1,8}(?:[-・ ][0-9]{1,8})?|[0-9]{10})(?![0-9])/g;
const LABEL_REACH = 20;

/** 健康保険: the insured person's symbol and number, and the insurer's number by its check digit. */
export const healthInsurance: Detector = {
  id: 'jp.health-insurance',
  identifies: 'document',
  scan(window, report) {
    const named = window.hasWideText && window.has(INSURANCE_WORDS);
    if (named) scanLabels(window, report);
    if (!named && !window.hasRole('insurer-number') && !window.hasRole('health-insurance')) return;
    for (const { start, end } of window.cellsUnder('health-insurance')) {
      const value = /^[0-9]{1,8}(?:[-・ ][0-9]{1,8})?$|^[0-9]{10}$/.exec(window.text.slice(start, Math.min(end, start + 24)).trim())?.[0];
      if (value !== undefined) report.match({ start, value, confidence: 'high', reasons: ['format', 'column-header'] });
    }
    for (const { start, digits } of candidates(window.text, window.groups, FORMS)) {
      if (!isInsurerNumber(digits)) continue;
      const role = window.columnAt(start)?.role;
      // Shared by everyone insured there: a sign of such a document, not of a person.
      const match = { start, value: digits, shared: true } as const;
      if (role === 'insurer-number') report.match({ ...match, confidence: 'high', reasons: ['check-digit', 'column-header'] });
      else if (role !== undefined) continue;
      else if (isInsurer(window, start)) report.match({ ...match, confidence: 'high', reasons: ['check-digit', 'label'] });
      else if (window.isNear(INSURANCE_WORDS, start, 60))
        report.match({ ...match, confidence: 'low', reasons: ['check-digit', 'context-word'] });
    }
  },
  mask: (value) => keepEnds(value, 1, 1),
};

function scanLabels(window: TextWindow, report: Report): void {
  for (const found of window.text.matchAll(SYMBOL_AND_NUMBER)) {
    if (!window.isNear(INSURANCE_WORDS, found.index)) continue;
    report.match({ start: found.index, value: `${found[1]}-${found[2]}`, confidence: 'high', reasons: ['format', 'context-word'] });
  }
  for (const found of window.text.matchAll(INSURED_NUMBER)) {
    report.match({ start: found.index, value: found[1] ?? '', confidence: 'high', reasons: ['format', 'label'] });
  }
}

/** 保険者番号 right before it; 被保険者番号, which ends alike, names the insured person's. */
function isInsurer(window: TextWindow, start: number): boolean {
  const label = window.lastBefore(INSURER_WORDS, start, LABEL_REACH);
  return label >= 0 && !/[0-9]/.test(window.text.slice(label, start));
}

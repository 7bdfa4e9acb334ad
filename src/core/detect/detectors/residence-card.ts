import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { RESIDENCE_WORDS } from './context-words.ts';

const NUMBER = /(?<![A-Za-z0-9])[A-Z]{2}([ -]?)[0-9]{8}\1[A-Z]{2}(?![A-Za-z0-9])/g;

/** 在留カード番号: two letters, eight digits, two letters. It has no public check digit. */
export const residenceCard: Detector = {
  id: 'jp.residence-card',
  identifies: 'document',
  scan(window, report) {
    if (!window.groups.hasLength(8)) return;
    for (const found of window.text.matchAll(NUMBER)) {
      const match = { start: found.index, value: found[0].replace(/[ -]/g, '') };
      if (window.columnAt(found.index)?.role === 'residence-card')
        report.match({ ...match, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (window.isNear(RESIDENCE_WORDS, found.index))
        report.match({ ...match, confidence: 'high', reasons: ['format', 'context-word'] });
      else if (found[1] === '') report.match({ ...match, confidence: 'low', reasons: ['format'] });
    }
  },
  mask: (value) => keepEnds(value, 2, 1),
};

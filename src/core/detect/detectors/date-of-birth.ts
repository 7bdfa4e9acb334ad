import type { Detector } from '../detector.ts';
import { BIRTH_WORDS } from './context-words.ts';

const DATE =
  /(?<![0-9])(?:(?:19|20)[0-9]{2}[-/.年] ?(?:0?[1-9]|1[0-2])[-/.月] ?(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])|(?:明治|大正|昭和|平成|令和|[MTSHR])[ ]?(?:[0-9]{1,2}|元)[-/.年] ?(?:0?[1-9]|1[0-2])[-/.月] ?(?:3[01]|[12][0-9]|0?[1-9])(?![0-9]))/g;
const REACH = 40;

/** Dates under a birth-date heading or close behind such a word, in the western or the Japanese calendar. */
export const dateOfBirth: Detector = {
  id: 'date-of-birth',
  scan(window, report) {
    for (const found of window.text.matchAll(DATE)) {
      const role = window.columnAt(found.index)?.role;
      const value = found[0].replace(/[^0-9A-Z\p{Script=Han}]/gu, '-').replace(/[年月]/g, '-');
      if (role === 'birth-date') report.match({ start: found.index, value, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (role === undefined && window.isNear(BIRTH_WORDS, found.index, REACH)) {
        report.match({ start: found.index, value, confidence: 'high', reasons: ['format', 'context-word'] });
      }
    }
  },
  mask: (value) => `${value.slice(0, 2)}**-**-**`,
};

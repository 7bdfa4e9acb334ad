import { candidates } from '../digit-groups.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { BANK_WORDS } from './context-words.ts';

const FORMS = [[7], [4, 3, 7], [3, 7]];
const ACCOUNT_KIND =
  /(?:普通|当座|貯蓄|口座番号|[(（]?[普当][)）]|(?:ordinary|savings|checking|account) ?(?:account|number|no\.?)?)[^0-9\n]{0,8}\n?$/i;
/** ゆうちょ: symbol 1xxx0 or 0xxx0, then up to eight digits ending in 1. */
const POSTAL_TOGETHER = /(?:ゆうちょ|郵便貯金|記号番号|記号・番号)[^0-9\n]{0,12}([01][0-9]{3}0)-(?:[0-9]-)?([0-9]{1,7}1)(?![0-9])/g;
const POSTAL = /記号[^0-9\n]{0,6}([01][0-9]{3}0)[^0-9\n]{0,12}番号[^0-9\n]{0,6}([0-9]{1,7}1)(?![0-9])/g;

/** Bank accounts: seven digits beside words of banking, and the postal bank's symbol and number. No common check digit exists. */
export const bankAccount: Detector = {
  id: 'jp.bank-account',
  scan(window, report) {
    for (const pattern of window.groups.hasLength(5) ? [POSTAL, POSTAL_TOGETHER] : []) {
      for (const found of window.text.matchAll(pattern)) {
        report.match({ start: found.index, value: `${found[1]}-${found[2]}`, confidence: 'high', reasons: ['format', 'label'] });
      }
    }
    for (const { start, digits } of candidates(window.text, window.groups, FORMS)) {
      const role = window.columnAt(start)?.role;
      if (role === 'bank-account') report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (role !== undefined) continue;
      else if (ACCOUNT_KIND.test(window.text.slice(Math.max(0, start - 24), start))) {
        report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'label'] });
      } else if (window.isNear(BANK_WORDS, start, 60))
        report.match({ start, value: digits, confidence: 'medium', reasons: ['format', 'context-word'] });
    }
  },
  mask: (value) => keepEnds(value, 0, 2),
};

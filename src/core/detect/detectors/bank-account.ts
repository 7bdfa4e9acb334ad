import { candidates } from '../digit-groups.ts';
import type { Detector } from '../detector.ts';
import { keepEnds } from '../masks.ts';
import { BANK_WORDS } from './context-words.ts';

const BOXES = [1, 1, 1, 1, 1, 1, 1];
const FORMS = [[7], [4, 3, 7], [3, 7], BOXES];
/** A kind of account as a whole word: 普通株式, 普通車 and 普通預金残高 are none. */
const ACCOUNT_KIND =
  /(?:(?<!\p{Script=Han})(?:普通|当座|貯蓄)(?:預金)?(?:口座)?(?:番号)?[^0-9\n\p{L}]{0,8}(?:no\.?)?[^0-9\n\p{L}]{0,4}|口座番号[^0-9\n]{0,8}|[(（]?[普当][)）][^0-9\n\p{L}]{0,8}|(?:ordinary|savings|checking|account) ?(?:account|number|no\.?)?[^0-9\n]{0,8})\n?$/iu;
const ACCOUNT_NUMBER = /口座番号[^0-9\n]{0,8}\n?$/;
/** So many of something are no account, nor is an amount of money. */
const UNIT_AFTER = /^ ?(?:円|株|台|件|個|枚|本|人|名|千|万|%|yen|jpy)/i;
const MONEY_BEFORE = /[¥$\\] ?$/;
/** ゆうちょ: symbol 1xxx0 or 0xxx0, then up to eight digits ending in 1. */
const POSTAL_TOGETHER = /(?:ゆうちょ|郵便貯金|記号番号|記号・番号)[^0-9\n]{0,12}([01][0-9]{3}0)-(?:[0-9]-)?([0-9]{1,7}1)(?![0-9])/g;
const POSTAL = /記号[^0-9\n]{0,6}([01][0-9]{3}0)[^0-9]{0,12}番号[^0-9\n]{0,6}([0-9]{1,7}1)(?![0-9])/g;
/** 振替口座: 0, four digits, a check digit, up to six digits. */
const POSTAL_TRANSFER = /振替(?:口座)?(?:番号)?[^0-9\n]{0,12}(0[0-9]{4}-[0-9])-([0-9]{1,6})(?![0-9])/g;

/** Bank accounts: seven digits beside words of banking, and the postal bank's symbol and number. No common check digit exists. */
export const bankAccount: Detector = {
  id: 'jp.bank-account',
  scan(window, report) {
    for (const pattern of window.groups.hasLength(5) ? [POSTAL, POSTAL_TOGETHER, POSTAL_TRANSFER] : []) {
      for (const found of window.text.matchAll(pattern)) {
        report.match({ start: found.index, value: `${found[1]}-${found[2]}`, confidence: 'high', reasons: ['format', 'label'] });
      }
    }
    for (const { start, end, digits } of candidates(window.text, window.groups, FORMS)) {
      const role = window.columnAt(start)?.role;
      if (role === 'bank-account') report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (role !== undefined || isQuantity(window.text, start, end)) continue;
      else if (isBoxed(digits, start, end) && !ACCOUNT_NUMBER.test(window.text.slice(Math.max(0, start - 24), start))) continue;
      else if (ACCOUNT_KIND.test(window.text.slice(Math.max(0, start - 24), start))) {
        report.match({ start, value: digits, confidence: 'high', reasons: ['format', 'label'] });
      } else if (window.isNear(BANK_WORDS, start, 60))
        report.match({ start, value: digits, confidence: 'medium', reasons: ['format', 'context-word'] });
    }
  },
  mask: (value) => keepEnds(value, 0, 2),
};

function isQuantity(text: string, start: number, end: number): boolean {
  return UNIT_AFTER.test(text.slice(end, end + 4)) || MONEY_BEFORE.test(text.slice(Math.max(0, start - 2), start));
}

/** With something between each two of its digits. */
function isBoxed(digits: string, start: number, end: number): boolean {
  return end - start >= digits.length * 2 - 1;
}

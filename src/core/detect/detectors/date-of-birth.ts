import type { Detector, Match } from '../detector.ts';
import type { TextWindow } from '../text-window.ts';
import { BIRTH_WORDS } from './context-words.ts';

const MONTH_NAME =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const MONTH = '(?:1[0-2]|0?[1-9])';
const DAY = '(?:3[01]|[12][0-9]|0?[1-9])';
const YEAR = '(?:18|19|20)[0-9]{2}';
const KANJI = '[〇一二三四五六七八九十元]';
/** Western and Japanese calendar, with signs, with words, in kanji, in English, and eight digits together. */
const FORMS =
  `(?:${YEAR} ?[-/.年] ?${MONTH} ?[-/.月] ?${DAY}(?![0-9])|` +
  `(?:明治|大正|昭和|平成|令和|[MTSHR明大昭平令])[. ]?(?:[0-9]{1,2}|元) ?[-/.年] ?${MONTH} ?[-/.月] ?${DAY}(?![0-9])|` +
  `(?:明治|大正|昭和|平成|令和|[一二]千?)${KANJI}{1,4}年${KANJI}{1,2}月${KANJI}{1,3}日|` +
  `${MONTH_NAME} ?${DAY}(?:st|nd|rd|th)?,? ?${YEAR}(?![0-9])|${DAY}(?:st|nd|rd|th)?[- ]?${MONTH_NAME},?[- ]?${YEAR}(?![0-9])|` +
  `${DAY}/${DAY}/${YEAR}(?![0-9])|${YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9]))`;
const DATE = new RegExp(`(?<![0-9A-Za-z.])${FORMS}`, 'gi');
const WHOLE_DATE = new RegExp(`^${FORMS} ?日?$`, 'i');
const REACH = 40;
/** Right behind the date: 生まれ, 生; but neither 生まれ変わる nor 生産. */
const BORN_AFTER = /^ ?日? ?(?:に)?(?:生まれ(?!変|か)|生(?![まき産活命徒物年])|誕生)/;
/** A date behind one of these is another date, though a birth date was named before. */
const OTHER_DATE =
  /設立|創立|創業|開店|公開|発送|締切|期限|登録|発行|作成|更新|入社|退社|交付|有効|契約|受付|記入|取得|入会|死亡|施行|expir|issued|joined|hired|updated/i;

/** 誕生日プレゼント, birthday party: what is given or done then, and no label of a date. */
const OCCASION =
  /^(?:誕生日|birthday)(?:'s)? ?(?:の)?(?:プレゼント|パーティ|会|ケーキ|カード|祝|特典|クーポン|キャンペーン|割|月|part|present|cake|card|gift|wish|sale|message)/i;
/** A date of birth may have 生 behind it, in any form. */
const BORN = /[日0-9] ?に?生/;

/** Dates under a birth-date heading, behind such a word with no date between, or before 生まれ. */
export const dateOfBirth: Detector = {
  id: 'date-of-birth',
  scan(window, report) {
    if (!window.has(BIRTH_WORDS) && !window.hasRole('birth-date') && !BORN.test(window.text)) return;
    let previous = -1;
    for (const found of window.text.matchAll(DATE)) {
      const start = found.index;
      const column = window.columnAt(start);
      const role = column?.role;
      const value = plain(found[0]);
      if (role === 'birth-date') report.match({ start, value, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (column?.type === 'birth-date') report.match({ start, value, confidence: 'medium', reasons: ['format', 'column-type'] });
      else if (role === undefined && isNamed(window, start, start + found[0].length, previous)) {
        report.match({ start, value, confidence: 'high', reasons: ['format', 'context-word'] });
      }
      previous = start;
    }
  },
  mask: (value) => `${value.slice(0, 2)}**-**-**`,
};

function isNamed(window: TextWindow, start: number, end: number, previous: number): boolean {
  if (BORN_AFTER.test(window.text.slice(end, end + 8))) return true;
  const word = window.lastBefore(BIRTH_WORDS, start, REACH);
  if (OCCASION.test(window.text.slice(word, word + 24))) return false;
  return word > previous && !OTHER_DATE.test(window.text.slice(word, start));
}

function plain(date: string): string {
  return date.replace(/[^0-9A-Za-z\p{Script=Han}]/gu, '-').replace(/[年月]/g, '-');
}

/** A cell of a column of birth dates. */
export function birthDateOf(cell: string, headed: boolean): Omit<Match, 'start'> | undefined {
  const written = cell.trim();
  if (!isDate(written)) return undefined;
  const value = plain(written.replace(/ ?日$/, ''));
  return headed
    ? { value, confidence: 'high', reasons: ['format', 'column-header'] }
    : { value, confidence: 'medium', reasons: ['format', 'column-type'] };
}

/** Whether the whole of a cell is a date, in any of the forms looked for. */
export function isDate(cell: string): boolean {
  return WHOLE_DATE.test(cell);
}

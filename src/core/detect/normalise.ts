// NFKC turns these into plain digits, which would then join the number that follows ("①090-..." is a list, not 1090).
const ENUMERATORS = /[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]/g;
// NFKC turns the circled 秘 of "㊙" into the plain character, which 秘書 and 秘密 share.
const CIRCLED_SECRET = /\u3299/g;
// Zero-width characters and soft hyphens cut a number in two for a program but not for a reader.
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
// Hyphens, dashes, the minus sign, the long-vowel mark and the box-drawing line, all typed for a hyphen between digits.
const DASH_BETWEEN_DIGITS = /(?<=[0-9])[\u2010-\u2015\u2212\u2500\u30fc\ufe63](?=[0-9])/g;
/**
 * Any character that may have another spelling: not ASCII, a letter with its accent, a dash or a quotation mark of print,
 * kana, kanji or their punctuation; or a dash or a long-vowel mark behind a digit.
 */
const TO_FOLD =
  /[^\0-\x7f\u00a7\u00a9\u00ae\u00b0\u00b7\u00c0-\u00ff\u2013\u2014\u2018-\u201e\u3001-\u3011\u301c\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff]|[0-9][\u2013\u2014\u30fc]/;

/** One spelling for what people type in several: full-width digits, half-width kana, dashes. Lines stay lines. */
export function normalise(text: string): string {
  if (!TO_FOLD.test(text)) return text;
  return text
    .replace(ENUMERATORS, ' ')
    .replace(CIRCLED_SECRET, 'マル秘')
    .replace(INVISIBLE, '')
    .normalize('NFKC')
    .replace(DASH_BETWEEN_DIGITS, '-');
}

import type { Confidence } from '../../../contracts/finding.ts';
import type { Detector, Match, Verdict } from '../detector.ts';
import type { Sight } from '../sight.ts';
import type { TextWindow } from '../text-window.ts';

const JAPANESE_MARK = /社 ?外 ?秘|極 ?秘|部外秘|関係者外秘|マル秘|丸秘|厳秘|\(秘\)|取扱(?:い)?(?:厳重)?注意/g;
const ENGLISH_MARK =
  /(?<![A-Za-z_])(?:(?:strictly|company|highly) )?confidential(?![A-Za-z_])|(?<![A-Za-z])(?:internal use only|top secret)(?![A-Za-z])/gi;
/** What ㊙ is folded to. */
const SIGN = 'マル秘';
const WHOLE_ENGLISH = /^confidential$/i;
const WHOLE_JAPANESE = new RegExp(`^(?:${JAPANESE_MARK.source})$`);
/** A stamp stands alone on its line or in brackets; a sentence about confidentiality is longer. */
const LONGEST_STAMP_LINE = 32;
/** 社外秘書, 極秘裏, 取扱注意事項, 取扱注意点: other words. */
const OTHER_WORD_AFTER = /^(?:書(?!類|面)|裏|事項|点)/;
/** A stamp's word is talked about. */
const MENTION_AFTER = /^ ?[」』"']? ?(?:という|とは|の意味|flag|bit\b|option|mode\b)/i;
/** What may follow a stamp without a sign between: 極秘資料. */
const GOES_ON = /^(?!資料|文書|情報|扱|書類|用|区分|指定|版|会議)[\p{Script=Han}\p{Script=Hiragana}]/u;
const COMES_FROM = /[\p{Script=Hiragana}]$/u;
/** The leader of a comment in source code or its documentation: such a line speaks of code. */
const COMMENT = /^[ \t]*(?:#|\*|\/[/*]|;|--|%|[A-Z]<|\.\\"|"{3}|'{3})|(?:^|[ \t])\/[/*]/;
/** A command of Perl's documentation, which stands in its source, shortly before. */
const SOURCE_DOCUMENTATION = /(?:^|\n)=(?:head[1-6]|over|item|begin|pod)\b/;
const DOCUMENTATION_REACH = 160;
/** A clause goes on into the words, perhaps from the line above, which then is long: "add file, for internal use only". */
const CLAUSE_BEFORE = /(?:^|[^\p{L}])(?!for\b)\p{Lowercase}\p{L}*,?[ \t]+(?:for )?[*_("']{0,2}$/u;
const LINE_GOES_ON = /(?:^|\n)[^\n]{40,}[\p{Lowercase},][ \t]*\r?\n[ \t]*(?:\(?for |\()?$/u;
/** What is spoken of as a whole: "This report is for internal use only." */
const OF_THE_DOCUMENT =
  /\b(?:document|report|presentation|material|memo|memorandum|slide|deck|spreadsheet|e-?mail|message|paper|draft|plan|minutes)s?\b[^.\n]{0,40}$/i;
/** Signs that are pictures stand in lists of pictures, too: beside some of them, or as a value in quotes beside one. */
const PICTURE = /\p{Extended_Pictographic}/gu;
const PICTURE_REACH = 160;
const FEWEST_PICTURES = 4;
const CLAUSE_REACH = 200;
const FEWEST_IN_STRINGS = 6;
const QUOTED_BEFORE = /[:=] ?["'`]$/;
const CLOSED = /^[ 　]{0,2}[】\])>》〕」』*=]/;
const BRACKETED = /[【[(<《〔「『*=][ 　]{0,2}$/;

/** Confidentiality stamps: 社外秘, 極秘, 部外秘, ㊙, 取扱注意, CONFIDENTIAL. The plain English word in prose is only a hint. */
export const confidentialKeyword: Detector = {
  id: 'keyword.confidential',
  scan(window, report) {
    for (const found of window.text.matchAll(JAPANESE_MARK)) {
      const after = window.text.slice(found.index + found[0].length, found.index + found[0].length + 8);
      if (OTHER_WORD_AFTER.test(after)) continue;
      const match = japanese(found[0], isStamp(window, found.index, found[0].length));
      const isNoStamp = found[0] === SIGN && (isAmongPictures(window, found.index) || mayBeChance(window, found.index));
      const mentioned = MENTION_AFTER.test(after) || isNoStamp;
      report.match({ start: found.index, ...(mentioned ? hint(match) : match) });
    }
    for (const found of window.text.matchAll(ENGLISH_MARK)) {
      const match = english(found[0], position(window, found.index, found[0]));
      report.match({ start: found.index, ...(isOfCode(window, found.index, found[0].length) ? hint(match) : match) });
    }
  },
  glance(sight) {
    const { written } = sight;
    if (WHOLE_JAPANESE.test(written)) return glanceJapanese(sight, written);
    if (!WHOLE_ENGLISH.test(written) || written === written.toUpperCase()) return undefined;
    if (/(?:[A-Za-z_]|strictly |company |highly )$/i.test(sight.before) || /^[A-Za-z_]/.test(sight.after)) return undefined;
    if (sight.touchesWide) return undefined;
    const stamped = sight.lineLength(LONGEST_STAMP_LINE) <= LONGEST_STAMP_LINE || BRACKETED.test(sight.textBefore(12));
    return stamped ? undefined : english(written, 'prose');
  },
  // The stamp itself is no secret.
  mask: (value) => value,
};

/** Judged by the characters beside it and the length of its line. In Shift_JIS those before it cannot be told by themselves. */
function glanceJapanese(sight: Sight, mark: string): Verdict | undefined {
  if (sight.isShiftJis || mark === SIGN) return undefined;
  const after = sight.textBehind(48);
  if (OTHER_WORD_AFTER.test(after)) return 'nothing';
  const before = sight.textBefore(12).slice(-3);
  const alone = !COMES_FROM.test(before) && !GOES_ON.test(after.slice(0, 2)) && sight.lineLength(LONGEST_STAMP_LINE) <= LONGEST_STAMP_LINE;
  const match = japanese(mark, BRACKETED.test(before) || alone);
  return MENTION_AFTER.test(after) ? hint(match) : match;
}

function japanese(mark: string, stamped: boolean): Omit<Match, 'start'> {
  const weak = mark.startsWith('取扱');
  return {
    value: mark.replaceAll(' ', ''),
    confidence: stamped ? 'high' : weak ? 'low' : 'medium',
    reasons: [stamped ? 'label' : 'prose'],
  };
}

/** Where the English words stand: as a stamp, in a sentence on the document, or in any other. */
type Position = 'stamp' | 'document' | 'prose';

function position(window: TextWindow, start: number, mark: string): Position {
  const before = window.text.slice(Math.max(0, start - CLAUSE_REACH), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (/only$/i.test(mark) && OF_THE_DOCUMENT.test(line)) return 'document';
  if (mark === mark.toLowerCase() && (CLAUSE_BEFORE.test(line) || LINE_GOES_ON.test(before))) return 'prose';
  return isStamp(window, start, mark.length) ? 'stamp' : 'prose';
}

function english(mark: string, where: Position): Omit<Match, 'start'> {
  return { value: mark.toLowerCase(), confidence: englishConfidence(mark, where), reasons: [where === 'stamp' ? 'label' : 'prose'] };
}

function englishConfidence(word: string, where: Position): Confidence {
  const shouted = word === word.toUpperCase();
  if (where === 'stamp' && (shouted || word.includes(' '))) return 'high';
  if (shouted || where === 'document') return 'medium';
  return where === 'stamp' && /^[A-Z]/.test(word) ? 'medium' : 'low';
}

/** Told, but no sign that the document is one. */
function hint(match: Omit<Match, 'start'>): Omit<Match, 'start'> {
  return { ...match, confidence: 'low', reasons: ['prose'] };
}

/** Behind the leader of a comment, the value of a setting, or the name of a flag. */
function isOfCode({ text }: TextWindow, start: number, length: number): boolean {
  const line = text.slice(Math.max(0, text.lastIndexOf('\n', start - 1) + 1, start - 200), start);
  const isOfUse = /only|secret/i.test(text.slice(start, start + length));
  const isDocumented = SOURCE_DOCUMENTATION.test(text.slice(Math.max(0, start - DOCUMENTATION_REACH), start));
  return (
    (isOfUse && (COMMENT.test(line) || isDocumented)) ||
    QUOTED_BEFORE.test(line) ||
    MENTION_AFTER.test(text.slice(start + length, start + length + 8))
  );
}

function isAmongPictures(window: TextWindow, start: number): boolean {
  const fewest = QUOTED_BEFORE.test(window.text.slice(Math.max(0, start - 3), start)) ? 1 : FEWEST_PICTURES;
  return window.countBetween(PICTURE, start - PICTURE_REACH, start + PICTURE_REACH) >= fewest;
}

/** Three bytes are met at random: in bytes that are no text the sign needs brackets or a line of more. */
function mayBeChance(window: TextWindow, start: number): boolean {
  if (!window.isOfStrings(start) || window.lineAround(start).trim().length >= FEWEST_IN_STRINGS) return false;
  const isOpened = BRACKETED.test(window.text.slice(Math.max(0, start - 3), start));
  return !isOpened || !CLOSED.test(window.text.slice(start + SIGN.length, start + SIGN.length + 3));
}

function isStamp(window: TextWindow, start: number, length: number): boolean {
  const before = window.text.slice(Math.max(0, start - 3), start);
  if (BRACKETED.test(before)) return true;
  if (COMES_FROM.test(before) || GOES_ON.test(window.text.slice(start + length, start + length + 2))) return false;
  return window.lineAround(start).trim().length <= LONGEST_STAMP_LINE;
}

import type { Confidence } from '../../../contracts/finding.ts';
import type { Detector, Match } from '../detector.ts';
import type { TextWindow } from '../text-window.ts';

const JAPANESE_MARK = /社 ?外 ?秘|極 ?秘|部外秘|関係者外秘|マル秘|丸秘|厳秘|\(秘\)|取扱(?:い)?(?:厳重)?注意/g;
const ENGLISH_MARK =
  /(?<![A-Za-z])(?:(?:strictly|company|highly) )?confidential(?![A-Za-z])|(?<![A-Za-z])(?:internal use only|top secret)(?![A-Za-z])/gi;
const WHOLE_JAPANESE = /^(?:社外秘|極秘|部外秘|関係者外秘|マル秘|丸秘|厳秘|取扱い?(?:厳重)?注意)$/;
const WHOLE_ENGLISH = /^confidential$/i;
/** A stamp stands alone on its line or in brackets; a sentence about confidentiality is longer. */
const LONGEST_STAMP_LINE = 32;
const BRACKETED = /[【[(<《〔「『*=][ 　]{0,2}$/;

/** Confidentiality stamps: 社外秘, 極秘, 部外秘, ㊙, 取扱注意, CONFIDENTIAL. The plain English word in prose is only a hint. */
export const confidentialKeyword: Detector = {
  id: 'keyword.confidential',
  scan(window, report) {
    for (const found of window.text.matchAll(JAPANESE_MARK)) {
      report.match({ start: found.index, ...japanese(found[0], isStamp(window, found.index)) });
    }
    for (const found of window.text.matchAll(ENGLISH_MARK)) {
      report.match({ start: found.index, ...english(found[0], isStamp(window, found.index)) });
    }
  },
  glance(sight) {
    const { written } = sight;
    const isEnglish = WHOLE_ENGLISH.test(written);
    if (!isEnglish && !WHOLE_JAPANESE.test(written)) return undefined;
    if (isEnglish && (/(?:[A-Za-z]|strictly |company |highly )$/i.test(sight.before) || /^[A-Za-z]/.test(sight.after))) return undefined;
    if (sight.touchesWide) return undefined;
    const stamped = sight.lineLength(LONGEST_STAMP_LINE) <= LONGEST_STAMP_LINE || BRACKETED.test(sight.textBefore(12));
    return isEnglish ? english(written, stamped) : japanese(written, stamped);
  },
  // The stamp itself is no secret.
  mask: (value) => value,
};

function japanese(mark: string, stamped: boolean): Omit<Match, 'start'> {
  const weak = mark.startsWith('取扱');
  return {
    value: mark.replaceAll(' ', ''),
    confidence: stamped ? 'high' : weak ? 'low' : 'medium',
    reasons: [stamped ? 'label' : 'prose'],
  };
}

function english(mark: string, stamped: boolean): Omit<Match, 'start'> {
  return { value: mark.toLowerCase(), confidence: englishConfidence(mark, stamped), reasons: [stamped ? 'label' : 'prose'] };
}

function englishConfidence(word: string, stamped: boolean): Confidence {
  const shouted = word === word.toUpperCase();
  if (stamped && (shouted || word.includes(' '))) return 'high';
  if (shouted) return 'medium';
  return stamped && /^[A-Z]/.test(word) ? 'medium' : 'low';
}

function isStamp(window: TextWindow, start: number): boolean {
  return window.lineAround(start).trim().length <= LONGEST_STAMP_LINE || BRACKETED.test(window.text.slice(Math.max(0, start - 3), start));
}

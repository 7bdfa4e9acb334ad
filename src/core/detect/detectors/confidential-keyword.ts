import type { Confidence } from '../../../contracts/finding.ts';
import type { Detector } from '../detector.ts';
import type { TextWindow } from '../text-window.ts';

const JAPANESE_MARK = /社 ?外 ?秘|極 ?秘|部外秘|関係者外秘|マル秘|丸秘|厳秘|\(秘\)|取扱(?:い)?(?:厳重)?注意/g;
const ENGLISH_MARK =
  /(?<![A-Za-z])(?:(?:strictly|company|highly) )?confidential(?![A-Za-z])|(?<![A-Za-z])(?:internal use only|top secret)(?![A-Za-z])/gi;
/** A stamp stands alone on its line or in brackets; a sentence about confidentiality is longer. */
const LONGEST_STAMP_LINE = 32;
const BRACKETED = /[【[(<《〔「『*=][ 　]{0,2}$/;

/** Confidentiality stamps: 社外秘, 極秘, 部外秘, ㊙, 取扱注意, CONFIDENTIAL. The plain English word in prose is only a hint. */
export const confidentialKeyword: Detector = {
  id: 'keyword.confidential',
  scan(window, report) {
    for (const found of window.text.matchAll(JAPANESE_MARK)) {
      const stamped = isStamp(window, found.index);
      const weak = found[0].startsWith('取扱');
      report.match({
        start: found.index,
        value: found[0].replaceAll(' ', ''),
        confidence: stamped ? 'high' : weak ? 'low' : 'medium',
        reasons: [stamped ? 'label' : 'prose'],
      });
    }
    for (const found of window.text.matchAll(ENGLISH_MARK)) {
      const stamped = isStamp(window, found.index);
      report.match({
        start: found.index,
        value: found[0].toLowerCase(),
        confidence: englishConfidence(found[0], stamped),
        reasons: [stamped ? 'label' : 'prose'],
      });
    }
  },
  // The stamp itself is no secret.
  mask: (value) => value,
};

function englishConfidence(word: string, stamped: boolean): Confidence {
  const shouted = word === word.toUpperCase();
  if (stamped && (shouted || word.includes(' '))) return 'high';
  if (shouted) return 'medium';
  return stamped && /^[A-Z]/.test(word) ? 'medium' : 'low';
}

function isStamp(window: TextWindow, start: number): boolean {
  return window.lineAround(start).trim().length <= LONGEST_STAMP_LINE || BRACKETED.test(window.text.slice(Math.max(0, start - 3), start));
}

import type { KeywordList } from '../../../contracts/effect.ts';
import type { Detector } from '../detector.ts';
import { normalise } from '../normalise.ts';

/** A policy's own words, reported as `custom.<id>`: plain text after NFKC, without regard to case. */
export function keywordDetectors(lists: readonly KeywordList[]): Detector[] {
  return lists.map(({ id, words }) => {
    const pattern = new RegExp(words.map((word) => escape(normalise(word))).join('|'), 'giu');
    return {
      id: `custom.${id}`,
      scan({ text }, report) {
        for (const found of text.matchAll(pattern)) {
          report.match({ start: found.index, value: found[0].toLowerCase(), confidence: 'high', reasons: ['policy-keyword'] });
        }
      },
      // Chosen by the admin to be looked for, and shown in the policy anyway.
      mask: (value) => value,
    };
  });
}

function escape(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, (character) => `\\${character}`);
}

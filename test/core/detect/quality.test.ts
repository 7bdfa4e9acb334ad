import { describe, expect, it } from 'vitest';
import { corpus } from '../../../bench/detect-quality/corpus.ts';
import { measure } from '../../../bench/detect-quality/score.ts';
import { DETECTORS } from '../../../src/core/detect/detectors/index.ts';
import type { Match } from '../../../src/core/detect/detector.ts';
import { normalise } from '../../../src/core/detect/normalise.ts';
import { CONTEXT_REACH, TextWindow } from '../../../src/core/detect/text-window.ts';

const SIZE = { each: 12, documents: 6 } as const;

/** Other seeds than the benchmark's, so that neither is tuned to the other. */
describe.each([31, 32])('a small corpus of seed %d', (seed) => {
  const quality = measure(corpus(seed, SIZE));

  it.each(DETECTORS.map(({ id }) => id))('%s is found, and little else is taken for it', (id) => {
    const score = quality.detectors.get(id);
    if (score === undefined) throw new Error(`the corpus holds no ${id}`);
    expect(score.right / score.expected).toBeGreaterThanOrEqual(0.95);
    expect(score.right / score.found).toBeGreaterThanOrEqual(0.95);
  });

  it('counts the people of its tables within one in a hundred', () => {
    for (const { expected, away } of quality.persons.values()) expect(away).toBeLessThanOrEqual(expected / 100);
  });
});

/** Beyond the reach of any context, whatever a detector looks for before it begins: digits of all lengths, signs, names. */
const ANCHORS = `${' '.repeat(2 * CONTEXT_REACH)}\n${Array.from({ length: 19 }, (_, length) => '7'.repeat(length + 1)).join(' ')} 1.1 1-1 :: @ :// ghp_ github_pat_ AIza GOCSPX- xoxb xapp- eyJ 日生 市 名 name 生年月日 password 被保険者番号 記号`;

describe('looking for anchors first', () => {
  it('changes nothing: each detector finds the same in a text as beside every anchor', () => {
    for (const { segments } of corpus(33, SIZE)) {
      const text = segments.map((segment) => normalise(segment.kind === 'text' ? segment.text : segment.cells.join('\t'))).join('\n');
      for (const detector of DETECTORS) {
        const alone = matches(detector, text, text.length);
        expect(matches(detector, text + ANCHORS, text.length)).toEqual(alone);
      }
    }
  });
});

function matches(detector: (typeof DETECTORS)[number], text: string, end: number): Match[] {
  const found: Match[] = [];
  const match = (each: Match): void => {
    if (each.start < end) found.push(each);
  };
  detector.scan(new TextWindow(text, []), { match, miss: () => undefined });
  return found;
}

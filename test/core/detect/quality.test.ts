import { describe, expect, it } from 'vitest';
import { corpus } from '../../../bench/detect-quality/corpus.ts';
import { measure } from '../../../bench/detect-quality/score.ts';
import { DETECTORS } from '../../../src/core/detect/detectors/index.ts';

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

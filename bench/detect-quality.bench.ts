import { corpus } from './detect-quality/corpus.ts';
import { measure } from './detect-quality/score.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const SIZE = { each: 200, documents: 100 } as const;

/** Recall and precision against a generated corpus with known truth, at medium confidence or higher. */
export const bench: Bench = {
  name: 'detect-quality',
  title: `Quality of detection (generated corpus, seed ${SEED}; findings at medium confidence or higher)`,
  run(report) {
    const { detectors, persons, confusion } = measure(corpus(SEED, SIZE));
    for (const [detector, { expected, found, right }] of detectors) {
      const note = `${expected} planted, ${found} found`;
      report({ what: `${detector}: recall`, value: expected === 0 ? 1 : right / expected, unit: '', note });
      report({ what: `${detector}: precision`, value: found === 0 ? 1 : right / found, unit: '', note });
    }
    for (const [kind, { tables, expected, away, exact }] of persons) {
      const note = `${away} away of ${expected}; ${exact} of ${tables} tables exact`;
      report({
        what: `persons, ${kind}: error`,
        value: expected === 0 ? away : (100 * away) / expected,
        unit: expected === 0 ? '' : '%',
        note,
      });
    }
    for (const [pair, count] of [...confusion].toSorted((a, b) => b[1] - a[1]))
      report({ what: `taken for: ${pair}`, value: count, unit: '' });
    return Promise.resolve();
  },
};

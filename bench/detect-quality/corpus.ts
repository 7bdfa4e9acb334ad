import { accessLog, form, goodsTable, lookAlike, mail, peopleTable, type Sample, single, sourceCode } from './documents.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { POSITIVES } from './positives.ts';
import { Random } from './random.ts';

export interface CorpusSize {
  /** Samples of each detector and of each kind of look-alike. */
  readonly each: number;
  /** Samples of each kind of whole document. */
  readonly documents: number;
}

/** The corpus of a seed, the same on every run. */
export function* corpus(seed: number, { each, documents }: CorpusSize): Generator<Sample> {
  const random = new Random(seed);
  for (const detector of Object.keys(POSITIVES)) for (let index = 0; index < each; index++) yield single(random, detector);
  for (const kind of Object.keys(LOOK_ALIKES)) for (let index = 0; index < each; index++) yield lookAlike(random, kind);
  for (let index = 0; index < documents; index++) {
    yield mail(random);
    yield form(random);
    yield peopleTable(random, { headed: true });
    yield peopleTable(random, { headed: false });
    yield peopleTable(random, { headed: true, sheets: 2 });
    yield goodsTable(random);
    yield accessLog(random);
    yield sourceCode(random);
  }
}

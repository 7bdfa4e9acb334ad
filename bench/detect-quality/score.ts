import { Collector, type Detection } from '../../src/core/detect/index.ts';
import type { Sample } from './documents.ts';

/** Distinct values of one detector over the corpus. A file's values are matched by number: samples are masked. */
export interface Score {
  expected: number;
  found: number;
  right: number;
}

export interface PersonScore {
  tables: number;
  expected: number;
  /** Rows that the count is away from the truth, at its worse end. */
  away: number;
  exact: number;
}

export interface Quality {
  readonly detectors: Map<string, Score>;
  /** By kind of table. */
  readonly persons: Map<string, PersonScore>;
  /** `kind of sample → detector` with how many values it was taken for. */
  readonly confusion: Map<string, number>;
}

export function detect({ segments }: Sample): Detection {
  const collector = new Collector();
  for (const segment of segments) collector.add(segment);
  return collector.finish();
}

/** Counts what policies count: findings at medium confidence or higher. `seen` is shown every sample that went wrong. */
export function measure(samples: Iterable<Sample>, seen?: (sample: Sample, detector: string, found: number) => void): Quality {
  const quality: Quality = { detectors: new Map(), persons: new Map(), confusion: new Map() };
  for (const sample of samples) {
    const detection = detect(sample);
    const found = new Map<string, number>();
    for (const { detector, confidence, distinct } of detection.findings) {
      if (confidence !== 'low') found.set(detector, (found.get(detector) ?? 0) + distinct);
    }
    for (const detector of new Set([...found.keys(), ...Object.keys(sample.expected)])) {
      const [expected, actual] = [sample.expected[detector] ?? 0, found.get(detector) ?? 0];
      const score = quality.detectors.get(detector) ?? { expected: 0, found: 0, right: 0 };
      quality.detectors.set(detector, score);
      score.expected += expected;
      score.found += actual;
      score.right += Math.min(expected, actual);
      if (expected !== actual) seen?.(sample, detector, actual);
      if (actual > expected) {
        const key = `${sample.kind} → ${detector}`;
        quality.confusion.set(key, (quality.confusion.get(key) ?? 0) + actual - expected);
      }
    }
    scorePersons(quality.persons, sample, detection, seen);
  }
  return quality;
}

function scorePersons(
  persons: Map<string, PersonScore>,
  sample: Sample,
  { persons: { from, to } }: Detection,
  seen: ((sample: Sample, detector: string, found: number) => void) | undefined,
): void {
  if (sample.persons === undefined) return;
  const score = persons.get(sample.kind) ?? { tables: 0, expected: 0, away: 0, exact: 0 };
  persons.set(sample.kind, score);
  const away = Math.max(Math.abs(from - sample.persons), Math.abs(to - sample.persons));
  score.tables++;
  score.expected += sample.persons;
  score.away += away;
  if (away === 0) score.exact++;
  else seen?.(sample, `persons ${from}-${to}`, sample.persons);
}

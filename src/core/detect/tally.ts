import { CONFIDENCES, type Confidence, type Finding, type Place } from '../../contracts/finding.ts';
import type { Detector, Match, Reason } from './detector.ts';
import type { Column } from './text-window.ts';

const MOST_SAMPLES = 5;
const MOST_FINDINGS = 64;
/** Columns kept apart; matches in later ones share one scope. Bounds memory on a sheet of 16,384 columns. */
const MOST_SCOPES = 512;
/** This many valid numbers, and four for each invalid one, in one column or text are no chance: one in ten random numbers is valid. */
const REPEATED = 3;
const VALID_TO_INVALID = 4;

interface Bucket {
  readonly detector: Detector;
  readonly confidence: Confidence;
  readonly provisional: boolean;
  readonly scope: string;
  readonly headed: boolean;
  readonly shared: boolean;
  readonly values: Set<string>;
  readonly reasons: Set<Reason>;
  readonly where: Place[];
  count: number;
}

/** A kind of value in a file: its confidence settled, its values still in the clear. Stays inside detection. */
export interface Settled {
  readonly detector: Detector;
  readonly confidence: Confidence;
  /** In a table with headings, where rows are counted as persons instead. */
  readonly headed: boolean;
  /** Values that many people have in common. */
  readonly shared: boolean;
  readonly values: ReadonlySet<string>;
}

/** Adds up the matches of one file, column by column, and settles their confidence at the end. */
export class Tally {
  readonly #buckets = new Map<string, Bucket>();
  readonly #misses = new Map<string, number>();
  readonly #scopes = new Set<string>();

  match(detector: Detector, match: Match, column: Column | undefined, place: () => Place): void {
    const scope = this.#scope(column);
    const provisional = match.provisional === true;
    const shared = match.shared === true;
    const key = `${detector.id} ${match.confidence} ${provisional} ${shared} ${scope}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      const headed = column?.counted === true;
      bucket = {
        detector,
        confidence: match.confidence,
        provisional,
        scope,
        headed,
        shared,
        values: new Set(),
        reasons: new Set(),
        where: [],
        count: 0,
      };
      this.#buckets.set(key, bucket);
    }
    bucket.count++;
    bucket.values.add(match.value);
    for (const reason of match.reasons) bucket.reasons.add(reason);
    if (bucket.where.length < MOST_SAMPLES) bucket.where.push(place());
  }

  miss(detector: Detector, column: Column | undefined): void {
    const key = `${detector.id} ${this.#scope(column)}`;
    this.#misses.set(key, (this.#misses.get(key) ?? 0) + 1);
  }

  settled(): Settled[] {
    return [...this.#buckets.values()].map((bucket) => {
      const { detector, headed, shared, values } = bucket;
      return { detector, headed, shared, values, confidence: this.#confidence(bucket) };
    });
  }

  /** One finding for each detector and confidence, the most certain first. */
  findings(): Finding[] {
    const groups = new Map<string, { confidence: Confidence; buckets: Bucket[] }>();
    for (const bucket of this.#buckets.values()) {
      const confidence = this.#confidence(bucket);
      const key = `${bucket.detector.id} ${confidence}`;
      const group = groups.get(key) ?? { confidence, buckets: [] };
      group.buckets.push(bucket);
      groups.set(key, group);
    }
    const counted = new Map<string, Set<string>>();
    return [...groups.values()]
      .toSorted((a, b) => CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence))
      .map(({ confidence, buckets }) => this.#finding(confidence, buckets, counted))
      .filter(({ distinct }) => distinct > 0)
      .slice(0, MOST_FINDINGS);
  }

  /** `counted` holds each detector's values of higher confidence: one value is distinct once, though it may be met often. */
  #finding(confidence: Confidence, buckets: readonly Bucket[], counted: Map<string, Set<string>>): Finding {
    const [first] = buckets;
    if (first === undefined) throw new TypeError('a finding needs a match');
    const known = counted.get(first.detector.id) ?? new Set<string>();
    counted.set(first.detector.id, known);
    const values = new Set<string>();
    const reasons = new Set<string>();
    for (const bucket of buckets) {
      for (const value of bucket.values) if (!known.has(value)) values.add(value);
      for (const reason of bucket.reasons) reasons.add(reason);
      if (bucket.provisional && confidence !== bucket.confidence) reasons.add('repeated');
    }
    const samples = new Set<string>();
    for (const value of values) known.add(value);
    for (const value of values) {
      samples.add(first.detector.mask(value).slice(0, 64));
      if (samples.size === MOST_SAMPLES) break;
    }
    return {
      detector: first.detector.id,
      confidence,
      count: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
      distinct: values.size,
      samples: [...samples],
      where: buckets.flatMap((bucket) => bucket.where).slice(0, MOST_SAMPLES),
      reasons: [...reasons].slice(0, 8),
    };
  }

  #confidence(bucket: Bucket): Confidence {
    if (!bucket.provisional) return bucket.confidence;
    const misses = this.#misses.get(`${bucket.detector.id} ${bucket.scope}`) ?? 0;
    return bucket.values.size >= REPEATED && bucket.count >= misses * VALID_TO_INVALID ? 'high' : bucket.confidence;
  }

  #scope(column: Column | undefined): string {
    if (column === undefined) return 'text';
    const scope = `${column.table}/${column.index}`;
    if (!this.#scopes.has(scope)) {
      if (this.#scopes.size >= MOST_SCOPES) return column.counted ? 'more columns' : 'text';
      this.#scopes.add(scope);
    }
    return scope;
  }
}

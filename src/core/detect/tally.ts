import { CONFIDENCES, DETECTOR_IDS } from '../../contracts/finding-names.ts';
import type { Confidence, Finding, Place } from '../../contracts/finding.ts';
import type { Detector, Match, Script } from './detector.ts';
import type { Reason } from './reason.ts';
import { HashIndex } from './hash-index.ts';
import type { MissKind } from './scanner/index.ts';
import type { Column } from './text-window.ts';
import { hashOf } from './value-hash.ts';

const MOST_SAMPLES = 5;
const MOST_FINDINGS = 64;
/** Columns kept apart; matches in later ones share one scope. Bounds memory on a sheet of 16,384 columns. */
const MOST_SCOPES = 512;
/** This many valid numbers, and four for each invalid one, in one column or text are no chance: one in ten random numbers is valid. */
const REPEATED = 3;
const VALID_TO_INVALID = 4;

/** Distinct values known of one file; past them a kind's number of distinct values is a least. Bounds memory at some 50 MB. */
const MOST_VALUES = 1_000_000;
/** Of so many the text itself is kept, to choose samples from. */
const MOST_KEPT = 32;
const TEXT = 'text';

interface Bucket {
  readonly detector: Detector;
  readonly confidence: Confidence;
  readonly provisional: boolean;
  readonly scope: string;
  readonly headed: boolean;
  readonly shared: boolean;
  readonly script: Script | undefined;
  readonly values: HashIndex;
  readonly kept: string[];
  readonly reasons: Set<Reason>;
  readonly where: Place[];
  lastReasons: readonly Reason[] | undefined;
  count: number;
}

function order({ buckets: [first] }: { buckets: readonly Bucket[] }): number {
  const place = (DETECTOR_IDS as readonly string[]).indexOf(first?.detector.id ?? '');
  return place < 0 ? DETECTOR_IDS.length : place;
}

/** A kind of value in a file, its confidence settled. Stays inside detection. */
export interface Settled {
  readonly detector: Detector;
  readonly confidence: Confidence;
  /** In a table with headings, where rows are counted as persons instead. */
  readonly headed: boolean;
  /** Values that many people have in common. */
  readonly shared: boolean;
  /** Of a detector that tells. */
  readonly script: Script | undefined;
  /** By `hashOf`. */
  readonly values: HashIndex;
}

/** Adds up the matches of one file, column by column, and settles their confidence at the end. */
export class Tally {
  readonly #buckets = new Map<Detector, Bucket[]>();
  #values = 0;
  #room = MOST_VALUES;
  readonly #misses = new Map<string, number>();
  readonly #allScopes = new Set<string>();
  /** Those of the table in hand, by column. */
  #scopes: string[] = [];
  #table = -1;

  match(detector: Detector, match: Omit<Match, 'start'>, column: Column | undefined, place: () => Place): void {
    const bucket = this.#bucketOf(detector, match, column);
    bucket.count++;
    if (bucket.values.size < this.#room) this.#addValue(bucket, match.value);
    // The same list is the same reasons: most matches of a kind share one.
    if (bucket.lastReasons !== match.reasons) {
      for (const reason of match.reasons) bucket.reasons.add(reason);
      bucket.lastReasons = match.reasons;
    }
    if (bucket.where.length < MOST_SAMPLES) bucket.where.push(place());
  }

  #addValue(bucket: Bucket, value: string): void {
    const { size } = bucket.values;
    bucket.values.add(hashOf(value));
    if (bucket.values.size === size) return;
    if (size < MOST_KEPT) bucket.kept.push(value);
    this.#values++;
    if (this.#values >= MOST_VALUES) this.#room = 0;
  }

  #bucketOf(detector: Detector, match: Omit<Match, 'start'>, column: Column | undefined): Bucket {
    const { confidence } = match;
    const provisional = match.provisional === true;
    const shared = match.shared === true;
    const script = detector.scriptOf?.(match.value);
    const scope = this.#scope(column);
    let buckets = this.#buckets.get(detector);
    if (buckets === undefined) {
      buckets = [];
      this.#buckets.set(detector, buckets);
    }
    for (const bucket of buckets) {
      if (bucket.confidence !== confidence || bucket.provisional !== provisional) continue;
      if (bucket.shared === shared && bucket.script === script && bucket.scope === scope) return bucket;
    }
    const bucket = {
      detector,
      confidence,
      provisional,
      scope,
      headed: column?.counted === true,
      shared,
      script,
      values: new HashIndex(),
      kept: [],
      reasons: new Set<Reason>(),
      lastReasons: undefined,
      where: [],
      count: 0,
    };
    buckets.push(bucket);
    return bucket;
  }

  /** Something of the right shape failed its check digit: evidence against the others of its column. */
  miss(detector: Detector, column: Column): void {
    this.#addMisses(`${detector.id} ${this.#scope(column)}`, 1);
    this.#addMisses(`${detector.id} columns`, 1);
  }

  /** Counts the misses outside columns, once all text is read: `all` tells how many of a kind there were in all. */
  missText(kinds: readonly MissKind[], all: (kind: MissKind) => number): void {
    for (const kind of kinds) this.#addMisses(`${kind} ${TEXT}`, Math.max(0, all(kind) - (this.#misses.get(`${kind} columns`) ?? 0)));
  }

  #addMisses(key: string, count: number): void {
    this.#misses.set(key, (this.#misses.get(key) ?? 0) + count);
  }

  settled(): Settled[] {
    return this.#all().map((bucket) => {
      const { detector, headed, shared, script, values } = bucket;
      return { detector, headed, shared, script, values, confidence: this.#confidence(bucket) };
    });
  }

  /** One finding for each detector and confidence, the most certain first, then in the order of the contract's ids. */
  findings(): Finding[] {
    const groups = new Map<string, { confidence: Confidence; buckets: Bucket[] }>();
    for (const bucket of this.#all()) {
      const confidence = this.#confidence(bucket);
      const key = `${bucket.detector.id} ${confidence}`;
      const group = groups.get(key) ?? { confidence, buckets: [] };
      group.buckets.push(bucket);
      groups.set(key, group);
    }
    const counted = new Map<string, HashIndex>();
    return [...groups.values()]
      .toSorted((a, b) => CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) || order(a) - order(b))
      .map(({ confidence, buckets }) => this.#finding(confidence, buckets, counted))
      .filter(({ distinct }) => distinct > 0)
      .slice(0, MOST_FINDINGS);
  }

  /** `counted` holds each detector's values of higher confidence: one value is distinct once, though it may be met often. */
  #finding(confidence: Confidence, buckets: readonly Bucket[], counted: Map<string, HashIndex>): Finding {
    const [first] = buckets;
    if (first === undefined) throw new TypeError('a finding needs a match');
    const known = counted.get(first.detector.id);
    const samples = new Set<string>();
    const reasons = new Set<string>();
    for (const bucket of buckets) {
      for (const value of bucket.kept) {
        if (samples.size < MOST_SAMPLES && known?.has(hashOf(value)) !== true) samples.add(first.detector.mask(value).slice(0, 64));
      }
      for (const reason of bucket.reasons) reasons.add(reason);
      if (bucket.provisional && confidence !== bucket.confidence) reasons.add('repeated');
    }
    const all = united([...(known === undefined ? [] : [known]), ...buckets.map(({ values }) => values)]);
    counted.set(first.detector.id, all);
    return {
      detector: first.detector.id,
      confidence,
      count: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
      distinct: all.size - (known?.size ?? 0),
      samples: [...samples],
      where: buckets.flatMap((bucket) => bucket.where).slice(0, MOST_SAMPLES),
      reasons: [...reasons].slice(0, 8),
    };
  }

  #all(): Bucket[] {
    return [...this.#buckets.values()].flat();
  }

  #confidence(bucket: Bucket): Confidence {
    if (!bucket.provisional) return bucket.confidence;
    const misses = this.#misses.get(`${bucket.detector.id} ${bucket.scope}`) ?? 0;
    return bucket.values.size >= REPEATED && bucket.count >= misses * VALID_TO_INVALID ? 'high' : bucket.confidence;
  }

  #scope(column: Column | undefined): string {
    if (column === undefined) return TEXT;
    if (column.table !== this.#table) {
      this.#table = column.table;
      this.#scopes = [];
    }
    const known = this.#scopes[column.index];
    if (known !== undefined) return known;
    const scope = `${column.table}/${column.index}`;
    if (!this.#allScopes.has(scope) && this.#allScopes.size >= MOST_SCOPES) return column.counted ? 'more columns' : TEXT;
    this.#allScopes.add(scope);
    this.#scopes[column.index] = scope;
    return scope;
  }
}

/** The only one as it is, for a copy of the values of a long list costs as much as to gather them. */
function united([first = new HashIndex(), ...others]: readonly HashIndex[]): HashIndex {
  if (others.length === 0) return first;
  const all = new HashIndex();
  for (const values of [first, ...others]) for (const value of values) all.add(value);
  return all;
}

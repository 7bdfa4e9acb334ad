import type { ErrorCode } from '../../contracts/errors.ts';
import type { UnreadableReason } from '../../contracts/finding.ts';
import type { Action } from '../../contracts/verdict.ts';
import type { LeftOutReason } from '../walk-files.ts';
import { isSensitive, type ScannedFile, type ScanSummary } from './report-schema.ts';

/** The sums of a scan as it goes. Small whatever is scanned: nothing in it grows with the number of files. */
export class Tally {
  #files = 0;
  #bytes = 0;
  #reused = 0;
  #sensitive = 0;
  readonly #persons = { from: 0, to: 0 };
  readonly #actions: Record<Action, number> = { allow: 0, record: 0, warn: 0, justify: 0, encrypt: 0, block: 0 };
  readonly #rules = new Counter<string | null>();
  readonly #detectors = new Counter<string>();
  readonly #distinct = new Counter<string>();
  readonly #unreadable = new Counter<UnreadableReason>();
  readonly #errors = new Counter<ErrorCode>();
  readonly #leftOut = new Counter<LeftOutReason>();

  addFile({ bytes, findings, persons, personsFrom, unreadable = [], verdict, reused }: ScannedFile): void {
    this.#files += 1;
    this.#bytes += bytes;
    if (reused === true) this.#reused += 1;
    if (isSensitive(verdict.action)) this.#sensitive += 1;
    this.#persons.from += personsFrom ?? persons;
    this.#persons.to += persons;
    this.#actions[verdict.action] += 1;
    if (isSensitive(verdict.action)) this.#rules.add(verdict.rule);
    for (const { detector, confidence, distinct } of findings) {
      if (confidence === 'low') continue;
      this.#detectors.add(detector);
      this.#distinct.add(detector, distinct);
    }
    for (const reason of new Set(unreadable.map((each) => each.reason))) this.#unreadable.add(reason);
  }

  addError(code: ErrorCode): void {
    this.#errors.add(code);
  }

  addLeftOut(reason: LeftOutReason): void {
    this.#leftOut.add(reason);
  }

  get sensitive(): number {
    return this.#sensitive;
  }

  summary(): ScanSummary {
    return {
      files: this.#files,
      bytes: this.#bytes,
      reused: this.#reused,
      sensitive: this.#sensitive,
      actions: { ...this.#actions },
      rules: this.#rules.entries().map(([rule, files]) => ({ rule, files })),
      detectors: this.#detectors.entries().map(([detector, files]) => ({ detector, files, distinct: this.#distinct.of(detector) })),
      persons: { ...this.#persons },
      unreadable: this.#unreadable.entries().map(([reason, files]) => ({ reason, files })),
      errors: this.#errors.entries().map(([code, count]) => ({ code, count })),
      leftOut: this.#leftOut.entries().map(([reason, count]) => ({ reason, count })),
    };
  }
}

class Counter<K extends string | null> {
  readonly #counts = new Map<K, number>();

  add(key: K, by = 1): void {
    this.#counts.set(key, this.of(key) + by);
  }

  of(key: K): number {
    return this.#counts.get(key) ?? 0;
  }

  /** The most first; equal ones by name, so that two scans of the same files read the same. */
  entries(): [K, number][] {
    return [...this.#counts].toSorted(([a, many], [b, more]) => more - many || (String(a) < String(b) ? -1 : 1));
  }
}

import type { Failure } from '../../contracts/errors.ts';
import type { Inspection } from '../../contracts/finding.ts';
import type { Policy } from '../../contracts/policy.ts';
import { ACTIONS, type Action, type Verdict } from '../../contracts/verdict.ts';
import type { Volume } from '../../contracts/volume.ts';
import { decideFile } from '../../core/policy/decide-file.ts';
import { walkFiles, type LeftOut, type WalkedFile, type WalkOptions, type WalkRoot } from '../walk-files.ts';
import { inOrder } from './in-order.ts';
import type { InspectOnce } from './inspect-once.ts';
import type { ScanOutput } from './output.ts';
import type { ProgressDisplay } from './progress.ts';
import type { ScannedFile } from './report-schema.ts';
import type { ResultTable } from './result-table.ts';
import type { Tally } from './tally.ts';

export interface ScanOptions {
  readonly roots: readonly WalkRoot[];
  readonly walk: WalkOptions;
  readonly jobs: number;
  readonly policy: Policy;
  readonly user: string;
  readonly host: string;
  readonly failOn?: Action | undefined;
  readonly once: InspectOnce;
  readonly tally: Tally;
  readonly results: ResultTable;
  readonly output: ScanOutput;
  readonly progress: ProgressDisplay;
  readonly clock: { now(): number };
  /** Whether a second walk counts what there is, for the time left. */
  readonly count: boolean;
  readonly signal: AbortSignal;
}

export interface ScanOutcome {
  /** Nothing stopped it. */
  readonly complete: boolean;
  /** A verdict is at least `failOn`. */
  readonly reached: boolean;
  /** A path that was asked for by itself could not be looked into. */
  readonly missing: boolean;
}

/** Results that wait for a slow file before them. Each is a few hundred bytes. */
const WAITING = 2048;

type Told =
  | { readonly kind: 'file'; readonly file: WalkedFile; readonly scanned: ScannedFile }
  | { readonly kind: 'error'; readonly shown: string; readonly named: boolean; readonly bytes: number; readonly error: Failure }
  | LeftOut;

/** Looks into everything below the roots, in order, and tells `output`, `tally` and `results`. */
export async function runScan(options: ScanOptions): Promise<ScanOutcome> {
  const { jobs, signal, clock, output, progress, results, tally } = options;
  const started = clock.now();
  const counted = options.count ? new Counted(options) : undefined;
  let [files, bytes, reached, missing] = [0, 0, false, false];
  // More tasks than workers: each finds the next file hashed and waiting, and the inspector has small ones to choose from.
  for await (const told of inOrder(tasks(options), { atOnce: jobs * 4, waiting: WAITING })) {
    if (signal.aborted || told === null) break;
    if (told.kind === 'left-out') {
      const { shown: path, reason, filesystem } = told;
      const entry = { path, reason, ...(filesystem === undefined ? {} : { filesystem }) };
      tally.addLeftOut(reason);
      if (reason !== 'excluded') results.addLeftOut(entry);
      output.leftOut(entry);
      continue;
    }
    if (told.kind === 'error') {
      const { code, message } = told.error;
      const failed = { path: told.shown, error: { code, message } };
      const quiet = code === 'DLP_FILE_NOT_REGULAR' && !told.named;
      tally.addError(code);
      if (!quiet) results.addError(failed);
      output.error(failed, quiet);
      missing ||= told.named;
    } else {
      tally.addFile(told.scanned);
      results.addFile(told.scanned);
      output.file(told.scanned);
      reached ||= isAtLeast(told.scanned.verdict.action, options.failOn);
    }
    files += told.kind === 'file' ? 1 : 0;
    bytes += told.kind === 'file' ? told.file.bytes : told.bytes;
    const { shown: path } = told.kind === 'file' ? told.file : told;
    progress.update({ files, bytes, sensitive: tally.sensitive, path, total: counted?.total ?? null, elapsed: clock.now() - started });
  }
  return { complete: !signal.aborted, reached, missing };
}

/** What a quick walk beside the scan counts. Its errors are the scan's to tell. */
class Counted {
  total: { readonly files: number; readonly bytes: number } | null = null;

  constructor(options: ScanOptions) {
    // A walk that fails leaves the total unknown, and meets the scan as well.
    void this.#count(options).catch(() => undefined);
  }

  async #count({ roots, walk, signal }: ScanOptions): Promise<void> {
    let [files, bytes] = [0, 0];
    for (const root of roots) {
      for await (const found of walkFiles(root, walk)) {
        if (signal.aborted) return;
        if (found.kind !== 'file') continue;
        found.release();
        files += 1;
        bytes += found.bytes;
      }
    }
    this.total = { files, bytes };
  }
}

async function* tasks(options: ScanOptions): AsyncGenerator<() => Promise<Told | null>> {
  for (const root of options.roots) {
    for await (const found of walkFiles(root, options.walk)) {
      if (options.signal.aborted) return;
      if (found.kind === 'left-out') yield () => Promise.resolve(found);
      else if (found.kind === 'error') yield () => Promise.resolve({ ...found, bytes: 0 });
      else yield () => lookInto(found, options);
    }
  }
}

/** Null when the scan was stopped meanwhile: what an inspector says while it closes is not about the file. */
async function lookInto(file: WalkedFile, { once, policy, user, host, signal }: ScanOptions): Promise<Told | null> {
  try {
    const inspected = await once.inspect(file);
    if (signal.aborted) return null;
    const { shown, named, bytes } = file;
    if (!inspected.ok) return { kind: 'error', shown, named, bytes, error: inspected.error };
    const { inspection, reused } = inspected.value;
    const verdict = decideFile(policy, { path: shown, bytes: inspection.bytes, inspection, volume: NO_VOLUME, user, host });
    return { kind: 'file', file, scanned: scannedFileOf(shown, inspection, verdict, reused) };
  } finally {
    file.release();
  }
}

/** A scan asks what would happen on a stick in general: rules about one bus or serial do not hold. */
const NO_VOLUME: Volume = { id: 'scan', mountPoint: '/', filesystem: 'unknown', readOnly: true, bus: 'unknown', removable: true };

function scannedFileOf(path: string, inspection: Inspection, { action, rule }: Verdict, reused: boolean): ScannedFile {
  const { type, bytes, findings, persons, labels, unreadable, millis } = inspection;
  return {
    path,
    bytes,
    type,
    findings,
    // What may be a thousand people is told as a thousand; `personsFrom` says how few there may be.
    persons: persons.to,
    ...(persons.from === persons.to ? {} : { personsFrom: persons.from }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
    verdict: { action, rule: rule ?? null },
    ms: reused ? 0 : Math.round(millis * 10) / 10,
    ...(reused ? { reused } : {}),
  };
}

function isAtLeast(action: Action, than: Action | undefined): boolean {
  return than !== undefined && ACTIONS.indexOf(action) >= ACTIONS.indexOf(than);
}

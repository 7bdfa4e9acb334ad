import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, Scanner, type Engine } from '../src/core/detect/scanner/index.ts';
import { makeCorpus, type Corpus } from './scan/corpus.ts';
import { detect } from './scan/door.ts';
import { runClamscan, runHyperscan, runRipgrep, type Measured } from './scan/peers.ts';
import { inThreads } from './scan/threads.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const MEGABYTES = 64;
const CHUNK_BYTES = 262_144;
const RUNS = 5;
/** What is scanned before the clock runs, so that the code is compiled. */
const WARM_BYTES = 4_000_000;
const NO_CHECKS = 'matches; no check digits, no context, names only by honorific';
const NOTES: Readonly<Record<string, string>> = {
  'rg, shapes': 'counts lines',
  'clamscan --detect-structured': 'cards and social security numbers only; hashes as well',
  'plain scanner': 'no WebAssembly, to candidates',
};

/** One core each, processor time, the same corpus: bytes in, findings or candidates (ours) or matches (peers) out. */
export const bench: Bench = {
  name: 'scan',
  title: `Scanning ${MEGABYTES} MB of Japanese and English text (MB per processor second, one thread)`,
  async run(report) {
    const corpus = makeCorpus(SEED, MEGABYTES);
    const wasm = createEngine('wasm');
    const plain = createEngine('plain');
    if (wasm === undefined || plain === undefined) return report({ what: 'skipped: WebAssembly SIMD is missing', value: 0, unit: '' });
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-scan-'));
    const file = join(folder, 'corpus');
    writeFileSync(file, corpus.bytes);
    try {
      const findings: number[] = [];
      const candidates: number[] = [];
      const peers = new Map<string, number[]>();
      const missing = new Set<string>();
      const peer = (name: string, measured: Measured): void => {
        if (typeof measured === 'string') missing.add(`${name}: ${measured}`);
        else peers.set(name, [...(peers.get(name) ?? []), ...measured]);
      };
      detect(
        corpus.bytes,
        corpus.documents.filter(({ end }) => end < WARM_BYTES),
      );
      // In turn, so that a busy machine slows all of them.
      for (let run = 0; run < RUNS; run++) {
        findings.push(seconds(() => void detect(corpus.bytes, corpus.documents)));
        peer('Hyperscan, shapes', runHyperscan('shapes', folder, file, 1));
        candidates.push(seconds(() => scan(wasm, corpus)));
        peer('Hyperscan, forms', runHyperscan('forms', folder, file, 1));
        peer('rg, shapes', runRipgrep('shapes', folder, file, 1));
        peer('clamscan --detect-structured', runClamscan(folder, file, 1));
      }
      peers.set('plain scanner', [seconds(() => scan(plain, corpus))]);
      const rate = (taken: readonly number[]): number => corpus.bytes.length / 1e6 / median(taken);
      for (const [what, ours] of [
        ['bytes to findings, all detectors', findings],
        ['scanner alone, to candidates', candidates],
      ] as const) {
        for (const [name, taken] of peers) {
          const [value, peerValue] = [rate(ours), rate(taken)];
          report({ what, value, unit: 'MB/s', peer: name, peerValue, ratio: value / peerValue, note: NOTES[name] ?? NO_CHECKS });
        }
      }
      for (const reason of missing) report({ what: `skipped: ${reason}`, value: 0, unit: '' });
      const one = await inThreads(1, file, corpus.documents);
      const two = await inThreads(2, file, corpus.documents);
      report({
        what: 'bytes to findings, halves in two threads',
        value: rate([two]),
        unit: 'MB/s',
        peer: 'one thread',
        peerValue: rate([one]),
        ratio: one / two,
        note: 'by the clock',
      });
      const { share, count } = recall(wasm, corpus);
      report({ what: 'planted values among the candidates', value: share * 100, unit: '%', note: `${corpus.truth.length} planted` });
      report({ what: 'candidates', value: count / MEGABYTES, unit: '/MB' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function scan(engine: Engine, { bytes }: Corpus): void {
  const scanner = new Scanner(engine, () => undefined);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) scanner.push(bytes.subarray(at, at + CHUNK_BYTES));
  scanner.finish();
}

/** Share of the planted values that a candidate of the same kind overlaps. */
function recall(engine: Engine, { bytes, truth }: Corpus): { share: number; count: number } {
  const found = new Map<string, number[]>();
  let count = 0;
  const scanner = new Scanner(engine, ({ kind, start, end }) => {
    count++;
    const places = found.get(kind) ?? [];
    found.set(kind, places);
    places.push(start, end);
  });
  scanner.push(bytes);
  scanner.finish();
  const met = truth.filter(({ kind, start, end }) => overlaps(found.get(kind) ?? [], start, end)).length;
  return { share: met / truth.length, count };
}

/** `places` are starts and ends in turn, in order. */
function overlaps(places: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = places.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle * 2 + 1] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return low < places.length / 2 && (places[low * 2] ?? 0) < end;
}

function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

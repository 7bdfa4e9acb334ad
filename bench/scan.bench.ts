import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collector } from '../src/core/detect/index.ts';
import { candidateWindows, createEngine, Scanner, type Engine } from '../src/core/detect/scanner/index.ts';
import { makeCorpus, type Corpus } from './scan/corpus.ts';
import { runHyperscan, runRipgrep, type Measured } from './scan/peers.ts';
import type { Bench } from './types.ts';

const SEED = 20_261_122;
const MEGABYTES = 64;
/** The engine over text is slower by far: part of the corpus is enough. */
const TEXT_MEGABYTES = 6;
const CHUNK_BYTES = 262_144;
const RUNS = 5;
const TEXT_CHARACTERS = 65_536;

/** One core each, processor time, the same corpus: values in, candidates (ours) or matches (peers) out. */
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
      const ours: number[] = [];
      const peers = new Map<string, number[]>();
      const missing = new Set<string>();
      const peer = (name: string, measured: Measured): void => {
        if (typeof measured === 'string') missing.add(`${name}: ${measured}`);
        else peers.set(name, [...(peers.get(name) ?? []), ...measured]);
      };
      // In turn, so that a busy machine slows all of them.
      for (let run = 0; run < RUNS; run++) {
        ours.push(seconds(() => scan(wasm, corpus)));
        peer('Hyperscan, shapes', runHyperscan('shapes', folder, file, 1));
        peer('Hyperscan, forms', runHyperscan('forms', folder, file, 1));
        peer('rg, shapes', runRipgrep('shapes', folder, file, 1));
      }
      const rate = (taken: readonly number[], bytes = corpus.bytes.length): number => bytes / 1e6 / median(taken);
      const compared = 'scanner with check digits (WASM SIMD)';
      const versus = (name: string, taken: readonly number[], note: string): void =>
        report({
          what: compared,
          value: rate(ours),
          unit: 'MB/s',
          peer: name,
          peerValue: rate(taken),
          ratio: rate(ours) / rate(taken),
          note,
        });
      for (const [name, taken] of peers) versus(name, taken, name.startsWith('rg') ? 'counts lines' : 'matches; no check digits');
      for (const reason of missing) report({ what: `skipped: ${reason}`, value: 0, unit: '' });
      versus('plain twin', [seconds(() => scan(plain, corpus)), seconds(() => scan(plain, corpus))], 'no WebAssembly');
      const text = corpus.bytes.subarray(0, TEXT_MEGABYTES * 1_000_000);
      const whole = seconds(() => detect([text]));
      const windows = seconds(() => detect(candidateWindows(text).map(({ start, end }) => text.subarray(start, end))));
      report({
        what: 'candidate windows, all detectors, findings',
        value: rate([windows], text.length),
        unit: 'MB/s',
        peer: 'whole text',
        peerValue: rate([whole], text.length),
        ratio: whole / windows,
        note: `first ${TEXT_MEGABYTES} MB`,
      });
      const { share, candidates } = recall(wasm, corpus);
      report({ what: 'planted values among the candidates', value: share * 100, unit: '%', note: `${corpus.truth.length} planted` });
      report({ what: 'candidates', value: candidates / MEGABYTES, unit: '/MB' });
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

/** Decodes these pieces of a file and runs today's detectors over them. */
function detect(pieces: readonly Uint8Array[]): void {
  const decoder = new TextDecoder();
  const collector = new Collector();
  for (const piece of pieces) {
    const text = decoder.decode(piece);
    for (let at = 0; at < text.length; at += TEXT_CHARACTERS) {
      collector.add({ kind: 'text', text: text.slice(at, at + TEXT_CHARACTERS), place: { line: 1 }, unfinished: true });
    }
  }
  collector.finish();
}

/** Share of the planted values that a candidate of the same kind overlaps. */
function recall(engine: Engine, { bytes, truth }: Corpus): { share: number; candidates: number } {
  const found = new Map<string, number[]>();
  let candidates = 0;
  const scanner = new Scanner(engine, ({ kind, start, end }) => {
    candidates++;
    const places = found.get(kind) ?? [];
    found.set(kind, places);
    places.push(start, end);
  });
  scanner.push(bytes);
  scanner.finish();
  const met = truth.filter(({ kind, start, end }) => overlaps(found.get(kind) ?? [], start, end)).length;
  return { share: met / truth.length, candidates };
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

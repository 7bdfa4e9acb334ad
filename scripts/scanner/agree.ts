/**
 * `node scripts/scanner/agree.ts [WINDOWS] [SEED]`: compares the compiled scanner with its twin on so many windows
 * (10 million by default, half of them from the benchmark's corpus, half put together at random) and stops at the first
 * that gives other candidates, printing it in hexadecimal.
 */
import { makeCorpus } from '../../bench/scan/corpus.ts';
import { Random } from '../../bench/scan/random.ts';
import { createEngine, type Engine } from '../../src/core/detect/scanner/index.ts';
import { OUTPUT, OUTPUT_COUNT, REACH, RECORD_BYTES, WINDOW } from '../../src/core/detect/scanner/kernel/layout.ts';
import { FRAGMENTS } from '../../test/core/detect/scanner/fragments.ts';
import { encodings } from './encodings.ts';

const WINDOW_BYTES = 160;
const CORPUS_MEGABYTES = 32;
const MOST_FRAGMENTS = 24;

const windows = Number(process.argv[2] ?? 10_000_000);
const seed = Number(process.argv[3] ?? 1);
const random = new Random(seed);
const corpus = makeCorpus(seed, CORPUS_MEGABYTES).bytes;
const fragments = FRAGMENTS.flatMap((text) => encodings(text, true, 1));
const [wasm, plain] = [createEngine('wasm'), createEngine('plain')];
if (wasm === undefined || plain === undefined) throw new Error('WebAssembly SIMD is missing');

let candidates = 0;
for (let index = 0; index < windows; index++) {
  const window = index % 2 === 0 ? corpusWindow() : madeUpWindow();
  const [compiled, twin] = [records(wasm, window), records(plain, window)];
  if (Buffer.compare(compiled, twin) !== 0) {
    process.stdout.write(`window ${index} differs: ${Buffer.from(window).toString('hex')}\n`);
    process.exit(1);
  }
  candidates += compiled.length / RECORD_BYTES;
}
process.stdout.write(`${windows} windows, ${candidates} candidates, no difference\n`);

function corpusWindow(): Uint8Array {
  const start = random.below(corpus.length - WINDOW_BYTES);
  return corpus.subarray(start, start + WINDOW_BYTES);
}

function madeUpWindow(): Uint8Array {
  const pieces = Array.from({ length: 1 + random.below(MOST_FRAGMENTS) }, () =>
    random.below(12) === 0 ? Uint8Array.of(random.below(256), random.below(256)) : random.pick(fragments),
  );
  return Buffer.concat(pieces);
}

/** The engine's records for a window with nothing around it, as bytes. */
function records({ memory, scan }: Engine, window: Uint8Array): Uint8Array {
  const start = WINDOW + REACH;
  const end = start + window.length;
  memory.fill(0, WINDOW, start);
  memory.set(window, start);
  memory.fill(0, end, end + REACH);
  const count = new Int32Array(memory.buffer, OUTPUT_COUNT, 1);
  count[0] = 0;
  if (scan(start, end) !== end) throw new RangeError('the output is full');
  return memory.slice(OUTPUT, OUTPUT + count[0] * RECORD_BYTES);
}

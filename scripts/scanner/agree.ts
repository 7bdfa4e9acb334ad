/**
 * `node scripts/scanner/agree.ts [WINDOWS] [SEED]`: compares the compiled scanner with its twin on so many windows
 * (10 million by default, half of them from the benchmark's corpus, half put together at random) and stops at the first
 * that gives other candidates or other context of its middle, printing it in hexadecimal.
 */
import { makeCorpus } from '../../bench/scan/corpus.ts';
import { Random } from '../../bench/scan/random.ts';
import { createEngine, type Engine } from '../../src/core/detect/scanner/index.ts';
import {
  CONTEXT_BEFORE,
  CONTEXT_BLOCK,
  CONTEXT_BLOCKS,
  CONTEXT_GROUP_COUNT,
  OUTPUT,
  OUTPUT_COUNT,
  REACH,
  READS_SHIFT_JIS,
  READS_STRINGS,
  RECORD_BYTES,
  WINDOW,
} from '../../src/core/detect/scanner/kernel/layout.ts';
import { FRAGMENTS } from '../../test/core/detect/scanner/fragments.ts';
import { encodings } from './encodings.ts';

const WINDOW_BYTES = 160;
const CORPUS_MEGABYTES = 32;
const MOST_FRAGMENTS = 24;
/** Looking for context takes longer: one window in so many. */
const CONTEXT_SHARE = 10;
/** More than `MOST_FRAGMENTS` of the longest fragments. */
const LONGEST_WINDOW = 8192;

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
  const withContext = random.below(CONTEXT_SHARE) === 0;
  const reading = { shiftJis: random.below(4) > 0, strings: random.below(8) === 0 };
  const [compiled, twin] = [records(wasm, window, withContext, reading), records(plain, window, withContext, reading)];
  if (Buffer.compare(compiled, twin) !== 0) {
    process.stdout.write(`window ${index} differs: ${Buffer.from(window).toString('hex')}\n`);
    process.exit(1);
  }
}
process.stdout.write(`${windows} windows, ${candidates / 2} candidates, no difference\n`);

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

/** The engine's records for a window with nothing around it, then the context of its middle, as bytes. */
function records(
  { memory, scan, contextAround }: Engine,
  window: Uint8Array,
  withContext: boolean,
  { shiftJis, strings }: { readonly shiftJis: boolean; readonly strings: boolean },
): Uint8Array {
  const start = WINDOW + REACH;
  const end = start + window.length;
  memory.fill(0, WINDOW, start);
  memory.set(window, start);
  memory.fill(0, end, end + REACH);
  const count = new Int32Array(memory.buffer, OUTPUT_COUNT, 1);
  count[0] = 0;
  new Int32Array(memory.buffer, READS_SHIFT_JIS, 1)[0] = shiftJis ? 1 : 0;
  new Int32Array(memory.buffer, READS_STRINGS, 1)[0] = strings ? 1 : 0;
  if (scan(start, end) !== end) throw new RangeError('the output is full');
  candidates += count[0];
  const found = memory.slice(OUTPUT, OUTPUT + count[0] * RECORD_BYTES);
  if (!withContext) return found;
  memory.fill(0, CONTEXT_BLOCKS, CONTEXT_BLOCKS + (4 * (2 * REACH + LONGEST_WINDOW)) / CONTEXT_BLOCK);
  contextAround(start + (window.length >> 1));
  const context = memory.subarray(CONTEXT_BEFORE, CONTEXT_BEFORE + 8 * CONTEXT_GROUP_COUNT);
  return Buffer.concat([found, context]);
}

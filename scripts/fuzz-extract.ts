// oxlint-disable unicorn/require-post-message-target-origin -- the rule is about windows; these are worker threads
/**
 * Feeds damaged samples to the extractors: `node scripts/fuzz-extract.ts [count] [seed]`. Runs in a worker with a memory
 * limit; an input that throws, takes longer than its time limit, or ends the worker is printed and kept in
 * test/fixtures/regressions, where the tests take it from.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { extractDamaged, loadSamples, mutationOf, type Mutated } from '../test/extract/mutations.ts';

/** An input may take its own time limit and this much more, for what cannot be interrupted. */
const PATIENCE_MILLIS = 15_000;
const MEMORY_MIB = 1024;
const REGRESSIONS = join(import.meta.dirname, '../test/fixtures/regressions');

type Message =
  | { readonly started: number }
  | { readonly failed: number; readonly error: string }
  | { readonly done: number; readonly slowest: Slowest };

interface Slowest {
  readonly name: string;
  readonly millis: number;
}

if (isMainThread) await superviseAll(Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 1));
else await work();

async function superviseAll(count: number, seed: number): Promise<void> {
  const started = performance.now();
  let next = 0;
  let failures = 0;
  while (next < count) {
    const { at, problem } = await superviseOne(next, count, seed);
    if (problem !== undefined) {
      failures++;
      keep(mutationOf(loadSamples(), seed, at), problem);
    }
    next = at + 1;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${count} inputs, seed ${seed}, ${failures} findings, ${seconds} s, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`);
  process.exitCode = failures === 0 ? 0 : 1;
}

/** Runs one worker until it is done or an input brings it down. */
function superviseOne(from: number, count: number, seed: number): Promise<{ readonly at: number; readonly problem?: string }> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { from, count, seed },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
    let at = from;
    let timer: NodeJS.Timeout | undefined;
    const end = (problem?: string): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(problem === undefined ? { at } : { at, problem });
    };
    worker.on('message', (message: Message) => {
      clearTimeout(timer);
      if ('done' in message) {
        console.log(`slowest: ${message.slowest.name}, ${Math.round(message.slowest.millis)} ms`);
        end();
      } else if ('failed' in message) end(message.error);
      else {
        at = message.started;
        if (at % 1000 === 0) console.log(`${at}/${count}`);
        timer = setTimeout(() => end('no end within the time limit'), PATIENCE_MILLIS);
      }
    });
    worker.on('error', (error) => end(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  });
}

async function work(): Promise<void> {
  const { from, count, seed }: { from: number; count: number; seed: number } = workerData;
  const samples = loadSamples();
  let slowest: Slowest = { name: '', millis: 0 };
  for (let at = from; at < count; at++) {
    parentPort?.postMessage({ started: at } satisfies Message);
    try {
      const { name, bytes } = mutationOf(samples, seed, at);
      const began = performance.now();
      await extractDamaged(bytes);
      const millis = performance.now() - began;
      if (millis > slowest.millis) slowest = { name, millis };
    } catch (error) {
      parentPort?.postMessage({
        failed: at,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      } satisfies Message);
      return;
    }
  }
  parentPort?.postMessage({ done: count, slowest } satisfies Message);
}

function keep({ name, bytes }: Mutated, problem: string): void {
  mkdirSync(REGRESSIONS, { recursive: true });
  writeFileSync(join(REGRESSIONS, name), bytes);
  console.log(`${name}: ${problem}`);
}

/**
 * Inspects or extracts one file in a process of its own, so that memory and start-up are its own:
 * `node one.ts inspect|extract FILE RUNS`. Prints the milliseconds of each run, what was seen, and the most memory.
 * It inspects with the worker of the installed program, where that is built: the sources have their types to strip first.
 */
import { once } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { NO_OWN_DATA } from '../../src/core/policy/own-data.ts';
import type { Inspection } from '../../src/contracts/finding.ts';
import { packOwnData } from '../../src/inspect/packed-own-data.ts';
import type { InspectionJob } from '../../src/inspect/protocol.ts';
import { bundledWorker } from '../scan-latency/bundled-worker.ts';
import { LIMITS } from './request.ts';

const [what = 'inspect', path = '', runs = '1'] = process.argv.slice(2);
const millis: number[] = [];
let seen = '';
for (let run = 0; run < Number(runs); run++) {
  const { took, saw } = await (what === 'inspect' ? inspect() : extract());
  millis.push(took);
  seen = saw;
}
console.log(JSON.stringify({ millis, seen, mebibytes: process.resourceUsage().maxRSS / 1024 }));

async function inspect(): Promise<{ took: number; saw: string }> {
  const program = bundledWorker() ?? new URL('../../src/inspect/worker.ts', import.meta.url);
  const job: InspectionJob = { id: 1, path: Buffer.from(path), stamp: undefined, limits: LIMITS, ownData: packOwnData(NO_OWN_DATA) };
  const started = performance.now();
  const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: LIMITS.maxMemoryBytes / 2 ** 20 }, execArgv: [] });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  worker.postMessage(job);
  const [answer]: unknown[] = await once(worker, 'message');
  const took = performance.now() - started;
  await worker.terminate();
  const { type, persons, unreadable } = (answer as { readonly inspection: Inspection }).inspection;
  return { took, saw: `${type}, ${persons.from}-${persons.to} persons, ${unreadable.length} unreadable` };
}

async function extract(): Promise<{ took: number; saw: string }> {
  const { extractFile, fileSource } = await import('../../src/extract/index.ts');
  const started = performance.now();
  const descriptor = openSync(path, 'r');
  let segments = 0;
  const { type } = await extractFile(fileSource(descriptor, statSync(path).size), {
    limits: LIMITS,
    now: () => performance.now(),
    emit: () => segments++,
  });
  closeSync(descriptor);
  return { took: performance.now() - started, saw: `${type}, ${segments} segments` };
}

/**
 * Starts one inspection worker in a process of its own and inspects a file with it: `node one.ts WORKER FILE RUNS`. Prints
 * the milliseconds from before the thread's start to the first verdict, and of each one after.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NO_OWN_DATA } from '../../src/core/policy/own-data.ts';
import { packOwnData } from '../../src/inspect/packed-own-data.ts';
import type { InspectionJob } from '../../src/inspect/protocol.ts';
import { LIMITS } from '../scan-formats/request.ts';

const [program = '', path = '', runs = '1000'] = process.argv.slice(2);
const ownData = packOwnData(NO_OWN_DATA);
const used = process.cpuUsage();
const started = performance.now();
const worker = new Worker(program, { execArgv: [] });
const cold = await verdict(1, started);
const { user, system } = process.cpuUsage(used);
const warm: number[] = [];
for (let run = 0; run < Number(runs); run++) warm.push(await verdict(run + 2, performance.now()));
await worker.terminate();
console.log(JSON.stringify({ cold, coldProcessor: (user + system) / 1000, warm }));

async function verdict(id: number, from: number): Promise<number> {
  const job: InspectionJob = { id, path: Buffer.from(path), stamp: undefined, limits: LIMITS, ownData };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  worker.postMessage(job);
  await once(worker, 'message');
  return performance.now() - from;
}

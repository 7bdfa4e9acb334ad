import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { detect } from './door.ts';

/** The first bytes compile what the rest is scanned with. */
const WARM_BYTES = 4_000_000;

const { file, from, to } = z.strictObject({ file: z.string(), from: z.int(), to: z.int() }).parse(workerData);
const bytes = readFileSync(file).subarray(from, to);
detect(bytes.subarray(0, WARM_BYTES));
parentPort?.once('message', () => {
  detect(bytes);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
  parentPort?.postMessage('done');
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
parentPort?.postMessage('ready');

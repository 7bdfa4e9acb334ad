import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { detect } from './door.ts';

/** The first bytes compile what the rest is scanned with. */
const WARM_BYTES = 4_000_000;

const documentShape = z.strictObject({ start: z.int(), end: z.int(), encoding: z.enum(['utf-8', 'shift_jis']) });
const { file, documents } = z.strictObject({ file: z.string(), documents: z.array(documentShape) }).parse(workerData);
const bytes = readFileSync(file);
const first = documents[0]?.start ?? 0;
detect(
  bytes,
  documents.filter(({ end }) => end < first + WARM_BYTES),
);
parentPort?.once('message', () => {
  detect(bytes, documents);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
  parentPort?.postMessage('done');
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
parentPort?.postMessage('ready');

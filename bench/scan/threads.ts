import { once } from 'node:events';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Document } from './corpus.ts';

/** Seconds on the clock for a file's bytes to findings, in so many threads with an equal part each. */
export async function inThreads(count: number, file: string, documents: readonly Document[]): Promise<number> {
  const part = Math.ceil(documents.length / count);
  const workers = Array.from(
    { length: count },
    (_, index) =>
      new Worker(resolve(import.meta.dirname, 'worker.ts'), {
        workerData: { file, documents: documents.slice(index * part, (index + 1) * part) },
      }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const before = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const done = once(worker, 'message');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window's
      worker.postMessage('go');
      return done;
    }),
  );
  const seconds = (performance.now() - before) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

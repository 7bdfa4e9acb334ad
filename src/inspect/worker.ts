import { parentPort } from 'node:worker_threads';
import { inspectFile } from './inspect-file.ts';
import type { InspectionAnswer, InspectionJob } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('inspect/worker.ts runs in a worker thread');

async function answer(job: InspectionJob): Promise<void> {
  const inspection = await inspectFile(job);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage({ id: job.id, inspection } satisfies InspectionAnswer);
}

// A rejection here is a bug, or memory that ran out: it ends the thread, and the pool reports `worker-died`.
port.on('message', (job: InspectionJob) => void answer(job));

import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { loadSystemCalls } from '../../platform/linux/fuse/index.ts';
import type { FilesStart } from './file-thread.ts';
import type { FromFiles, PlacedMessage, PlaceMessage, SubmitMessage, ToFiles } from './messages.ts';
import { SmallFiles } from './small-files.ts';

const ONE = Buffer.from(BigUint64Array.of(1n).buffer);

/** The file thread: takes submitted states from the view thread and orders from the agent thread. */
function serve({ root, staging, view, wake }: FilesStart): void {
  const port = parentPort;
  if (port === null) throw new TypeError('the file thread runs in a thread');
  const placing = new Map<number, (result: PlacedMessage['result']) => void>();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  const tell = (message: FromFiles): void => port.postMessage(message);

  function place(order: PlaceMessage): Promise<PlacedMessage['result']> {
    return new Promise((resolve) => {
      placing.set(order.stage, resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
      view.postMessage(order);
      writeSync(wake, ONE);
    });
  }

  const files = new SmallFiles({ root, staging, calls: loadSystemCalls(), place, tell });
  view.on('message', (message: SubmitMessage | PlacedMessage) => {
    if (message.kind === 'submit') return files.submit(message);
    const resolve = placing.get(message.stage);
    placing.delete(message.stage);
    resolve?.(message.result);
  });
  port.on('message', (message: ToFiles) => {
    if (message.kind !== 'end') return files.receive(message);
    view.close();
    port.close();
    files.close();
  });
}

serve(workerData);

import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FromView, ToView, ViewStart } from './messages.ts';

/** The agent's end of the view thread. */
export class ViewThread {
  readonly #worker: Worker;
  readonly #wake: number;
  readonly #ended = Promise.withResolvers<string>();

  constructor(start: ViewStart, receive: (message: FromView) => void) {
    this.#wake = start.wake;
    // Without the flags of the process: some of them (--input-type) would keep the thread from starting.
    this.#worker = new Worker(new URL('./view-worker.ts', import.meta.url), {
      workerData: start,
      transferList: [start.files],
      execArgv: [],
      trackUnmanagedFds: false,
    });
    this.#worker.on('message', (message: FromView) => {
      if (message.kind === 'ended') this.#ended.resolve('it was asked to');
      receive(message);
    });
    this.#worker.on('error', (error) => this.#ended.resolve(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    this.#worker.on('exit', () => this.#ended.resolve('the thread ended'));
  }

  /** Resolves with the reason once the thread serves nobody any more. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  tell(message: ToView): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    this.#worker.postMessage(message);
    writeSync(this.#wake, ONE);
  }
}

const ONE = Buffer.from(BigUint64Array.of(1n).buffer);

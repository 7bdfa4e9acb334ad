import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FailureError } from '../failure-error.ts';
import { failure } from '../../contracts/errors.ts';
import { type CertificateState, certificateState } from './agents.ts';
import { type Database, openForReading, openForWriting, storeFailure } from './database.ts';
import type { Reads, Writes } from './operations.ts';
import type { Answer, WorkerOptions } from './worker-protocol.ts';

export const STORE_FILE = 'collector.sqlite';

type Input<F> = F extends (database: Database, input: infer I) => unknown ? I : never;
type Output<F> = F extends (database: Database, input: never) => infer O ? O : never;

/** The collector's memory. What `write` resolved is on the medium; what it rejected left no trace. */
export interface Store {
  /** @throws FailureError with DLP_STORE_FULL or DLP_STORE_IO, both worth trying again. `transfer`: buffers given away. */
  write<K extends keyof Writes>(name: K, input: Input<Writes[K]>, transfer?: readonly ArrayBuffer[]): Promise<Output<Writes[K]>>;
  /** @throws FailureError as `write`. */
  read<K extends keyof Reads>(name: K, input: Input<Reads[K]>): Promise<Output<Reads[K]>>;
  /** At once and never from a cache. */
  certificate(serial: string): CertificateState | null;
  close(): Promise<void>;
}

/** Opens the store in the state folder, making both as needed. `onLost` is called when a worker died: then nothing works any more. */
export async function openStore(state: string, onLost: (error: Error) => void): Promise<Store> {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const path = join(state, STORE_FILE);
  const writer = new StoreWorker({ path, role: 'writer' }, onLost);
  await writer.ready;
  const reader = new StoreWorker({ path, role: 'reader' }, onLost);
  await reader.ready;
  const certificates = openForReading(path);
  return {
    write: (name, input, transfer) => writer.call(name, input, transfer),
    read: (name, input) => reader.call(name, input),
    certificate: (serial) => {
      try {
        return certificateState(certificates, serial);
      } catch (error) {
        throw new FailureError(storeFailure(error));
      }
    },
    close: async () => {
      certificates.close();
      await reader.stop();
      await writer.stop();
    },
  };
}

/** For administration beside a running collector: one transaction on the store of the state folder. */
export function administer<T>(state: string, work: (database: Database) => T): T {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const database = openForWriting(join(state, STORE_FILE));
  try {
    return database.transaction(() => work(database));
  } finally {
    database.close();
  }
}

/** Methods, so that promises of every type fit. */
interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

class StoreWorker {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #lost: Error | null = null;
  #stopping = false;

  constructor(options: WorkerOptions, onLost: (error: Error) => void) {
    this.#worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: options });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('error', reject);
    });
    this.#worker.on('message', (answers: Answer[]) => answers.forEach((answer) => this.#settle(answer)));
    this.#worker.on('error', (error: Error) => this.#lose(error, onLost));
    this.#worker.on('exit', (code) => this.#lose(new Error(`the store's worker ended with ${code}`), onLost));
  }

  call<T>(name: string, input: unknown, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#lost !== null) throw unavailable(this.#lost);
      const id = this.#next;
      this.#next += 1;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, input }, [...transfer]);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('value' in answer) pending?.resolve(answer.value);
    else if ('failure' in answer) pending?.reject(new FailureError(answer.failure));
    else pending?.reject(new Error(answer.fault));
  }

  #lose(error: Error, onLost: (error: Error) => void): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    for (const pending of this.#pending.values()) pending.reject(unavailable(error));
    this.#pending.clear();
    if (!this.#stopping) onLost(error);
  }
}

const unavailable = (cause: Error): FailureError =>
  new FailureError(failure('DLP_STORE_IO', 'The store of the collector is not available.', { retryable: true, cause }));

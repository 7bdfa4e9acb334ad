import { type MessagePort, Worker } from 'node:worker_threads';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, type Result } from '../../contracts/result.ts';
import { EIO } from './errno.ts';
import type { Form, FromFiles, JudgeMessage, PlacedMessage, StoredFacts, StoreMessage, ToFiles } from './messages.ts';

/** How the file thread begins. */
export interface FilesStart {
  /** The private mount's root. */
  readonly root: number;
  readonly staging: string;
  /** To the view thread, and the eventfd that wakes it. */
  readonly view: MessagePort;
  readonly wake: number;
}

/** A file on its way to its name. */
export interface Finishing {
  readonly finished: Promise<PlacedMessage['result']>;
  /** Errno of making it durable; told only of one that was placed. */
  readonly synced: Promise<number>;
}

/** The agent's end of the file thread. */
export class FileThread {
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<string>();
  readonly #stored = new Map<number, (result: Result<StoredFacts, Failure>) => void>();
  readonly #finished = new Map<number, (result: PlacedMessage['result']) => void>();
  readonly #synced = new Map<number, (errno: number) => void>();

  constructor(start: FilesStart, receive: (message: JudgeMessage | Extract<FromFiles, { kind: 'judgeFailed' }>) => void) {
    this.#worker = new Worker(new URL('./file-worker.ts', import.meta.url), {
      workerData: start,
      transferList: [start.view],
      // Without the flags of the process: some of them (--input-type) would keep the thread from starting.
      execArgv: [],
      trackUnmanagedFds: false,
    });
    this.#worker.on('message', (message: FromFiles) => {
      if (message.kind === 'stored') this.#stored.get(message.stage)?.(message.result);
      else if (message.kind === 'finished') this.#finished.get(message.stage)?.(message.result);
      else if (message.kind === 'synced') this.#synced.get(message.stage)?.(message.errno);
      else receive(message);
    });
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    this.#worker.on('exit', () => this.#end('the thread ended'));
  }

  /** Resolves with the reason once the thread does nothing any more. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Writes what is held of a stage into a temporary file; a plain one gets its name at once, and `finishing` tells of it. */
  store(order: Omit<StoreMessage, 'kind'>): { readonly stored: Promise<Result<StoredFacts, Failure>>; readonly finishing: Finishing } {
    const stored = new Promise<Result<StoredFacts, Failure>>((resolve) => this.#stored.set(order.stage, resolve));
    const finishing = this.#expect(order.stage);
    this.#tell({ kind: 'store', ...order });
    return { stored, finishing };
  }

  finish(stage: number, temporaryId: string, form: Form): Finishing {
    const finishing = this.#expect(stage);
    this.#tell({ kind: 'finish', stage, temporaryId, form });
    return finishing;
  }

  /** The judgement is over: what was held is let go. */
  drop(stage: number, file: string): void {
    for (const waiting of [this.#stored, this.#finished, this.#synced]) waiting.delete(stage);
    this.#tell({ kind: 'drop', stage, file });
  }

  end(): void {
    this.#tell({ kind: 'end' });
  }

  #expect(stage: number): Finishing {
    return {
      finished: new Promise((resolve) => this.#finished.set(stage, resolve)),
      synced: new Promise((resolve) => this.#synced.set(stage, resolve)),
    };
  }

  #tell(message: ToFiles): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    this.#worker.postMessage(message);
  }

  #end(reason: string): void {
    this.#ended.resolve(reason);
    for (const resolve of this.#stored.values()) resolve(err(failure('DLP_FILE_IO', 'The guard of the medium ended.')));
    for (const resolve of this.#finished.values()) resolve({ ok: false, errno: EIO, gone: false });
    for (const resolve of this.#synced.values()) resolve(EIO);
  }
}

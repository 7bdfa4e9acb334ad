import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Inspection, InspectionLimits, UnreadableReason } from '../contracts/finding.ts';
import type { FileStamp, InspectionRequest, Inspector } from '../core/ports.ts';
import { packOwnData } from './packed-own-data.ts';
import { inspectionAnswer, type InspectionJob } from './protocol.ts';
import { unreadableFile } from './unreadable-file.ts';

const WORKER = new URL('./worker.ts', import.meta.url);
/** A worker stops by itself at its deadline and keeps what it found. One that does not is ended this much later. */
const GRACE_MILLIS = 500;
const MEBIBYTE = 1_048_576;
/** Buffers and WebAssembly lie outside the heap, where V8 holds a worker to nothing: it is asked so often while it works. */
const MEMORY_LOOK_MILLIS = 200;
/** A file up to this size may take the worker that is kept for short ones. */
const SMALL_BYTES = MEBIBYTE;

interface Task {
  readonly job: InspectionJob;
  readonly small: boolean;
  readonly settle: (inspection: Inspection | null) => void;
}

interface Slot {
  readonly worker: Worker;
  readonly memoryMebibytes: number;
  /** Takes small files only, while all others are busy. */
  readonly short: boolean;
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
  watch: NodeJS.Timeout | undefined;
  started: number;
}

/**
 * Runs inspections in worker threads, as many at once as there are workers; the rest wait in order. One more worker is
 * for small files, so that they do not wait for large ones.
 */
export class InspectionPool implements Inspector {
  readonly #size: number;
  readonly #slots: Slot[] = [];
  readonly #queue: Task[] = [];
  #lastId = 0;
  #closed = false;

  /** Two at least: one slow file must not hold up all others. */
  constructor(size = Math.max(2, availableParallelism() - 1)) {
    this.#size = size;
  }

  inspect(request: InspectionRequest & { readonly stamp: FileStamp }): Promise<Inspection | null>;
  inspect(request: InspectionRequest): Promise<Inspection>;
  inspect({ path, stamp, limits, ownData }: InspectionRequest & { readonly stamp?: FileStamp }): Promise<Inspection | null> {
    return new Promise((settle) => {
      const job = { id: ++this.#lastId, path, stamp, limits, ownData: packOwnData(ownData) };
      if (this.#closed) settle(unreadableFile('worker-died', sizeOf(path), 0));
      else {
        this.#queue.push({ job, settle, small: sizeOf(path) <= SMALL_BYTES });
        this.#dispatch();
      }
    });
  }

  /** Ends all workers; what is under way or waiting is settled as `worker-died`. */
  async close(): Promise<void> {
    this.#closed = true;
    const slots = this.#slots.splice(0);
    for (const slot of slots) this.#fail(slot, 'worker-died');
    for (const { job, settle } of this.#queue.splice(0)) settle(unreadableFile('worker-died', sizeOf(job.path), 0));
    await Promise.all(slots.map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const next = this.#next(false) ?? this.#next(true);
      if (next === undefined) return;
      const { slot, task } = next;
      this.#queue.splice(this.#queue.indexOf(task), 1);
      slot.task = task;
      slot.started = performance.now();
      slot.timer = setTimeout(
        () => this.#replace(slot, 'timed-out'),
        Math.min(task.job.limits.maxMillis, 2 ** 31 - 1 - GRACE_MILLIS) + GRACE_MILLIS,
      );
      slot.watch = setInterval(() => void this.#lookAtMemory(slot), MEMORY_LOOK_MILLIS);
      slot.worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
      slot.worker.postMessage(task.job);
    }
  }

  /** The task that is due and a worker for it; undefined when none is free. */
  #next(short: boolean): { readonly slot: Slot; readonly task: Task } | undefined {
    const task = short ? this.#queue.find(({ small }) => small) : this.#queue[0];
    const slot = task === undefined ? undefined : this.#freeSlot(memoryMebibytes(task.job.limits), short);
    return slot === undefined || task === undefined ? undefined : { slot, task };
  }

  /** An idle worker with the right memory limit, a new one while there is room, or an idle one replaced. */
  #freeSlot(memory: number, short: boolean): Slot | undefined {
    const own = this.#slots.filter((slot) => slot.short === short);
    const idle = own.filter(({ task }) => task === undefined);
    const fitting = idle.find((slot) => slot.memoryMebibytes === memory);
    if (fitting !== undefined) return fitting;
    const [other] = idle;
    if (own.length >= (short ? 1 : this.#size)) {
      if (other === undefined) return undefined;
      this.#remove(other);
    }
    return this.#start(memory, short);
  }

  #start(memory: number, short: boolean): Slot {
    // Flags of the process that uses us (`--input-type`, a loader) are not meant for this thread.
    const worker = new Worker(WORKER, { resourceLimits: { maxOldGenerationSizeMb: memory }, execArgv: [], stderr: true, stdout: true });
    const slot: Slot = { worker, memoryMebibytes: memory, short, task: undefined, timer: undefined, watch: undefined, started: 0 };
    this.#slots.push(slot);
    worker.unref();
    worker.on('message', (message: unknown) => this.#answer(slot, message));
    worker.on('error', () => this.#replace(slot, 'worker-died'));
    worker.on('exit', () => this.#replace(slot, 'worker-died'));
    return slot;
  }

  #answer(slot: Slot, message: unknown): void {
    const answer = inspectionAnswer.safeParse(message);
    if (!answer.success || answer.data.id !== slot.task?.job.id) {
      this.#replace(slot, 'worker-died');
      return;
    }
    const { settle } = slot.task;
    stopWatching(slot);
    slot.task = undefined;
    slot.worker.unref();
    settle(answer.data.inspection);
    this.#dispatch();
  }

  async #lookAtMemory(slot: Slot): Promise<void> {
    const { task, worker } = slot;
    // A worker that just ended has none.
    const statistics = await worker.getHeapStatistics().catch(() => null);
    if (statistics === null || slot.task !== task) return;
    if (statistics.external_memory > slot.memoryMebibytes * MEBIBYTE) this.#replace(slot, 'worker-died');
  }

  /** Gives up on a worker: settles its file with the reason and lets a new worker take the next one. */
  #replace(slot: Slot, reason: UnreadableReason): void {
    if (!this.#slots.includes(slot)) return;
    this.#remove(slot);
    this.#fail(slot, reason);
    this.#dispatch();
  }

  #remove(slot: Slot): void {
    this.#slots.splice(this.#slots.indexOf(slot), 1);
    void slot.worker.terminate();
  }

  #fail(slot: Slot, reason: UnreadableReason): void {
    stopWatching(slot);
    const task = slot.task;
    slot.task = undefined;
    task?.settle(unreadableFile(reason, sizeOf(task.job.path), performance.now() - slot.started));
  }
}

function stopWatching(slot: Slot): void {
  clearTimeout(slot.timer);
  clearInterval(slot.watch);
}

function memoryMebibytes(limits: InspectionLimits | undefined): number {
  return Math.max(64, Math.floor((limits?.maxMemoryBytes ?? 0) / MEBIBYTE));
}

/** Shown beside the failure; a file that is gone has none. */
function sizeOf(path: Uint8Array): number {
  return statSync(Buffer.from(path), { throwIfNoEntry: false })?.size ?? 0;
}

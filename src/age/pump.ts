import type { FileHandle } from 'node:fs/promises';

/** Moves a file through a transformation in batches, so that reading, transforming and writing overlap. */
export interface PumpJob {
  readonly source: FileHandle;
  /** Position of the first byte to read; everything from there to the end is read. */
  readonly sourceStart: number;
  /** Bytes of a full batch on each side. Full batches follow each other without gaps. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly transform: (batch: Batch) => number | null;
  /** The side, if any, whose memory other threads read. Only where needed: shared memory is slower to write to. */
  readonly shared: 'input' | 'output' | null;
  /** Takes the input and the output of a batch. Its memory is used again once the promise resolves. */
  readonly consume: (input: Uint8Array, output: Uint8Array, outputPosition: number) => Promise<unknown>;
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface Batch {
  /** From 0. */
  readonly index: number;
  readonly last: boolean;
  readonly input: Uint8Array;
  /** Where the result goes; the transformation gives its length, or null to stop. */
  readonly output: Uint8Array;
}

/** One batch is being read, one is read, one is transformed, the others are consumed. */
const SLOTS = 6;

/**
 * Runs the job; false when the transformation stopped it. An empty source is one empty last batch.
 * It begins nothing more once it returns or throws; closing a handle waits for what is under way.
 * @throws what reading or consuming threw.
 */
export async function pump(job: PumpJob): Promise<boolean> {
  const slots: Slot[] = [];
  // Made when first needed: most files are smaller than one batch.
  const slotOf = (index: number): Slot => (slots[index % SLOTS] ??= new Slot(job, index));
  try {
    await slotOf(0).startFilling();
    await slotOf(0).filling;
    if (slotOf(0).isFull()) await slotOf(1).startFilling();
    for (let index = 0, total = 0; ; index += 1) {
      const slot = slotOf(index);
      const last = !(slot.isFull() && (await slotOf(index + 1).hasBytes()));
      // Started before the transformation, which keeps this thread busy, so that the system reads beside it.
      if (!last) await slotOf(index + 2).startFilling();
      const length = job.transform({ index, last, input: slot.input.subarray(0, slot.filled), output: slot.output() });
      if (length === null) return false;
      slot.consume(length);
      total += slot.filled;
      job.onProgress?.(total);
      if (last) {
        await Promise.all(slots.map((each) => each.consuming));
        return true;
      }
    }
  } finally {
    await Promise.allSettled(slots.flatMap((slot) => [slot.filling, slot.consuming]));
  }
}

/** Memory for one batch at a time: batches `first`, `first + SLOTS`, and so on. */
class Slot {
  readonly #job: PumpJob;
  readonly input: Uint8Array;
  #output: Uint8Array | null = null;
  filled = 0;
  filling: Promise<void> = Promise.resolve();
  consuming: Promise<unknown> = Promise.resolve();
  #index: number;

  constructor(job: PumpJob, first: number) {
    this.#job = job;
    this.#index = first - SLOTS;
    this.input = allocate(job.inputBytes, job.shared === 'input');
  }

  output(): Uint8Array {
    return (this.#output ??= allocate(this.#job.outputBytes, this.#job.shared === 'output'));
  }

  /** Begins to read the slot's next batch into `filling`, once the last one has been consumed. */
  async startFilling(): Promise<void> {
    await this.consuming;
    this.#index += SLOTS;
    this.filling = this.#fill();
    this.filling.catch(() => undefined);
  }

  async #fill(): Promise<void> {
    const { source, sourceStart, inputBytes } = this.#job;
    const start = sourceStart + this.#index * inputBytes;
    this.filled = 0;
    while (this.filled < inputBytes) {
      const { bytesRead } = await source.read(this.input, this.filled, inputBytes - this.filled, start + this.filled);
      if (bytesRead === 0) return;
      this.filled += bytesRead;
    }
  }

  /** A batch that is not full was the end when it was read; what a growing file gains after that is not part of this run. */
  isFull(): boolean {
    return this.filled === this.#job.inputBytes;
  }

  /** A full batch is known to be the last only once the one after it came back empty. */
  async hasBytes(): Promise<boolean> {
    await this.filling;
    return this.filled > 0;
  }

  consume(outputLength: number): void {
    const { consume, outputBytes } = this.#job;
    this.consuming = consume(this.input.subarray(0, this.filled), this.output().subarray(0, outputLength), this.#index * outputBytes);
    this.consuming.catch(() => undefined);
  }
}

/** Not cleared first: only what was read or written into it is ever looked at. */
function allocate(bytes: number, shared: boolean): Uint8Array {
  return shared ? new Uint8Array(new SharedArrayBuffer(bytes)) : Buffer.allocUnsafeSlow(bytes);
}

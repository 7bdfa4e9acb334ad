import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';

/**
 * Flushes the database's write-ahead log beside the thread that writes it: one flush takes along all that was committed
 * before it began. SQLite writes the log through a descriptor of its own; fdatasync(2) is of the file, whoever asks.
 */
export class DiskSync<Head> {
  readonly #path: string;
  readonly #flushed: (head: Head) => void;
  #descriptor: number | null = null;
  #head: Head | null = null;
  #commits = 0;
  #durable = 0;
  #running: Promise<void> | null = null;
  #broken: unknown = null;
  #closed = false;

  /** `path` is that of the log; `flushed` is told what stands in the database on disk. */
  constructor(path: string, flushed: (head: Head) => void) {
    this.#path = path;
    this.#flushed = flushed;
  }

  /**
   * A transaction was committed.
   * @throws when an earlier flush failed: nothing that is stored from then on is known to last.
   */
  committed(head: Head): void {
    this.#throwIfBroken();
    this.#head = head;
    this.#commits += 1;
    // Whoever waits asks for a promise of his own; to others a failure shows at the next commit.
    this.synced().catch(() => undefined);
  }

  /** Resolves once all that was committed by now is on disk. */
  async synced(): Promise<void> {
    const wanted = this.#commits;
    while (this.#durable < wanted) {
      this.#throwIfBroken();
      await (this.#running ??= this.#flush());
    }
  }

  /** The same while the caller's thread waits. */
  syncNow(): void {
    this.#throwIfBroken();
    if (this.#durable === this.#commits) return;
    fdatasyncSync((this.#descriptor ??= openSync(this.#path, 'r+')));
    this.#reach(this.#commits, this.#head);
  }

  close(): void {
    try {
      this.syncNow();
    } finally {
      this.#closed = true;
      this.#release();
    }
  }

  async #flush(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const commits = this.#commits;
    const head = this.#head;
    fdatasync((this.#descriptor ??= openSync(this.#path, 'r+')), resolve);
    const error = await promise;
    this.#running = null;
    if (this.#closed) return this.#release();
    this.#broken ??= error;
    this.#throwIfBroken();
    this.#reach(commits, head);
  }

  #reach(commits: number, head: Head | null): void {
    if (commits <= this.#durable) return;
    this.#durable = commits;
    if (head !== null) this.#flushed(head);
  }

  #release(): void {
    if (this.#descriptor === null || this.#running !== null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #throwIfBroken(): void {
    if (this.#broken !== null) throw this.#broken;
  }
}

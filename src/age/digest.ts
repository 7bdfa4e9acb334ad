import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** A slice of shared memory to hash, or null for the digest. */
export type DigestRequest = { readonly memory: SharedArrayBuffer; readonly offset: number; readonly length: number } | null;
/** Null when the slice has been read, or the digest in hex. */
export type DigestReply = string | null;

/** SHA-256 of the plaintext as it passes. */
export interface Digest {
  /** Whether the bytes it is given must lie in memory that threads share. */
  readonly needsSharedMemory: boolean;
  /** Resolves when the bytes have been read and may change. Calls are hashed in the order made. */
  update(bytes: Uint8Array): Promise<unknown>;
  /** The digest in hex. */
  finish(): Promise<string>;
  /** Ends it, whether finished or not. */
  close(): Promise<unknown>;
}

/** Starting a thread costs as long as hashing some ten megabytes. */
const WORKER_FROM_BYTES = 16 * 1024 * 1024;

/** `bytes` is the expected size: it chooses where to hash, no more. */
export function startDigest(bytes: number): Digest {
  return bytes < WORKER_FROM_BYTES ? new InlineDigest() : new WorkerDigest();
}

/** For when nobody asks for a digest: SHA-256 in software takes longer than the cipher. */
export const NO_DIGEST: Digest = {
  needsSharedMemory: false,
  update: () => Promise.resolve(),
  finish: () => Promise.resolve(''),
  close: () => Promise.resolve(),
};

class InlineDigest implements Digest {
  readonly needsSharedMemory = false;
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): Promise<unknown> {
    this.#hash.update(bytes);
    return Promise.resolve();
  }

  finish(): Promise<string> {
    return Promise.resolve(this.#hash.digest('hex'));
  }

  close(): Promise<unknown> {
    return Promise.resolve();
  }
}

/** Hashes on another core while this one ciphers. */
class WorkerDigest implements Digest {
  readonly needsSharedMemory = true;
  // Without the flags of the process: some of them (--input-type) would keep the thread from starting.
  readonly #worker = new Worker(new URL('./digest-worker.ts', import.meta.url), { execArgv: [] });
  readonly #waiting: PromiseWithResolvers<DigestReply>[] = [];
  #broken: Error | null = null;

  constructor() {
    this.#worker.on('message', (reply: DigestReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error) => this.#break(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#break(new Error('the digest thread ended')));
  }

  update(bytes: Uint8Array): Promise<unknown> {
    if (!(bytes.buffer instanceof SharedArrayBuffer)) throw new TypeError('another thread reads shared memory only');
    return this.#ask({ memory: bytes.buffer, offset: bytes.byteOffset, length: bytes.length });
  }

  async finish(): Promise<string> {
    const reply = await this.#ask(null);
    if (reply === null) throw new Error('the digest thread answered out of turn');
    return reply;
  }

  close(): Promise<unknown> {
    return this.#worker.terminate();
  }

  #ask(request: DigestRequest): Promise<DigestReply> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const answer = Promise.withResolvers<DigestReply>();
    this.#waiting.push(answer);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    this.#worker.postMessage(request);
    return answer.promise;
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const answer of this.#waiting.splice(0)) answer.reject(this.#broken);
  }
}

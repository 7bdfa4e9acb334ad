import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { encryptFile, verifyFile } from '../../age/index.ts';
import type { Failure } from '../../contracts/errors.ts';
import { ok, type Result } from '../../contracts/result.ts';
import type { SystemCalls } from '../../platform/linux/fuse/index.ts';
import { headerOf } from './committing.ts';
import { dress, type Looks } from './looks.ts';

/** What was written into a temporary file that is durable now. */
export interface Written {
  /** Of the plaintext, in hex, where it was asked for. */
  readonly sha256: string | undefined;
  readonly storedBytes: number;
  readonly headerSha256: string | null;
}

export interface LargeFile {
  /** On the host, out of every program's reach. */
  readonly file: string;
  readonly looks: Looks;
}

type Calls = Pick<SystemCalls, 'setTimes'>;

const CHUNK_BYTES = 1_048_576;
const HEAD_BYTES = 65_536;
const FLUSH_BYTES = 64 * 1_048_576;

/** Copies into a new file, which is durable when this returns. */
export async function copyInto(calls: Calls, { file, looks }: LargeFile, temporary: Buffer, hashes: boolean): Promise<Written> {
  const source = await open(file, 'r');
  try {
    const target = await open(temporary, 'wx', 0o600);
    try {
      const hash = hashes ? createHash('sha256') : null;
      const storedBytes = await copyPieces(source, target, (piece) => hash?.update(piece));
      dress(calls, target.fd, temporary, looks);
      await target.sync();
      return { sha256: hash?.digest('hex'), storedBytes, headerSha256: null };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Reads a piece while the one before it is being written. Gives the bytes copied. */
async function copyPieces(source: FileHandle, target: FileHandle, consume: (piece: Buffer) => void): Promise<number> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const;
  let writing: Promise<unknown> = Promise.resolve();
  const flushes = new Flushes(target);
  try {
    for (let at = 0, turn = 0; ; turn += 1) {
      const buffer = buffers[turn % 2 === 0 ? 0 : 1];
      const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, at);
      const piece = buffer.subarray(0, bytesRead);
      consume(piece);
      await writing;
      if (bytesRead === 0) {
        await flushes.settled();
        flushes.throwIfFailed();
        return at;
      }
      flushes.after(at);
      writing = writeAt(target, piece, at);
      writing.catch(() => undefined);
      at += bytesRead;
    }
  } finally {
    await writing.catch(() => undefined);
    await flushes.settled();
  }
}

/** Has the medium write what it was given while more is coming, one flush at a time, so that little is left for the last one. */
class Flushes {
  readonly #target: FileHandle;
  #from = 0;
  #running: Promise<void> | null = null;
  #failed: { readonly error: unknown } | null = null;

  constructor(target: FileHandle) {
    this.#target = target;
  }

  after(bytes: number): void {
    if (this.#running !== null || bytes - this.#from < FLUSH_BYTES) return;
    this.#from = bytes;
    this.#running = this.#flush();
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  /** @throws what a flush threw: the system tells of it once, and no later flush would. */
  throwIfFailed(): void {
    if (this.#failed !== null) throw this.#failed.error;
  }

  async #flush(): Promise<void> {
    try {
      await this.#target.datasync();
    } catch (error) {
      this.#failed ??= { error };
    }
    this.#running = null;
  }
}

async function writeAt(target: FileHandle, piece: Buffer, position: number): Promise<void> {
  for (let done = 0; done < piece.length;) {
    done += (await target.write(piece, done, piece.length - done, position + done)).bytesWritten;
  }
}

/** Encrypts into a new file, which is read back while it is being made durable. */
export async function encryptInto(
  calls: Calls,
  { file, looks }: LargeFile,
  temporary: Buffer,
  recipients: readonly string[],
): Promise<Result<Written, Failure>> {
  const source = await open(file, 'r');
  try {
    const target = await open(temporary, 'wx+', 0o600);
    try {
      const receipt = await encryptFile(source, target, recipients);
      if (!receipt.ok) return receipt;
      dress(calls, target.fd, temporary, looks);
      const [verified] = await Promise.all([verifyFile(target, receipt.value), target.sync()]);
      if (!verified.ok) return verified;
      const { size: storedBytes } = await target.stat();
      const start = Buffer.alloc(Math.min(storedBytes, HEAD_BYTES));
      await target.read(start, 0, start.length, 0);
      return ok({ sha256: receipt.value.sha256, storedBytes, headerSha256: headerOf(start) });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

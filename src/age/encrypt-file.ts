import type { FileHandle } from 'node:fs/promises';
import type { Failure } from '../contracts/errors.ts';
import { ok, type Result } from '../contracts/result.ts';
import { sealChunks, CHUNK_BYTES, SEALED_CHUNK_BYTES } from './chunks.ts';
import { NO_DIGEST, startDigest, type Digest } from './digest.ts';
import { sealHead } from './file-head.ts';
import { pump } from './pump.ts';
import { writeFully } from './write-fully.ts';

/** What is needed to check an encrypted file without any identity. The key opens the file: keep it in memory only. */
export interface EncryptionReceipt {
  /** Of the plaintext. */
  readonly bytes: number;
  /** Of the plaintext, in hex. */
  readonly sha256: string;
  readonly fileKey: Uint8Array;
}

/** Large enough to make each system call worth it, small enough not to hold up the event loop (half a millisecond). */
const MAX_BATCH_CHUNKS = 8;

/** Chunks a batch, for a plaintext of about `bytes`: memory for more would only be a burden to the garbage collector. */
export function batchChunks(bytes: number): number {
  return Math.min(MAX_BATCH_CHUNKS, Math.max(1, Math.ceil(bytes / CHUNK_BYTES)));
}

/**
 * Writes the age v1 form of `source` to `target`, both from position 0. The target should be new and empty; it is neither
 * cut to length nor synced. On a failure or a throw what was written is worthless and to be removed.
 * `onProgress` gets the plaintext bytes done so far.
 * @throws what the file system threw.
 */
export async function encryptFile(
  source: FileHandle,
  target: FileHandle,
  recipients: readonly string[],
  onProgress?: (bytes: number) => void,
): Promise<Result<EncryptionReceipt, Failure>> {
  const { size } = await source.stat();
  return await seal(source, target, recipients, size, startDigest(size), onProgress);
}

/** As `encryptFile` for callers who check nothing afterwards: spares the SHA-256, the slowest part of it. */
export async function encryptFileWithoutReceipt(
  source: FileHandle,
  target: FileHandle,
  recipients: readonly string[],
  onProgress?: (bytes: number) => void,
): Promise<Result<{ bytes: number }, Failure>> {
  const { size } = await source.stat();
  const sealed = await seal(source, target, recipients, size, NO_DIGEST, onProgress);
  return sealed.ok ? ok({ bytes: sealed.value.bytes }) : sealed;
}

async function seal(
  source: FileHandle,
  target: FileHandle,
  recipients: readonly string[],
  size: number,
  digest: Digest,
  onProgress: ((bytes: number) => void) | undefined,
): Promise<Result<EncryptionReceipt, Failure>> {
  try {
    const head = sealHead(recipients);
    if (!head.ok) return head;
    const { bytes: headBytes, fileKey, key } = head.value;
    await writeFully(target, headBytes, 0);
    const batch = batchChunks(size);
    let bytes = 0;
    await pump({
      source,
      sourceStart: 0,
      inputBytes: batch * CHUNK_BYTES,
      outputBytes: batch * SEALED_CHUNK_BYTES,
      shared: digest.needsSharedMemory ? 'input' : null,
      transform: ({ index, last, input, output }) => sealChunks({ key, first: index * batch, last }, input, output),
      consume: (input, output, position) => {
        bytes += input.length;
        return Promise.all([digest.update(input), writeFully(target, output, headBytes.length + position)]);
      },
      onProgress,
    });
    return ok({ bytes, sha256: await digest.finish(), fileKey });
  } finally {
    await digest.close();
  }
}

import type { FileHandle } from 'node:fs/promises';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { openChunks, CHUNK_BYTES, SEALED_CHUNK_BYTES } from './chunks.ts';
import { NO_DIGEST, startDigest, type Digest } from './digest.ts';
import { batchChunks, type EncryptionReceipt } from './encrypt-file.ts';
import { damagedPayload, openHead, openHeadWithFileKey, MAX_HEAD_BYTES, type OpenedHead } from './file-head.ts';
import { pump } from './pump.ts';
import { writeFully } from './write-fully.ts';

/**
 * Decrypts `source` into `target`, both from position 0. Only authenticated bytes are written, but before the end is reached
 * nobody can tell whether the file was cut off: write to a temporary file and rename it on success only.
 * `onProgress` gets the ciphertext bytes done so far.
 * @throws what the file system threw.
 */
export async function decryptFile(
  source: FileHandle,
  target: FileHandle,
  identities: readonly string[],
  onProgress?: (bytes: number) => void,
): Promise<Result<{ bytes: number; sha256: string }, Failure>> {
  const { size } = await source.stat();
  return await decryptTo(source, target, identities, size, () => startDigest(size), onProgress);
}

/** As `decryptFile` without the SHA-256, the slowest part of it. */
export async function decryptFileWithoutDigest(
  source: FileHandle,
  target: FileHandle,
  identities: readonly string[],
  onProgress?: (bytes: number) => void,
): Promise<Result<{ bytes: number }, Failure>> {
  const { size } = await source.stat();
  const opened = await decryptTo(source, target, identities, size, () => NO_DIGEST, onProgress);
  return opened.ok ? ok({ bytes: opened.value.bytes }) : opened;
}

/**
 * Whether the whole file, header and every chunk, opens with one of the identities. Nothing is written. A header alone
 * would prove little: anybody who knows a recipient can put plaintext behind a genuine one.
 * @throws what the file system threw.
 */
export async function checkFile(source: FileHandle, identities: readonly string[]): Promise<Result<{ bytes: number }, Failure>> {
  const head = openHead(await readStart(source), identities);
  if (!head.ok) return head;
  const { size } = await source.stat();
  const opened = await open(source, head.value, size, NO_DIGEST);
  return opened.ok ? ok({ bytes: opened.value.bytes }) : opened;
}

/**
 * Reads an encrypted file back and holds it against its receipt: header MAC by the file key, every chunk, length and SHA-256
 * of the plaintext. After this the original may go. Caches of the system are not bypassed.
 * @throws what the file system threw.
 */
export async function verifyFile(source: FileHandle, receipt: EncryptionReceipt): Promise<Result<void, Failure>> {
  const head = openHeadWithFileKey(await readStart(source), receipt.fileKey);
  const opened = head.ok ? await open(source, head.value, receipt.bytes, startDigest(receipt.bytes)) : head;
  if (opened.ok && opened.value.bytes === receipt.bytes && opened.value.sha256 === receipt.sha256) return ok(undefined);
  return err(
    failure('DLP_VERIFY_FAILED', 'The encrypted file does not read back as what was encrypted. The original was not touched.', {
      retryable: true,
      cause: opened.ok ? undefined : opened.error,
    }),
  );
}

async function decryptTo(
  source: FileHandle,
  target: FileHandle,
  identities: readonly string[],
  size: number,
  digest: () => Digest,
  onProgress: ((bytes: number) => void) | undefined,
): Promise<ReturnType<typeof open>> {
  const head = openHead(await readStart(source), identities);
  if (!head.ok) return head;
  return await open(source, head.value, size, digest(), (plaintext, position) => writeFully(target, plaintext, position), onProgress);
}

async function open(
  source: FileHandle,
  head: OpenedHead,
  size: number,
  digest: Digest,
  write: (plaintext: Uint8Array, position: number) => Promise<void> = () => Promise.resolve(),
  onProgress?: (bytes: number) => void,
): Promise<Result<{ bytes: number; sha256: string }, Failure>> {
  const batch = batchChunks(size);
  let bytes = 0;
  try {
    const authentic = await pump({
      source,
      sourceStart: head.length,
      inputBytes: batch * SEALED_CHUNK_BYTES,
      outputBytes: batch * CHUNK_BYTES,
      shared: digest.needsSharedMemory ? 'output' : null,
      transform: ({ index, last, input, output }) => openChunks({ key: head.key, first: index * batch, last }, input, output),
      consume: (_, plaintext, position) => {
        bytes += plaintext.length;
        return Promise.all([digest.update(plaintext), write(plaintext, position)]);
      },
      onProgress,
    });
    return authentic ? ok({ bytes, sha256: await digest.finish() }) : err(damagedPayload());
  } finally {
    await digest.close();
  }
}

async function readStart(source: FileHandle): Promise<Uint8Array> {
  const start = Buffer.allocUnsafeSlow(MAX_HEAD_BYTES);
  let filled = 0;
  while (filled < start.length) {
    const { bytesRead } = await source.read(start, filled, start.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return start.subarray(0, filled);
}

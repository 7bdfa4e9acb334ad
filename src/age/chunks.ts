import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/**
 * The payload: 64 KiB chunks, each sealed on its own with ChaCha20-Poly1305 under a nonce of its number and a mark on the
 * last one (docs/spec/age.md section 3). Reordered, repeated, missing or added chunks therefore do not open.
 */
export const CHUNK_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

const CIPHER = 'chacha20-poly1305';
const TAG_OPTIONS = { authTagLength: TAG_BYTES };

/** A run of chunks of one payload. */
export interface ChunkRun {
  readonly key: KeyObject;
  /** Number of the first chunk in the payload, from 0. */
  readonly first: number;
  /** Whether the payload ends with this run. If not, it must be whole chunks. */
  readonly last: boolean;
}

/** Seals `plaintext` into `target` and gives the bytes written. An empty last run is the one empty chunk of an empty payload. */
export function sealChunks(run: ChunkRun, plaintext: Uint8Array, target: Uint8Array): number {
  const chunks = Math.max(1, Math.ceil(plaintext.length / CHUNK_BYTES));
  const nonce = Buffer.alloc(12);
  let written = 0;
  for (let index = 0; index < chunks; index += 1) {
    setNonce(nonce, run.first + index, run.last && index === chunks - 1);
    const cipher = createCipheriv(CIPHER, run.key, nonce, TAG_OPTIONS);
    const sealed = cipher.update(plaintext.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES));
    cipher.final();
    const { length } = sealed;
    target.set(sealed, written);
    target.set(cipher.getAuthTag(), written + length);
    release(sealed);
    written += length + TAG_BYTES;
  }
  return written;
}

/** Opens the chunks of `sealed` into `target` and gives the bytes written, or null when one is not authentic. */
export function openChunks(run: ChunkRun, sealed: Uint8Array, target: Uint8Array): number | null {
  const chunks = Math.max(1, Math.ceil(sealed.length / SEALED_CHUNK_BYTES));
  const nonce = Buffer.alloc(12);
  let written = 0;
  for (let index = 0; index < chunks; index += 1) {
    setNonce(nonce, run.first + index, run.last && index === chunks - 1);
    const chunk = openChunk(run.key, nonce, sealed.subarray(index * SEALED_CHUNK_BYTES, (index + 1) * SEALED_CHUNK_BYTES));
    // Only an empty payload may end in an empty chunk; otherwise one plaintext would have two encodings.
    if (chunk === null || (chunk.length === 0 && run.first + index > 0)) return null;
    const { length } = chunk;
    target.set(chunk, written);
    release(chunk);
    written += length;
  }
  return written;
}

function openChunk(key: KeyObject, nonce: Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, nonce, TAG_OPTIONS);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
    return plaintext;
  } catch {
    return null;
  }
}

/**
 * Gives the memory of a chunk back at once. Left to the garbage collector, new memory for every 64 KiB costs a third of the
 * throughput. Memory that others share is left alone.
 */
function release(chunk: Buffer): void {
  if (chunk.buffer instanceof ArrayBuffer && chunk.buffer.byteLength === chunk.length) chunk.buffer.transfer(0);
}

/** Eleven bytes of big-endian counter, of which a JavaScript integer fills at most seven, then the mark. */
function setNonce(nonce: Buffer, counter: number, last: boolean): void {
  nonce.writeUInt32BE(Math.floor(counter / 2 ** 32), 3);
  nonce.writeUInt32BE(counter % 2 ** 32, 7);
  nonce[11] = last ? 1 : 0;
}

import type { Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { openChunks, sealChunks, CHUNK_BYTES, TAG_BYTES } from './chunks.ts';
import { damagedPayload, openHead, sealHead } from './file-head.ts';

/** Encrypts something small in memory. */
export function encryptBytes(plaintext: Uint8Array, recipients: readonly string[]): Result<Buffer, Failure> {
  const head = sealHead(recipients);
  if (!head.ok) return head;
  const chunks = Math.max(1, Math.ceil(plaintext.length / CHUNK_BYTES));
  const file = Buffer.alloc(head.value.bytes.length + plaintext.length + chunks * TAG_BYTES);
  file.set(head.value.bytes);
  sealChunks({ key: head.value.key, first: 0, last: true }, plaintext, file.subarray(head.value.bytes.length));
  return ok(file);
}

/** Decrypts something small in memory. Gives all of the plaintext or none. */
export function decryptBytes(file: Uint8Array, identities: readonly string[]): Result<Buffer, Failure> {
  const head = openHead(file, identities);
  if (!head.ok) return head;
  const sealed = file.subarray(head.value.length);
  const plaintext = Buffer.alloc(sealed.length);
  const length = openChunks({ key: head.value.key, first: 0, last: true }, sealed, plaintext);
  return length === null ? err(damagedPayload()) : ok(plaintext.subarray(0, length));
}

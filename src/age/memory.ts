import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { openChunks, sealChunks, CHUNK_BYTES, TAG_BYTES } from './chunks.ts';
import { damagedPayload, type OpenedHead, openHead, openHeadWithFileKey, type SealedHead, sealHead } from './file-head.ts';

/** Encrypts something small in memory. */
export function encryptBytes(plaintext: Uint8Array, recipients: readonly string[]): Result<Buffer, Failure> {
  const head = sealHead(recipients);
  return head.ok ? ok(withHead(head.value, plaintext)) : head;
}

/** As `encryptBytes`, opened again before it is given out: whoever removes the plaintext relies on it. */
export function encryptBytesProved(plaintext: Uint8Array, recipients: readonly string[]): Result<Buffer, Failure> {
  const head = sealHead(recipients);
  if (!head.ok) return head;
  const file = withHead(head.value, plaintext);
  const opened = openHeadWithFileKey(file, head.value.fileKey);
  const proved = opened.ok ? openAll(opened.value, file) : opened;
  if (proved.ok && proved.value.equals(plaintext)) return ok(file);
  return err(
    failure('DLP_VERIFY_FAILED', 'The encrypted file does not read back as what was encrypted. The original was not touched.', {
      retryable: true,
      cause: proved.ok ? undefined : proved.error,
    }),
  );
}

/** Decrypts something small in memory. Gives all of the plaintext or none. */
export function decryptBytes(file: Uint8Array, identities: readonly string[]): Result<Buffer, Failure> {
  const head = openHead(file, identities);
  if (!head.ok) return head;
  return openAll(head.value, file);
}

function withHead({ bytes, key }: SealedHead, plaintext: Uint8Array): Buffer {
  const chunks = Math.max(1, Math.ceil(plaintext.length / CHUNK_BYTES));
  const file = Buffer.alloc(bytes.length + plaintext.length + chunks * TAG_BYTES);
  file.set(bytes);
  sealChunks({ key, first: 0, last: true }, plaintext, file.subarray(bytes.length));
  return file;
}

function openAll({ key, length }: OpenedHead, file: Uint8Array): Result<Buffer, Failure> {
  const sealed = file.subarray(length);
  const plaintext = Buffer.alloc(sealed.length);
  const opened = openChunks({ key, first: 0, last: true }, sealed, plaintext);
  return opened === null ? err(damagedPayload()) : ok(plaintext.subarray(0, opened));
}

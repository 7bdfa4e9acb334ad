import { randomBytes, type KeyObject } from 'node:crypto';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { authenticatesHeader, encodeHeader, parseHeader, MAX_HEADER_BYTES, type Stanza } from './header.ts';
import { FILE_KEY_BYTES, NONCE_BYTES, payloadKey } from './key-schedule.ts';
import { importIdentity, importRecipient } from './keys.ts';
import { unwrapFileKey, wrapFileKey } from './x25519.ts';

/** All that precedes the chunks, header and nonce, fits in this many bytes. */
export const MAX_HEAD_BYTES = MAX_HEADER_BYTES + NONCE_BYTES;

export interface SealedHead {
  /** Header and nonce, as they go to the start of the file. */
  readonly bytes: Buffer;
  readonly fileKey: Uint8Array;
  readonly key: KeyObject;
}

export interface OpenedHead {
  readonly key: KeyObject;
  /** Where the first chunk begins. */
  readonly length: number;
}

/** Makes a fresh file key and wraps it for each recipient. */
export function sealHead(recipients: readonly string[]): Result<SealedHead, Failure> {
  if (recipients.length === 0) return err(failure('DLP_AGE_RECIPIENT', 'At least one recipient is needed; nobody could open the file.'));
  const fileKey = randomBytes(FILE_KEY_BYTES);
  const stanzas: Stanza[] = [];
  for (const recipient of recipients) {
    const key = importRecipient(recipient);
    if (!key.ok) return key;
    const stanza = wrapFileKey(fileKey, key.value);
    if (!stanza.ok) return stanza;
    stanzas.push(stanza.value);
  }
  const header = encodeHeader(stanzas, fileKey);
  if (header.length > MAX_HEADER_BYTES) return err(failure('DLP_AGE_RECIPIENT', 'There are too many recipients for one file.'));
  const nonce = randomBytes(NONCE_BYTES);
  return ok({ bytes: Buffer.concat([header, nonce]), fileKey, key: payloadKey(fileKey, nonce) });
}

/** Opens the start of a file (up to MAX_HEAD_BYTES of it) with the first identity that fits. */
export function openHead(start: Uint8Array, identities: readonly string[]): Result<OpenedHead, Failure> {
  const keys: KeyObject[] = [];
  for (const identity of identities) {
    const key = importIdentity(identity);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return openHeadBy(start, (stanzas) => unwrapFileKey(stanzas, keys));
}

/** Opens the start of a file with the file key itself. */
export function openHeadWithFileKey(start: Uint8Array, fileKey: Uint8Array): Result<OpenedHead, Failure> {
  return openHeadBy(start, () => ok(fileKey));
}

function openHeadBy(
  start: Uint8Array,
  findFileKey: (stanzas: readonly Stanza[]) => Result<Uint8Array | null, Failure>,
): Result<OpenedHead, Failure> {
  const header = parseHeader(start);
  if (!header.ok) return header;
  const fileKey = findFileKey(header.value.stanzas);
  if (!fileKey.ok) return fileKey;
  if (fileKey.value === null) {
    return err(
      failure('DLP_AGE_NO_MATCH', 'This file was not encrypted for any of these identities. Use the identity of one of its recipients.'),
    );
  }
  if (!authenticatesHeader(fileKey.value, header.value)) {
    return err(failure('DLP_AGE_HEADER', 'The header of this age file was changed after it was written.'));
  }
  const nonce = start.subarray(header.value.length, header.value.length + NONCE_BYTES);
  if (nonce.length < NONCE_BYTES) return err(failure('DLP_AGE_HEADER', 'This age file ends right after its header.'));
  return ok({ key: payloadKey(fileKey.value, nonce), length: header.value.length + NONCE_BYTES });
}

/** What is said when a chunk does not open; where it broke off would help nobody but an attacker. */
export const damagedPayload = (): Failure =>
  failure('DLP_AGE_PAYLOAD', 'The contents of this age file are damaged, cut off or followed by something else.');

import { createCipheriv, createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { Stanza } from './header.ts';
import { deriveKey, FILE_KEY_BYTES } from './key-schedule.ts';
import { importPublicKey, rawPublicKey } from './keys.ts';

const TYPE = 'X25519';
const LABEL = 'age-encryption.org/v1/X25519';
const CIPHER = 'chacha20-poly1305';
const TAG_BYTES = 16;
const SHARE_BYTES = 32;
/** Fixed by the spec: each wrap key is used once. */
const WRAP_NONCE = Buffer.alloc(12);

/** Wraps the file key for one recipient, with an ephemeral key of its own. */
export function wrapFileKey(fileKey: Uint8Array, recipient: KeyObject): Result<Stanza, Failure<'DLP_AGE_RECIPIENT'>> {
  const ephemeral = generateKeyPairSync('x25519');
  const share = rawPublicKey(ephemeral.publicKey);
  const secret = sharedSecret(ephemeral.privateKey, recipient);
  if (secret === null)
    return err(failure('DLP_AGE_RECIPIENT', 'This recipient is a low-order point: no file for it could be kept secret.'));
  const cipher = createCipheriv(CIPHER, wrapKey(secret, share, rawPublicKey(recipient)), WRAP_NONCE, { authTagLength: TAG_BYTES });
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  return ok({ args: [TYPE, encodeBase64(share)], body });
}

/** The file key, or null when no stanza was made for any of the identities. Malformed X25519 stanzas are refused whoever they are for. */
export function unwrapFileKey(
  stanzas: readonly Stanza[],
  identities: readonly KeyObject[],
): Result<Uint8Array | null, Failure<'DLP_AGE_HEADER'>> {
  const keys = identities.map((identity) => ({ identity, recipient: rawPublicKey(createPublicKey(identity)) }));
  let fileKey: Uint8Array | null = null;
  for (const stanza of stanzas) {
    if (stanza.args[0] !== TYPE) continue;
    const share = readShare(stanza);
    if (share === null) return refuse('an X25519 stanza is malformed');
    for (const { identity, recipient } of fileKey === null ? keys : []) {
      const secret = sharedSecret(identity, importPublicKey(share));
      if (secret === null) return refuse('an X25519 stanza holds a low-order point');
      fileKey ??= openBody(stanza.body, wrapKey(secret, share, recipient));
    }
  }
  return ok(fileKey);
}

/** A body of any other length than a wrapped file key would make the identity an oracle on which of many keys fits. */
function readShare(stanza: Stanza): Uint8Array | null {
  const [, text, ...more] = stanza.args;
  if (text === undefined || more.length > 0 || stanza.body.length !== FILE_KEY_BYTES + TAG_BYTES) return null;
  const share = decodeBase64(text);
  return share?.length === SHARE_BYTES ? share : null;
}

/** X25519, or null for an all-zero result (RFC 7748 section 6.1), which OpenSSL refuses by itself. */
function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Buffer | null {
  let secret: Buffer;
  try {
    secret = diffieHellman({ privateKey, publicKey });
  } catch {
    return null;
  }
  return secret.every((byte) => byte === 0) ? null : secret;
}

function wrapKey(secret: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  return deriveKey(secret, Buffer.concat([share, recipient]), LABEL);
}

function openBody(body: Uint8Array, key: Uint8Array): Uint8Array | null {
  const decipher = createDecipheriv(CIPHER, key, WRAP_NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(body.subarray(FILE_KEY_BYTES));
  const fileKey = decipher.update(body.subarray(0, FILE_KEY_BYTES));
  try {
    decipher.final();
    return fileKey;
  } catch {
    return null;
  }
}

function refuse(what: string): Result<never, Failure<'DLP_AGE_HEADER'>> {
  return err(failure('DLP_AGE_HEADER', `The header of this age file is damaged: ${what}.`));
}

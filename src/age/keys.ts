import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bech32 } from '@scure/base';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';

/** Raw X25519 keys are 32 bytes; node:crypto takes and gives them inside these fixed DER wrappings (RFC 8410). */
const PRIVATE_KEY_DER = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PUBLIC_KEY_DER = Buffer.from('302a300506032b656e032100', 'hex');
const KEY_BYTES = 32;

// The spec has recipients in lower case and identities in upper case; Bech32 itself refuses a mixture.
const RECIPIENT_PREFIX = 'age';
const IDENTITY_PREFIX = 'AGE-SECRET-KEY-';

/** A new key pair in age's text forms: `AGE-SECRET-KEY-1…` and `age1…`. */
export function generateIdentity(): { identity: string; recipient: string } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PRIVATE_KEY_DER.length);
  const identity = bech32.encodeFromBytes(IDENTITY_PREFIX.toLowerCase(), secret).toUpperCase();
  return { identity, recipient: bech32.encodeFromBytes(RECIPIENT_PREFIX, rawPublicKey(publicKey)) };
}

/** The recipient (`age1…`) whose files this identity opens. */
export function recipientOf(identity: string): Result<string, Failure> {
  const key = importIdentity(identity);
  return key.ok ? ok(bech32.encodeFromBytes(RECIPIENT_PREFIX, rawPublicKey(createPublicKey(key.value)))) : key;
}

/** Whether this is a recipient files can be encrypted for. */
export function isRecipient(text: string): boolean {
  return importRecipient(text).ok;
}

/** The private key of `AGE-SECRET-KEY-1…`. The message never repeats the text: it is a secret, even when misspelt. */
export function importIdentity(identity: string): Result<KeyObject, Failure<'DLP_AGE_IDENTITY'>> {
  const raw = decodeKey(identity, IDENTITY_PREFIX);
  if (raw === null) {
    return err(failure('DLP_AGE_IDENTITY', 'This is not an X25519 age identity (AGE-SECRET-KEY-1… in capitals, with a correct checksum).'));
  }
  return ok(createPrivateKey({ key: Buffer.concat([PRIVATE_KEY_DER, raw]), format: 'der', type: 'pkcs8' }));
}

/** The public key of `age1…`. Plugin, post-quantum and SSH recipients are refused. */
export function importRecipient(recipient: string): Result<KeyObject, Failure<'DLP_AGE_RECIPIENT'>> {
  const raw = decodeKey(recipient, RECIPIENT_PREFIX);
  return raw === null
    ? err(failure('DLP_AGE_RECIPIENT', 'This is not an X25519 age recipient (age1… in small letters, with a correct checksum).'))
    : ok(importPublicKey(raw));
}

export function importPublicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC_KEY_DER, raw]), format: 'der', type: 'spki' });
}

export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(PUBLIC_KEY_DER.length);
}

function decodeKey(text: string, prefix: string): Uint8Array | null {
  if (!text.startsWith(`${prefix}1`)) return null;
  try {
    const decoded = bech32.decodeToBytes(text);
    return decoded.prefix.toLowerCase() === prefix.toLowerCase() && decoded.bytes.length === KEY_BYTES ? decoded.bytes : null;
  } catch {
    return null;
  }
}

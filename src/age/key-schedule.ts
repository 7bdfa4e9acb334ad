import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

export const FILE_KEY_BYTES = 16;
export const NONCE_BYTES = 16;

/** HKDF-SHA-256 with age's 32 bytes of output (RFC 5869). */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, label, 32));
}

/** HMAC-SHA-256 over the header up to and including its `---`. */
export function headerMac(fileKey: Uint8Array, header: Uint8Array): Buffer {
  return createHmac('sha256', deriveKey(fileKey, new Uint8Array(0), 'header'))
    .update(header)
    .digest();
}

/** A KeyObject, not bytes: node:crypto spends 20 microseconds a chunk finding out that bytes are not a KeyObject. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): KeyObject {
  return createSecretKey(deriveKey(fileKey, nonce, 'payload'));
}

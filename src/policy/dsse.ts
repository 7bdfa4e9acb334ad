import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { DsseEnvelope } from '../contracts/policy.ts';

/**
 * Pre-authentication encoding of DSSE v1.0 (secure-systems-lab/dsse, protocol.md): the bytes that are signed.
 * Lengths are in bytes, decimal, so that type and payload cannot run into each other.
 */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

/** Signs a payload with an Ed25519 key (RFC 8032, without a hash of our own before it). */
export function signEnvelope(payloadType: string, payload: Uint8Array, privateKey: KeyObject): DsseEnvelope {
  const sig = sign(null, preAuthenticationEncoding(payloadType, payload), privateKey);
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ keyid: keyId(createPublicKey(privateKey)), sig: sig.toString('base64') }],
  };
}

/**
 * The payload's bytes when one of the signatures is by the key, else undefined. A keyid only chooses which signatures
 * to try (DSSE: it is unauthenticated); an empty one is tried too.
 */
export function openEnvelope(envelope: DsseEnvelope, publicKey: KeyObject): Buffer | undefined {
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthenticationEncoding(envelope.payloadType, payload);
  const id = keyId(publicKey);
  const candidates = envelope.signatures.filter(({ keyid }) => keyid === id || keyid === '');
  return candidates.some(({ sig }) => verify(null, signed, publicKey, Buffer.from(sig, 'base64'))) ? payload : undefined;
}

/** SHA-256 over the key's SubjectPublicKeyInfo in DER, in hex: `openssl pkey -pubin -outform DER | sha256sum`. */
export function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

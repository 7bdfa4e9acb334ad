import { createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

const generate = promisify(generateKeyPair);
const RSA_BITS = 3072;

export async function generateRsaKey(): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  return privateKey;
}

export async function generateSigningKey(): Promise<KeyObject> {
  const { privateKey } = await generate('ed25519');
  return privateKey;
}

export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @throws Error when the text is no private key. */
export function privateKeyFromPem(pem: string): KeyObject {
  return createPrivateKey(pem);
}

export function publicKeyPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

interface Signable {
  signatureOid: string | null;
  signature: unknown;
  siginfo: { algorithmOid: string | null };
}

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';

/**
 * Signs a certificate or request that forge has put together. The private key stays in node:crypto: forge's own RSA
 * is JavaScript, slower and not constant in time.
 */
export function signStructure<T extends Signable>(subject: T, key: KeyObject, toAsn1: (subject: T) => forge.asn1.Asn1): void {
  subject.signatureOid = SHA256_WITH_RSA;
  subject.siginfo.algorithmOid = SHA256_WITH_RSA;
  subject.signature = '';
  const body = toAsn1(subject).value[0];
  if (body === undefined || typeof body === 'string') throw new TypeError('forge gave no structure to sign');
  subject.signature = sign('sha256', Buffer.from(forge.asn1.toDer(body).getBytes(), 'binary'), key).toString('binary');
}

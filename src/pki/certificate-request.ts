import { createPublicKey, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { type Failure, failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { publicKeyPem, signStructure } from './keys.ts';

const SMALLEST_BITS = 3072;
// Beyond this a request costs its verifier more than it costs its sender.
const LARGEST_BITS = 8192;

/** A PKCS #10 request for the key. The name is a hint for people; whoever issues gives the real one. */
export function createCsr(key: KeyObject, commonName: string): string {
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.publicKeyFromPem(publicKeyPem(createPublicKey(key)));
  request.setSubject([{ name: 'commonName', value: commonName }]);
  signStructure(request, key, forge.pki.certificationRequestToAsn1);
  return forge.pki.certificationRequestToPem(request);
}

/**
 * The public key of a request whose signature proves that the sender holds the private one. Nothing else of the request
 * is used: names and extensions in it are the sender's wishes. Fails with DLP_ENROLL_CSR.
 */
export function readCsr(pem: string): Result<KeyObject, Failure<'DLP_ENROLL_CSR'>> {
  try {
    const request = forge.pki.certificationRequestFromPem(pem);
    if (request.publicKey === null) return refused('it has no RSA key');
    const key = createPublicKey(forge.pki.publicKeyToPem(request.publicKey));
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== 'rsa' || bits < SMALLEST_BITS || bits > LARGEST_BITS) {
      return refused(`its key must be RSA of ${SMALLEST_BITS} to ${LARGEST_BITS} bits`);
    }
    if (key.asymmetricKeyDetails?.publicExponent !== 65_537n) return refused('its public exponent must be 65537');
    return request.verify() ? ok(key) : refused('its signature is wrong');
  } catch {
    return refused('it cannot be read');
  }
}

const refused = (why: string): Result<never, Failure<'DLP_ENROLL_CSR'>> =>
  err(failure('DLP_ENROLL_CSR', `The certificate request was refused: ${why}.`));

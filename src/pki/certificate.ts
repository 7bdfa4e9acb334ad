import { createPublicKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';
import { agentUri } from './identity.ts';
import { publicKeyPem, signStructure } from './keys.ts';

const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
const SHORTEST_DAYS = 90;
const LONGEST_DAYS = 365;
/** Clocks of PCs that were just switched on may be behind. */
const CLOCK_SKEW = 5 * 60_000;

export interface CertificateAuthority {
  readonly certificate: string;
  readonly key: KeyObject;
}

/** Self-signed, ten years, may sign end certificates only. PEM. */
export function createAuthorityCertificate(key: KeyObject, organisation: string, now: number): string {
  const certificate = prepare(createPublicKey(key), AUTHORITY_DAYS, now);
  const name = [organisationName(organisation), commonName(`${organisation} Sekisho CA`)];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  signStructure(certificate, key, forge.pki.certificateToAsn1);
  return forge.pki.certificateToPem(certificate);
}

export interface AgentCertificateOrder {
  readonly agent: string;
  readonly publicKey: KeyObject;
  /** 90 to 365. */
  readonly days: number;
  readonly now: number;
}

/** A client certificate whose only identity is the SAN URI of the agent. PEM. */
export function issueAgentCertificate(authority: CertificateAuthority, order: AgentCertificateOrder): string {
  return issue(authority, order, order.agent, [
    { name: 'extKeyUsage', clientAuth: true, critical: true },
    { name: 'subjectAltName', altNames: [{ type: 6, value: agentUri(order.agent) }] },
  ]);
}

export interface ServerCertificateOrder {
  /** DNS names and IP addresses it is reached by. */
  readonly names: readonly [string, ...string[]];
  readonly publicKey: KeyObject;
  readonly days: number;
  readonly now: number;
}

export function issueServerCertificate(authority: CertificateAuthority, order: ServerCertificateOrder): string {
  const altNames = order.names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }));
  return issue(authority, order, order.names[0], [
    { name: 'extKeyUsage', serverAuth: true, critical: true },
    { name: 'subjectAltName', altNames },
  ]);
}

interface Order {
  readonly publicKey: KeyObject;
  readonly days: number;
  readonly now: number;
}

function issue(authority: CertificateAuthority, order: Order, subject: string, extensions: object[]): string {
  if (order.days < SHORTEST_DAYS || order.days > LONGEST_DAYS) {
    throw new RangeError(`a certificate is issued for ${SHORTEST_DAYS} to ${LONGEST_DAYS} days, not ${order.days}`);
  }
  const parent = forge.pki.certificateFromPem(authority.certificate);
  const certificate = prepare(order.publicKey, order.days, order.now);
  certificate.setSubject([commonName(subject)]);
  certificate.setIssuer(decodedName(parent.subject.attributes));
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: parent.generateSubjectKeyIdentifier().getBytes() },
    ...extensions,
  ]);
  signStructure(certificate, authority.key, forge.pki.certificateToAsn1);
  const pem = forge.pki.certificateToPem(certificate);
  if (!new X509Certificate(pem).verify(createPublicKey(authority.key))) throw new Error('the certificate just issued does not verify');
  return pem;
}

function prepare(publicKey: KeyObject, days: number, now: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKeyPem(publicKey));
  certificate.serialNumber = randomSerial();
  certificate.validity.notBefore = new Date(now - CLOCK_SKEW);
  certificate.validity.notAfter = new Date(now + days * DAY);
  return certificate;
}

/** 128 random bits; the leading byte keeps the DER integer positive and its length constant. */
function randomSerial(): string {
  return `01${randomBytes(16).toString('hex')}`;
}

// The published types name the wrong enum for this field; the value is the ASN.1 type.
const utf8: number = forge.asn1.Type.UTF8;
const commonName = (value: string) => ({ name: 'commonName', value: value.slice(0, 64), valueTagClass: utf8 });
const organisationName = (value: string) => ({ name: 'organizationName', value: value.slice(0, 64), valueTagClass: utf8 });

/** forge reads names as raw bytes but encodes what it writes: without this an issuer outside ASCII would not match. */
function decodedName(attributes: forge.pki.CertificateField[]): forge.pki.CertificateField[] {
  return attributes.map((attribute) =>
    Number(attribute.valueTagClass) === utf8 && typeof attribute.value === 'string'
      ? { ...attribute, value: Buffer.from(attribute.value, 'binary').toString('utf8') }
      : attribute,
  );
}

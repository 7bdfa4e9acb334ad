import { execFileSync } from 'node:child_process';
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CertificateAuthority,
  createAuthorityCertificate,
  issueAgentCertificate,
  issueServerCertificate,
} from '../../src/pki/certificate.ts';
import { createCsr, readCsr } from '../../src/pki/certificate-request.ts';
import { agentOf, fingerprintOf, serialOf } from '../../src/pki/identity.ts';
import { generateRsaKey } from '../../src/pki/keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-pki-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });

const opensslRequest = (kind: string): string =>
  openssl('req', '-new', '-newkey', kind, '-nodes', '-keyout', join(folder, 'key.pem'), '-subj', '/CN=x');

let authority: CertificateAuthority;
let agentKey: KeyObject;
let publicKey: KeyObject;
const now = Date.now();

beforeAll(async () => {
  const key = await generateRsaKey();
  authority = { key, certificate: createAuthorityCertificate(key, '尼崎市役所', now) };
  agentKey = await generateRsaKey();
  const csr = readCsr(createCsr(agentKey, 'urn:sekisho:agent:somebody-else'));
  if (!csr.ok) throw new Error(csr.error.message);
  publicKey = csr.value;
});

const issue = (agent = 'agent-1', days = 365): string => issueAgentCertificate(authority, { agent, publicKey, days, now });

describe('an agent certificate', () => {
  it('is accepted by openssl under the CA, whose name is outside ASCII, as a client and not as a server', () => {
    const ca = file('ca.crt', authority.certificate);
    const certificate = file('agent.crt', issue());
    expect(openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', ca, certificate)).toContain('agent.crt: OK');
    expect(() => openssl('verify', '-purpose', 'sslserver', '-CAfile', ca, certificate)).toThrow(/purpose/);
    expect(openssl('x509', '-noout', '-issuer', '-nameopt', 'utf8,sep_multiline', '-in', certificate)).toContain('尼崎市役所');
  });

  it('names the agent it was issued to, whatever the request said', () => {
    const certificate = new X509Certificate(issue('agent-7'));
    expect(agentOf(certificate)).toBe('agent-7');
    expect(certificate.subject).toBe('CN=agent-7');
    expect(certificate.publicKey.equals(createPublicKey(agentKey))).toBe(true);
  });

  it('has a serial of its own, which openssl reads as we do', () => {
    const [first, second] = [issue(), issue()].map((pem) => new X509Certificate(pem));
    if (first === undefined || second === undefined) throw new Error('two certificates were issued');
    expect(serialOf(first)).not.toBe(serialOf(second));
    expect(serialOf(first)).toMatch(/^1[0-9a-f]{32}$/);
    const printed = openssl('x509', '-noout', '-serial', '-in', file('serial.crt', first.toString()));
    expect(printed.trim().toLowerCase()).toBe(`serial=0${serialOf(first)}`);
  });

  it.each([89, 366, 0])('is not issued for %i days', (days) => {
    expect(() => issue('agent-1', days)).toThrow(RangeError);
  });

  it('is no authority: what it signs is refused', () => {
    const forged = issueAgentCertificate({ key: agentKey, certificate: issue() }, { agent: 'agent-9', publicKey, days: 90, now });
    const chain = file('chain.crt', issue());
    const path = file('forged.crt', forged);
    expect(() => openssl('verify', '-CAfile', join(folder, 'ca.crt'), '-untrusted', chain, path)).toThrow(/invalid CA certificate/);
  });
});

it('issues a server certificate for names and addresses that openssl accepts as a server', () => {
  const pem = issueServerCertificate(authority, { names: ['localhost', '127.0.0.1', '::1'], publicKey, days: 90, now });
  const path = file('server.crt', pem);
  const ca = file('ca.crt', authority.certificate);
  for (const check of [
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '::1'],
  ]) {
    expect(openssl('verify', '-purpose', 'sslserver', ...check, '-CAfile', ca, path)).toContain('OK');
  }
  expect(agentOf(new X509Certificate(pem))).toBeNull();
});

describe('a certificate request', () => {
  it('is refused when its signature is not by its own key', async () => {
    const other = createCsr(await generateRsaKey(), 'x');
    const der = Buffer.from(other.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    const own = Buffer.from(createCsr(agentKey, 'x').replaceAll(/-----.*-----|\s/g, ''), 'base64');
    // The signature is the last 384 bytes of a request for a 3072-bit key.
    const mixed = Buffer.concat([own.subarray(0, -384), der.subarray(-384)]);
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${mixed.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(readCsr(pem)).toMatchObject({ ok: false, error: { code: 'DLP_ENROLL_CSR' } });
  });

  it('by openssl is understood, and a short key in one is refused', () => {
    expect(readCsr(opensslRequest('rsa:3072')).ok).toBe(true);
    expect(readCsr(opensslRequest('rsa:2048'))).toMatchObject({ ok: false, error: { code: 'DLP_ENROLL_CSR' } });
  });

  it('of another kind of key, or no request at all, is refused', () => {
    const ed25519 = opensslRequest('ed25519');
    for (const text of [ed25519, '', 'x', authority.certificate]) expect(readCsr(text).ok).toBe(false);
  });
});

it('computes the fingerprint that openssl prints', () => {
  const printed = openssl('x509', '-noout', '-fingerprint', '-sha256', '-in', file('ca.crt', authority.certificate));
  expect(printed.split('=')[1]?.trim().replaceAll(':', '').toLowerCase()).toBe(fingerprintOf(new X509Certificate(authority.certificate)));
});

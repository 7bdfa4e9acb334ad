import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../node/atomic-file.ts';
import { type CertificateAuthority, generateRsaKey, issueServerCertificate, privateKeyFromPem, privateKeyPem } from '../pki/index.ts';

const DAYS = 365;
const RENEW_BEFORE_MILLIS = 30 * 86_400_000;
const KEY = 'server.key';
const CERTIFICATE = 'server.crt';

export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

/** The agents' listener's own key and certificate, kept in the state folder and made anew when names or time require it. */
export async function serverIdentity(options: {
  state: string;
  authority: CertificateAuthority;
  names: readonly [string, ...string[]];
  now: number;
}): Promise<ServerIdentity> {
  const known = await readKnown(options.state);
  if (known !== null && isUsable(known, options)) return known;
  const key = known === null ? await generateRsaKey() : privateKeyFromPem(known.key);
  const order = { names: options.names, publicKey: createPublicKey(key), days: DAYS, now: options.now };
  const made = { key: privateKeyPem(key), cert: issueServerCertificate(options.authority, order) };
  await writeFileAtomic(join(options.state, KEY), made.key, 0o600);
  await writeFileAtomic(join(options.state, CERTIFICATE), made.cert, 0o644);
  return made;
}

async function readKnown(state: string): Promise<ServerIdentity | null> {
  try {
    return { key: await readFile(join(state, KEY), 'utf8'), cert: await readFile(join(state, CERTIFICATE), 'utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isUsable(known: ServerIdentity, options: { authority: CertificateAuthority; names: readonly string[]; now: number }): boolean {
  const certificate = new X509Certificate(known.cert);
  return (
    certificate.checkPrivateKey(privateKeyFromPem(known.key)) &&
    certificate.verify(new X509Certificate(options.authority.certificate).publicKey) &&
    certificate.validToDate.getTime() - options.now > RENEW_BEFORE_MILLIS &&
    options.names.every((name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined)
  );
}

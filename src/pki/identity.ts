import { createHash, type X509Certificate } from 'node:crypto';
import { agentId } from '../contracts/ids.ts';

const PREFIX = 'urn:sekisho:agent:';

export const agentUri = (agent: string): string => `${PREFIX}${agent}`;

/** The agent a certificate was issued to, or null: exactly one name, a URI of ours. */
export function agentOf(certificate: X509Certificate): string | null {
  const names = certificate.subjectAltName ?? '';
  if (!names.startsWith(`URI:${PREFIX}`)) return null;
  const parsed = agentId.safeParse(names.slice(`URI:${PREFIX}`.length));
  return parsed.success ? parsed.data : null;
}

/** Lower-case hex without leading zeros: OpenSSL, Node and forge each pad differently. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase().replace(/^0+/, '');
}

/** SHA-256 over the DER, lower-case hex. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

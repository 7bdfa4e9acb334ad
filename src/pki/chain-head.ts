import { constants, type KeyObject, sign, verify } from 'node:crypto';
import type { ChainHead } from '../contracts/collector-api.ts';

const signed = (head: { sequence: number; hash: string }): Buffer => Buffer.from(`${head.sequence}\n${head.hash}`);
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

/** RSASSA-PSS, SHA-256, salt as long as the digest. docs/spec/events.md section 5. */
export function signChainHead(head: { sequence: number; hash: string }, key: KeyObject): ChainHead {
  // Field by field: callers may hand over a whole event.
  return { sequence: head.sequence, hash: head.hash, signature: sign('sha256', signed(head), { key, ...PSS }).toString('base64') };
}

export function verifyChainHead(head: ChainHead, key: KeyObject): boolean {
  return verify('sha256', signed(head), { key, ...PSS }, Buffer.from(head.signature, 'base64'));
}

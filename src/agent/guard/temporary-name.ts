import { randomBytes } from 'node:crypto';

/**
 * Names of our own on the medium. The ending says what the file is, so that a crash can be understood from the medium:
 * `tmp` a ciphertext not yet in place, `plain` an untouched original moved aside, `erase` an original whose ciphertext
 * or quarantined copy is proved and durable, and which may already be partly overwritten.
 */
export const TEMPORARY_PREFIX = '.~sekisho-';
export type TemporaryKind = 'tmp' | 'plain' | 'erase';

export function temporaryId(): string {
  return randomBytes(16).toString('hex');
}

export function temporaryName(id: string, kind: TemporaryKind): Buffer {
  return Buffer.from(`${TEMPORARY_PREFIX}${id}.${kind}`);
}

/** The id in a name of this form; that alone does not make the file ours, for anybody may choose such a name. */
export function temporaryIdOf(name: Buffer): string | null {
  return /^\.~sekisho-([0-9a-f]{32})\.(?:tmp|plain|erase)$/.exec(name.toString('latin1'))?.[1] ?? null;
}

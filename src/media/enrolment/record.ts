import { createPrivateKey, createPublicKey } from 'node:crypto';
import { failure, type Failure } from '../../contracts/errors.ts';
import { MEDIUM_RECORD_TYPE, mediumRecord, type MediumRecord } from '../../contracts/medium.ts';
import { dsseEnvelope } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { openEnvelope, signEnvelope } from '../../policy/index.ts';

/** Longer texts are no record. */
export const MAX_RECORD_BYTES = 16 * 1024;

/** The record as it is written to the medium. @throws when the key is no private key in PEM. */
export function sealMediumRecord(record: MediumRecord, privateKeyPem: string): string {
  const payload = Buffer.from(JSON.stringify(mediumRecord.parse(record)));
  return `${JSON.stringify(signEnvelope(MEDIUM_RECORD_TYPE, payload, createPrivateKey(privateKeyPem)))}\n`;
}

/** The signature is checked before anything inside is parsed. */
export function openMediumRecord(text: string, publicKeyPem: string): Result<MediumRecord, Failure> {
  const envelope = dsseEnvelope.safeParse(json(text));
  if (text.length > MAX_RECORD_BYTES || !envelope.success || envelope.data.payloadType !== MEDIUM_RECORD_TYPE) return err(notOurs());
  const payload = openEnvelope(envelope.data, createPublicKey(publicKeyPem));
  const record = payload === undefined ? null : mediumRecord.safeParse(json(payload.toString('utf8')));
  return record?.success === true ? ok(record.data) : err(notOurs());
}

const notOurs = (): Failure => failure('DLP_MEDIUM_RECORD', 'The record on this medium was not made by this organisation.');

/** Whether the record was made for this very medium, by all that can be known of it. */
export function isRecordOf({ medium }: MediumRecord, { filesystem, uuid, device }: Volume): boolean {
  if (uuid === undefined || uuid.toLowerCase() !== medium.filesystemUuid.toLowerCase() || filesystem !== medium.filesystem) return false;
  return device?.vendorId === medium.vendorId && device?.productId === medium.productId && device?.serial === medium.serial;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

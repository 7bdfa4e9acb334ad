import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { failure, type Failure } from '../../contracts/errors.ts';
import { MEDIUM_FOLDER, MEDIUM_RECORD_FILE, type MediumRecord } from '../../contracts/medium.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { syncFolder, writeFileAtomic } from '../../node/atomic-file.ts';
import { fromErrno } from '../../node/errno.ts';
import { addToLedger } from './ledger.ts';
import { sealMediumRecord } from './record.ts';

export interface EnrolMediumParts {
  readonly volume: Volume;
  /** Its folder, for the ledger. */
  readonly organisationFolder: string;
  readonly organisation: string;
  readonly privateKeyPem: string;
  readonly holder: string;
  /** Instants. */
  readonly now: string;
  readonly due: string;
  readonly erased: boolean;
}

/** Writes the record to the mounted medium, then into the ledger: a stick without an entry is found, an entry without a stick is not. */
export async function enrolMedium(parts: EnrolMediumParts): Promise<Result<MediumRecord, Failure>> {
  const { volume, organisation, holder, now, due, erased } = parts;
  if (volume.uuid === undefined) {
    return err(
      failure('DLP_MEDIUM_RECORD', 'The filesystem on this medium has no UUID that the system shows (udev), so nothing can be tied to it.'),
    );
  }
  const { vendorId, productId, serial } = volume.device ?? {};
  const record: MediumRecord = {
    format: 'sekisho-medium/1',
    id: uuidv7(),
    organisation,
    holder,
    enrolled: now,
    due,
    erased,
    medium: {
      filesystem: volume.filesystem,
      filesystemUuid: volume.uuid,
      ...(vendorId === undefined ? {} : { vendorId }),
      ...(productId === undefined ? {} : { productId }),
      ...(serial === undefined ? {} : { serial }),
    },
  };
  try {
    const folder = join(volume.mountPoint, MEDIUM_FOLDER);
    await mkdir(folder, { recursive: true });
    await writeFileAtomic(join(folder, MEDIUM_RECORD_FILE), sealMediumRecord(record, parts.privateKeyPem), 0o644);
    await syncFolder(volume.mountPoint);
    await addToLedger(parts.organisationFolder, record);
    return ok(record);
  } catch (error) {
    return err(fromErrno(error));
  }
}

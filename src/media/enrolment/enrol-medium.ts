import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { failure, type Failure } from '../../contracts/errors.ts';
import { GUEST_PAGE_FILE, MEDIUM_FOLDER, MEDIUM_RECORD_FILE, type MediumRecord } from '../../contracts/medium.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { syncFolder, writeFileAtomic } from '../../node/atomic-file.ts';
import { fromErrno } from '../../node/errno.ts';
import { makeGuestPage } from '../guest/guest-page.ts';
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
  /** Offer a page on which guests open the medium's files with a passphrase. */
  readonly guests?: boolean;
}

export interface EnrolledMedium {
  readonly record: MediumRecord;
  /** Of the page for guests: told once, kept nowhere. */
  readonly passphrase?: string;
}

/** Writes the record to the mounted medium, then into the ledger: a stick without an entry is found, an entry without a stick is not. */
export async function enrolMedium(parts: EnrolMediumParts): Promise<Result<EnrolledMedium, Failure>> {
  const { volume, organisation, holder, now, due, erased, guests = false } = parts;
  if (volume.uuid === undefined) {
    return err(
      failure('DLP_MEDIUM_RECORD', 'The filesystem on this medium has no UUID that the system shows (udev), so nothing can be tied to it.'),
    );
  }
  const { vendorId, productId, serial } = volume.device ?? {};
  const page = guests ? await makeGuestPage(organisation, parts.privateKeyPem) : null;
  const record: MediumRecord = {
    format: 'sekisho-medium/1',
    id: uuidv7(),
    organisation,
    holder,
    enrolled: now,
    due,
    erased,
    ...(page === null ? {} : { guest: page.recipient }),
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
    // Before the record: no file may be encrypted for a page that is not there.
    if (page !== null) await writeFileAtomic(join(volume.mountPoint, GUEST_PAGE_FILE), page.html, 0o644);
    await writeFileAtomic(join(folder, MEDIUM_RECORD_FILE), sealMediumRecord(record, parts.privateKeyPem), 0o644);
    await syncFolder(volume.mountPoint);
    await addToLedger(parts.organisationFolder, record);
    return ok(page === null ? { record } : { record, passphrase: page.passphrase });
  } catch (error) {
    return err(fromErrno(error));
  }
}

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { MEDIUM_FOLDER, MEDIUM_RECORD_FILE, type MediumRecord } from '../../contracts/medium.ts';
import type { Volume } from '../../contracts/volume.ts';
import { isRecordOf, MAX_RECORD_BYTES, openMediumRecord } from './record.ts';

/** The organisation's record of a mounted volume; null when there is none, or it was made for another medium. */
export async function recordOf(volume: Volume, publicKeyPem: string): Promise<MediumRecord | null> {
  const text = await readRecord(join(volume.mountPoint, MEDIUM_FOLDER, MEDIUM_RECORD_FILE));
  const opened = text === null ? null : openMediumRecord(text, publicKeyPem);
  return opened?.ok === true && isRecordOf(opened.value, volume) ? opened.value : null;
}

/** A stranger may have prepared the medium: no link is followed, no pipe waited for, and no more is read than a record has. */
async function readRecord(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await file.stat()).isFile()) return null;
      const bytes = Buffer.alloc(MAX_RECORD_BYTES + 1);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return bytesRead > MAX_RECORD_BYTES ? null : bytes.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

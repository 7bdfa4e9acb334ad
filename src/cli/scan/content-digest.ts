import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { FileStamp } from '../../core/ports.ts';
import { stampOf } from '../walk-files.ts';

/** Below it, an inspection costs no more than the hash, and a hash of so little could be guessed back. */
const LEAST_BYTES = 4096n;
/** Beyond it, the file would be read from the disk twice. */
const MOST_BYTES = 67_108_864n;
const CHUNK = 262_144;

export const isWorthHashing = ({ size }: FileStamp): boolean => size >= LEAST_BYTES && size <= MOST_BYTES;

/** SHA-256 of a file's content, or null when it cannot be read or is not in the state of the stamp from beginning to end. */
export async function contentDigest(path: Buffer, stamp: FileStamp): Promise<Buffer | null> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      return await hashInState(file, stamp);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

async function hashInState(file: FileHandle, stamp: FileStamp): Promise<Buffer | null> {
  if (!isSameState(stampOf(await file.stat({ bigint: true })), stamp)) return null;
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Number(stamp.size)));
  for (let left = Number(stamp.size); left > 0;) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, left));
    if (bytesRead === 0) return null;
    hash.update(chunk.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return isSameState(stampOf(await file.stat({ bigint: true })), stamp) ? hash.digest() : null;
}

export function isSameState(one: FileStamp, other: FileStamp): boolean {
  const same = one.device === other.device && one.inode === other.inode && one.size === other.size;
  return same && one.modified === other.modified && one.changed === other.changed;
}

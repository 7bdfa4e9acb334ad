import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { hasCode } from './has-code.ts';

const CHUNK = 1_048_576;
const BLOCK = 512;
const ZEROS = Buffer.alloc(CHUNK);

/**
 * Overwrites a file once in place with zeros, cuts it to nothing and removes it. Flash media may keep old blocks:
 * docs/spec/watch-guard.md section 5 says what this gives. A file with another hard link is only unlinked here: its
 * content belongs to the other name too, which is enforced by itself.
 */
export async function eraseFile(path: Buffer): Promise<void> {
  const file = await openForErasing(path);
  if (file !== null) {
    try {
      await overwrite(file);
    } finally {
      await file.close();
    }
  }
  await unlink(path);
}

/** Null where this account may remove the file but not write to it. */
async function openForErasing(path: Buffer): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return null;
    throw error;
  }
}

async function overwrite(file: FileHandle): Promise<void> {
  const facts = await file.stat();
  if (facts.nlink > 1) return;
  const sparse = facts.blocks !== undefined && facts.blocks * BLOCK < facts.size;
  for (let at = 0; at < facts.size; at += CHUNK) {
    const length = Math.min(CHUNK, facts.size - at);
    // Writing zeros into a hole would make it take space.
    if (!sparse || !(await isZero(file, at, length))) await file.write(ZEROS, 0, length, at);
  }
  await file.sync();
  await file.truncate(0);
}

async function isZero(file: FileHandle, at: number, length: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
  return buffer.subarray(0, bytesRead).equals(ZEROS.subarray(0, bytesRead));
}

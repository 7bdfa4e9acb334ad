import { closeSync, constants, fstatSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { decryptFile } from '../../age/index.ts';
import { EIO, errnoOf } from './errno.ts';
import type { FromView } from './messages.ts';

/** Brings stored bytes, decrypted where they are sealed, into a staged file, and closes where they came from. Gives errno, 0 for success. */
export async function fillStage(
  { source, age, file }: Extract<FromView, { kind: 'fill' }>,
  identities: readonly string[],
): Promise<number> {
  const from = `/proc/self/fd/${source}`;
  try {
    const { atime, mtime } = fstatSync(source);
    const errno = age ? await decryptTo(from, file, identities) : await copyFile(from, file, constants.COPYFILE_FICLONE).then(() => 0);
    const filled = await open(file, 'r+');
    await filled.utimes(atime, mtime);
    await filled.close();
    return errno;
  } catch (error) {
    return errnoOf(error);
  } finally {
    closeSync(source);
  }
}

async function decryptTo(from: string, to: string, identities: readonly string[]): Promise<number> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'r+');
    try {
      return (await decryptFile(source, target, identities)).ok ? 0 : EIO;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

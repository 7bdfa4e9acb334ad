import type { FileHandle } from 'node:fs/promises';
import type { Subject } from './subject.ts';

const COPY_CHUNK = 1_048_576;

/** The new file looks like the old one to its owner. FAT has neither owners nor modes: that is no failure. */
export async function giveAttributes(target: FileHandle, subject: Subject): Promise<void> {
  await target.chown(subject.owner.uid, subject.owner.gid).catch(() => undefined);
  await target.chmod(subject.mode & 0o777).catch(() => undefined);
  await target.utimes(subject.accessedMillis / 1000, subject.modifiedMillis / 1000).catch(() => undefined);
}

export async function copyContent(source: FileHandle, target: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(COPY_CHUNK);
  for (let at = 0; ;) {
    const { bytesRead } = await source.read(buffer, 0, COPY_CHUNK, at);
    if (bytesRead === 0) return;
    for (let done = 0; done < bytesRead;) {
      done += (await target.write(buffer, done, bytesRead - done, at + done)).bytesWritten;
    }
    at += bytesRead;
  }
}

import type { FileHandle } from 'node:fs/promises';

/** Writes all of the bytes; a single call may write fewer (a nearly full disk, a signal). */
export async function writeFully(target: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await target.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
}

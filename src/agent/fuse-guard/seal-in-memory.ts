import type { FileHandle } from 'node:fs/promises';
import { encryptFile, verifyFile } from '../../age/index.ts';
import type { Failure } from '../../contracts/errors.ts';
import { ok, type Result } from '../../contracts/result.ts';

/** The age form of something small, proved by opening it again. */
export async function sealInMemory(bytes: Buffer, recipients: readonly string[]): Promise<Result<Buffer, Failure>> {
  const sealed = new MemoryFile(Buffer.alloc(0));
  const receipt = await encryptFile(new MemoryFile(bytes).handle, sealed.handle, recipients);
  if (!receipt.ok) return receipt;
  const verified = await verifyFile(sealed.handle, receipt.value);
  return verified.ok ? ok(sealed.bytes) : verified;
}

/** The part of a file handle that encryption uses, without a file. */
class MemoryFile {
  bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get handle(): FileHandle {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stat, read and write are all that is called
    return this as unknown as FileHandle;
  }

  stat(): Promise<{ size: number }> {
    return Promise.resolve({ size: this.bytes.length });
  }

  read(target: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    const part = this.bytes.subarray(position, position + length);
    target.set(part, offset);
    return Promise.resolve({ bytesRead: part.length });
  }

  write(source: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }> {
    const end = position + length;
    if (end > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(end - this.bytes.length)]);
    this.bytes.set(source.subarray(offset, offset + length), position);
    return Promise.resolve({ bytesWritten: length });
  }
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BrokenFilesystem, type RawBytes } from './filesystem-map.ts';

export interface OpenRaw extends RawBytes {
  close(): void;
}

/** Opens an image or a block device for reading. @throws what the file system threw. */
export function openRaw(path: string): OpenRaw {
  const file = openSync(path, 'r');
  const facts = fstatSync(file);
  const size = facts.isFile() ? facts.size : deviceBytes(file);
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) throw new BrokenFilesystem('it points outside the medium');
      const bytes = Buffer.allocUnsafe(length);
      for (let filled = 0; filled < length;) {
        const count = readSync(file, bytes, filled, length - filled, offset + filled);
        if (count === 0) throw new BrokenFilesystem('the medium ends early');
        filled += count;
      }
      return bytes;
    },
    close: () => closeSync(file),
  };
}

/** stat(2) gives no size for a block device: the last byte that can be read is looked for. */
function deviceBytes(file: number): number {
  const byte = Buffer.alloc(1);
  const canRead = (offset: number): boolean => {
    try {
      return readSync(file, byte, 0, 1, offset) === 1;
    } catch {
      return false;
    }
  };
  let [low, high] = [0, 512];
  while (canRead(high - 1)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (canRead(middle - 1)) low = middle;
    else high = middle;
  }
  return low;
}

import { readSync } from 'node:fs';

/** Bytes that can be read anywhere. Synchronous: extraction has a worker thread to itself. */
export interface ByteSource {
  readonly size: number;
  /** At most `length` bytes from `offset`; fewer only at the end. Throws the system's error when the medium fails. */
  read(offset: number, length: number): Uint8Array;
}

const CHUNK = 65_536;

export function bufferSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Reads by position, so that the descriptor's own offset does not matter. The caller closes it. */
export function fileSource(descriptor: number, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const count = readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return buffer.subarray(0, filled);
    },
  };
}

export function* chunksOf(source: ByteSource, from = 0, to = source.size): Generator<Uint8Array> {
  for (let offset = from; offset < to;) {
    const chunk = source.read(offset, Math.min(CHUNK, to - offset));
    if (chunk.length === 0) return;
    yield chunk;
    offset += chunk.length;
  }
}

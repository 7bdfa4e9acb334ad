import { AgeReader, readAgeHead, type ReadAt } from '../age/index.ts';
import type { RawBytes, StoredFile } from './raw/filesystem-map.ts';
import { rangesBytes } from './raw/ranges.ts';

/** `proven`: every chunk opened. `claimed`: the form of age, random throughout, no identity that opens it. `none`: anything else. */
export type Standing = 'proven' | 'claimed' | 'none';

const CHUNK = 64 * 1024;
/** Fewer bytes say nothing about their distribution. */
const JUDGED_BYTES = 1024;
/** Chi square of 256 byte values: 255 expected, deviation 22.6; text and office files give thousands. */
const MOST_CHI_SQUARE = 255 + 8 * 22.6;

/** What a stored file is, by its own bytes: a genuine header alone proves little, anybody can put plaintext behind one. */
export function ciphertextOf(part: RawBytes, file: StoredFile, identities: readonly string[]): Standing {
  // Holes are zeros, which no ciphertext has.
  if (rangesBytes(file.extents) < file.size) return 'none';
  const readAt = readerOf(part, file);
  const head = readAgeHead(readAt, identities);
  if (head === null) return 'none';
  if (head.key !== null) return opensWhole(readAt, file.size, { bytes: head.bytes, key: head.key }) ? 'proven' : 'none';
  return looksRandom(readAt, head.bytes, file.size) ? 'claimed' : 'none';
}

function opensWhole(readAt: ReadAt, size: number, head: ConstructorParameters<typeof AgeReader>[2]): boolean {
  const reader = new AgeReader(readAt, size, head);
  const plain = Buffer.allocUnsafe(CHUNK);
  for (let at = 0; ; at += CHUNK) {
    const count = reader.read(plain, at);
    if (count === null) return false;
    if (count < CHUNK) return endsThere(reader, plain, at + count);
  }
}

/** A short read is the end, or a chunk that is not authentic: asked again from there, only the latter fails. */
function endsThere(reader: AgeReader, plain: Buffer, at: number): boolean {
  return reader.read(plain, at) === 0;
}

function looksRandom(readAt: ReadAt, from: number, size: number): boolean {
  const bytes = Buffer.allocUnsafe(CHUNK);
  for (let at = from; at < size; at += CHUNK) {
    const count = readAt(bytes, at);
    if (count >= JUDGED_BYTES && chiSquare(bytes.subarray(0, count)) > MOST_CHI_SQUARE) return false;
  }
  return true;
}

function chiSquare(bytes: Uint8Array): number {
  const seen = new Uint32Array(256);
  for (const byte of bytes) seen[byte] = (seen[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return seen.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function readerOf(part: RawBytes, { extents, size }: StoredFile): ReadAt {
  return (target, position) => {
    const end = Math.min(size, position + target.length);
    let [filled, before] = [0, 0];
    for (const extent of extents) {
      const length = extent.end - extent.start;
      const from = Math.max(position, before);
      const to = Math.min(end, before + length);
      if (from < to) {
        target.set(part.read(extent.start + from - before, to - from), from - position);
        filled = to - position;
      }
      before += length;
    }
    return Math.max(0, filled);
  };
}

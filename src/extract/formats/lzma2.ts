import { LimitReached, type Budget } from '../budget.ts';
import type { ByteReader } from '../byte-reader.ts';
import { LzmaDecoder } from './lzma.ts';

const END = 0;
const COPY_AND_RESET = 1;
const COPY = 2;
const CODED = 0x80;
const PIECE = 65_536;

/** What the window of a stream may take of the memory that a file may. */
export function checkedDictionary(bytes: number, budget: Budget): number {
  if (bytes > budget.limits.maxMemoryBytes / 2) throw new LimitReached('too-large', false);
  return bytes;
}

/** The size of a dictionary as xz and 7z write it: 2 or 3 times a power of two (xz file format 1.2.1, 5.3.1). */
export function lzma2DictionaryBytes(bits: number): number {
  if (bits > 40) throw new TypeError('a dictionary of no size');
  return bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** LZMA2: chunks of LZMA, or of bytes as they are, up to a chunk that ends it. Throws on damage. */
export async function* expandLzma2(reader: ByteReader, dictionaryBytes: number): AsyncGenerator<Uint8Array> {
  let chunk: Uint8Array = new Uint8Array();
  const decoder = new LzmaDecoder(dictionaryBytes, () => {
    const given = chunk;
    chunk = new Uint8Array();
    return given;
  });
  let fresh = true;
  for (;;) {
    const control = (await exactly(reader, 1))[0] ?? 0;
    if (control === END) return;
    if (control === COPY_AND_RESET || control === COPY) {
      if (control === COPY_AND_RESET) decoder.resetDictionary();
      else if (fresh) throw new TypeError('an lzma2 stream that does not begin with a reset');
      fresh = false;
      chunk = await exactly(reader, (await exactly(reader, 2)).readUInt16BE(0) + 1);
      decoder.dropInput();
      yield decoder.copy(chunk.length);
      continue;
    }
    if (control < CODED) throw new TypeError('an lzma2 chunk of no kind');
    const sizes = await exactly(reader, 4);
    let left = (((control & 0x1f) << 16) | sizes.readUInt16BE(0)) + 1;
    const reset = (control >> 5) & 3;
    if (reset === 3) decoder.resetDictionary();
    else if (fresh) throw new TypeError('an lzma2 stream that does not begin with a reset');
    fresh = false;
    if (reset >= 2) decoder.setProperties((await exactly(reader, 1))[0] ?? 0);
    else if (reset === 1) decoder.resetState();
    chunk = await exactly(reader, sizes.readUInt16BE(2) + 1);
    decoder.dropInput();
    decoder.startRange();
    while (left > 0) {
      const piece = decoder.decode(Math.min(left, PIECE));
      if (piece.length === 0) throw new TypeError('an lzma2 chunk with an end marker');
      left -= piece.length;
      yield piece;
    }
  }
}

export async function exactly(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.read(length);
  if (bytes.length < length) throw new TypeError('a stream that ends too early');
  return bytes;
}

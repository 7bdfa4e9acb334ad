import type { ByteSource } from './byte-source.ts';

/** APPNOTE 6.3: the end of the central directory, and the longest comment after it. */
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const END = Buffer.from('PK\x05\x06', 'latin1');
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * The zip at the end of a file that begins like something else: unzip, Python and Java find an archive from its end, so
 * a picture, a program or junk before it hides nothing from them. Undefined when there is none.
 */
export function appendedZip(source: ByteSource): ByteSource | undefined {
  const from = Math.max(0, source.size - END_BYTES - LONGEST_COMMENT);
  const tail = Buffer.from(source.read(from, source.size - from));
  for (let at = tail.lastIndexOf(END); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(END, at - 1)) {
    if (at + END_BYTES > tail.length || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const directory = from + at - tail.readUInt32LE(at + 12);
    const start = directory - tail.readUInt32LE(at + 16);
    if (start < 0 || directory < 0) continue;
    const entry = Buffer.from(source.read(directory, 4));
    if (entry.length < 4 || entry.readUInt32LE(0) !== DIRECTORY_ENTRY) continue;
    return { size: source.size - start, read: (offset, length) => source.read(start + offset, Math.max(0, length)) };
  }
  return undefined;
}

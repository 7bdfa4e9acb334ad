import { LimitReached } from '../budget.ts';
import { utf16Text } from '../utf16-text.ts';

/** What is needed of a 7z archive's header (7zFormat.txt of the LZMA SDK). Throws on damage. */
export interface SevenZipHeader {
  readonly folders: readonly Folder[];
  /** Names of the entries, and whether each has bytes. */
  readonly entries: readonly { readonly name: string; readonly hasStream: boolean }[];
}

/** Streams packed together, and how they were packed. */
export interface Folder {
  readonly coders: readonly Coder[];
  /** Where its packed bytes stand, after the signature header. */
  readonly packedAt: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Sizes of the files in it, in order. */
  readonly files: readonly number[];
}

export interface Coder {
  /** The method's identifier in hex. */
  readonly method: string;
  readonly properties: Buffer;
}

const ID = {
  end: 0,
  header: 1,
  archiveProperties: 2,
  additionalStreams: 3,
  mainStreams: 4,
  files: 5,
  packInfo: 6,
  unpackInfo: 7,
  subStreams: 8,
  size: 9,
  crc: 10,
  folder: 11,
  unpackSize: 12,
  unpackStreams: 13,
  emptyStream: 14,
  names: 17,
  encodedHeader: 23,
} as const;

const MOST_CODERS = 32;

/** The folder that holds the header itself, where it is packed too. */
export function encodedHeaderFolder(bytes: Buffer): Folder | undefined {
  const fields = new Fields(bytes);
  if (fields.byte() !== ID.encodedHeader) return undefined;
  const [folder] = readStreams(fields, 1);
  if (folder === undefined) throw new TypeError('a 7z header packed in nothing');
  return folder;
}

/** At most `most` entries are kept. */
export function readHeader(bytes: Buffer, most: number): SevenZipHeader {
  const fields = new Fields(bytes);
  if (fields.byte() !== ID.header) throw new TypeError('a 7z archive without a header');
  let folders: Folder[] = [];
  for (;;) {
    const id = fields.byte();
    if (id === ID.end) return { folders, entries: [] };
    if (id === ID.files) return { folders, entries: readEntries(fields, most) };
    if (id === ID.mainStreams) folders = readStreams(fields, most);
    else if (id === ID.additionalStreams) readStreams(fields, most);
    else if (id !== ID.archiveProperties) throw new TypeError('a 7z header with a part of no kind');
    else while (fields.byte() !== ID.end) fields.skip(fields.number());
  }
}

function readStreams(fields: Fields, most: number): Folder[] {
  let packedAt = 0;
  let packed: number[] = [];
  let folders: { readonly coders: Coder[]; readonly packedStreams: number; unpackedBytes: number; hasCrc: boolean }[] = [];
  let files: number[][] | undefined;
  for (;;) {
    const id = fields.byte();
    if (id === ID.end) break;
    if (id === ID.packInfo) {
      packedAt = fields.number();
      const count = fields.count(most);
      for (let part = fields.byte(); part !== ID.end; part = fields.byte()) {
        if (part === ID.size) packed = Array.from({ length: count }, () => fields.number());
        else if (part === ID.crc) readChecksums(fields, count);
        else throw new TypeError('a 7z header with a part of no kind');
      }
    } else if (id === ID.unpackInfo) folders = readFolders(fields, most);
    else if (id === ID.subStreams) files = readSubStreams(fields, folders, most);
    else throw new TypeError('a 7z header with a part of no kind');
  }
  let stream = 0;
  return folders.map(({ coders, packedStreams, unpackedBytes }, index) => {
    const at = packedAt;
    let packedBytes = 0;
    for (let count = 0; count < packedStreams; count++) packedBytes += packed[stream++] ?? 0;
    packedAt += packedBytes;
    return { coders, packedAt: at, packedBytes, unpackedBytes, files: files?.[index] ?? [unpackedBytes] };
  });
}

function readFolders(fields: Fields, most: number) {
  if (fields.byte() !== ID.folder) throw new TypeError('a 7z header without folders');
  const count = fields.count(most);
  if (fields.byte() !== 0) throw new TypeError('7z folders that are kept elsewhere');
  const read = Array.from({ length: count }, () => readFolder(fields));
  const folders = read.map(({ coders, packedStreams }) => ({ coders, packedStreams, unpackedBytes: 0, hasCrc: false }));
  for (let part = fields.byte(); part !== ID.end; part = fields.byte()) {
    if (part === ID.unpackSize) {
      for (const [index, { outputs, lastOutput }] of read.entries()) {
        const sizes = Array.from({ length: outputs }, () => fields.number());
        const folder = folders[index];
        if (folder !== undefined) folder.unpackedBytes = sizes[lastOutput] ?? 0;
      }
    } else if (part === ID.crc) {
      for (const [index, has] of readChecksums(fields, count).entries()) {
        const folder = folders[index];
        if (folder !== undefined) folder.hasCrc = has;
      }
    } else throw new TypeError('a 7z header with a part of no kind');
  }
  return folders;
}

function readFolder(fields: Fields) {
  const count = fields.count(MOST_CODERS);
  const coders: Coder[] = [];
  let [inputs, outputs] = [0, 0];
  for (let index = 0; index < count; index++) {
    const flags = fields.byte();
    const method = fields.bytes(flags & 0x0f).toString('hex');
    const [ins, outs] = (flags & 0x10) === 0 ? [1, 1] : [fields.count(MOST_CODERS), fields.count(MOST_CODERS)];
    inputs += ins;
    outputs += outs;
    coders.push({ method, properties: (flags & 0x20) === 0 ? Buffer.alloc(0) : fields.bytes(fields.number()) });
  }
  const bound = new Set<number>();
  for (let pair = 1; pair < outputs; pair++) {
    fields.number();
    bound.add(fields.number());
  }
  const packedStreams = inputs - Math.max(0, outputs - 1);
  if (packedStreams > 1) for (let stream = 0; stream < packedStreams; stream++) fields.number();
  // The folder's own output is the one that no coder takes.
  const lastOutput = Array.from({ length: outputs }, (_, index) => index).find((index) => !bound.has(index)) ?? 0;
  return { coders, outputs, packedStreams, lastOutput };
}

function readSubStreams(
  fields: Fields,
  folders: readonly { readonly unpackedBytes: number; readonly hasCrc: boolean }[],
  most: number,
): number[][] {
  let counts = folders.map(() => 1);
  let part = fields.byte();
  if (part === ID.unpackStreams) {
    let total = 0;
    counts = folders.map(() => {
      const count = fields.count(most);
      total += count;
      if (total > most) throw new LimitReached('too-many-entries', true);
      return count;
    });
    part = fields.byte();
  }
  const written = part === ID.size;
  const files = folders.map(({ unpackedBytes }, index) => {
    const count = counts[index] ?? 0;
    let left = unpackedBytes;
    return Array.from({ length: count }, (_, file) => {
      const size = file + 1 < count && written ? fields.number() : left;
      left -= size;
      return size;
    });
  });
  if (written) part = fields.byte();
  const unknown = folders.reduce((sum, { hasCrc }, index) => sum + (hasCrc && counts[index] === 1 ? 0 : (counts[index] ?? 0)), 0);
  for (; part !== ID.end; part = fields.byte()) {
    if (part !== ID.crc) throw new TypeError('a 7z header with a part of no kind');
    readChecksums(fields, unknown);
  }
  return files;
}

function readEntries(fields: Fields, most: number): SevenZipHeader['entries'] {
  const count = fields.count(most);
  let names: string[] = [];
  let empty: boolean[] = [];
  for (let type = fields.byte(); type !== ID.end; type = fields.byte()) {
    const data = new Fields(fields.bytes(fields.number()));
    if (type === ID.emptyStream) empty = data.bits(count);
    else if (type === ID.names && data.byte() === 0) names = utf16Text(data.rest()).split('\0');
  }
  return Array.from({ length: count }, (_, index) => ({ name: names[index] ?? '', hasStream: empty[index] !== true }));
}

/** Which of them have a checksum. */
function readChecksums(fields: Fields, count: number): boolean[] {
  const has = fields.byte() === 0 ? fields.bits(count) : Array.from({ length: count }, () => true);
  fields.skip(has.filter(Boolean).length * 4);
  return has;
}

class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new TypeError('a 7z header that ends too early');
    return byte;
  }

  bytes(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw new TypeError('a 7z header that ends too early');
    this.#at += length;
    return bytes;
  }

  skip(length: number): void {
    this.bytes(length);
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** The first byte says by its high bits how many more follow, the lowest first. */
  number(): number {
    const first = this.byte();
    let value = 0;
    let scale = 1;
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      if ((first & mask) === 0) return value + (first & (mask - 1)) * scale;
      value += this.byte() * scale;
      scale *= 256;
    }
    return value;
  }

  count(most: number): number {
    const count = this.number();
    if (count > this.#bytes.length * 8) throw new TypeError('a 7z header with more parts than bytes');
    if (count > most) throw new LimitReached('too-many-entries', true);
    return count;
  }

  bits(count: number): boolean[] {
    let byte = 0;
    return Array.from({ length: count }, (_, index) => {
      if (index % 8 === 0) byte = this.byte();
      return (byte & (0x80 >> (index % 8))) !== 0;
    });
  }
}

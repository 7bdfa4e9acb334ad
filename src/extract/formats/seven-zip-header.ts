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
  /** In the order in which they are undone, where each takes what the one before gives. */
  readonly coders: readonly Coder[];
  readonly isChain: boolean;
  /** Where its packed bytes stand, after the signature header. */
  readonly packedAt: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** The files in it, in order. */
  readonly files: readonly PackedFile[];
}

export interface PackedFile {
  readonly bytes: number;
  /** CRC-32, where one was written. */
  readonly checksum: number | undefined;
}

export interface Coder {
  /** The method's identifier in hex. */
  readonly method: string;
  readonly properties: Buffer;
  readonly unpackedBytes: number;
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
  let folders: UnplacedFolder[] = [];
  let files: PackedFile[][] | undefined;
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
  return folders.map(({ packedStreams, checksum, ...folder }, index) => {
    const at = packedAt;
    let packedBytes = 0;
    for (let count = 0; count < packedStreams; count++) packedBytes += packed[stream++] ?? 0;
    packedAt += packedBytes;
    return { ...folder, packedAt: at, packedBytes, files: files?.[index] ?? [{ bytes: folder.unpackedBytes, checksum }] };
  });
}

interface UnplacedFolder extends Pick<Folder, 'coders' | 'isChain' | 'unpackedBytes'> {
  readonly packedStreams: number;
  readonly checksum: number | undefined;
}

function readFolders(fields: Fields, most: number): UnplacedFolder[] {
  if (fields.byte() !== ID.folder) throw new TypeError('a 7z header without folders');
  const count = fields.count(most);
  if (fields.byte() !== 0) throw new TypeError('7z folders that are kept elsewhere');
  const read = Array.from({ length: count }, () => readFolder(fields));
  let sizes: number[][] = [];
  let checksums: (number | undefined)[] = [];
  for (let part = fields.byte(); part !== ID.end; part = fields.byte()) {
    if (part === ID.unpackSize) sizes = read.map(({ outputs }) => Array.from({ length: outputs }, () => fields.number()));
    else if (part === ID.crc) checksums = readChecksums(fields, count);
    else throw new TypeError('a 7z header with a part of no kind');
  }
  return read.map(({ coders, order, packedStreams, lastOutput }, index) => {
    const own = sizes[index] ?? [];
    const sized = coders.map((coder, output) => ({ ...coder, unpackedBytes: own[output] ?? 0 }));
    return {
      coders: order?.flatMap((coder) => sized[coder] ?? []) ?? sized,
      isChain: order !== undefined,
      packedStreams,
      unpackedBytes: own[lastOutput] ?? 0,
      checksum: checksums[index],
    };
  });
}

function readFolder(fields: Fields) {
  const count = fields.count(MOST_CODERS);
  const coders: Omit<Coder, 'unpackedBytes'>[] = [];
  let [inputs, outputs] = [0, 0];
  for (let index = 0; index < count; index++) {
    const flags = fields.byte();
    const method = fields.bytes(flags & 0x0f).toString('hex');
    const [ins, outs] = (flags & 0x10) === 0 ? [1, 1] : [fields.count(MOST_CODERS), fields.count(MOST_CODERS)];
    inputs += ins;
    outputs += outs;
    coders.push({ method, properties: (flags & 0x20) === 0 ? Buffer.alloc(0) : fields.bytes(fields.number()) });
  }
  /** Which input takes the output. */
  const bound = new Map<number, number>();
  for (let pair = 1; pair < outputs; pair++) {
    const input = fields.number();
    bound.set(fields.number(), input);
  }
  const packedStreams = inputs - Math.max(0, outputs - 1);
  if (packedStreams > 1) for (let stream = 0; stream < packedStreams; stream++) fields.number();
  // The folder's own output is the one that no coder takes.
  const lastOutput = numbersTo(outputs).find((index) => !bound.has(index)) ?? 0;
  const order = inputs === count && outputs === count ? orderOf(bound, count) : undefined;
  return { coders, order, outputs, packedStreams, lastOutput };
}

/** Coders of one input and one output each, from the packed bytes on; undefined where they are no chain. */
function orderOf(bound: ReadonlyMap<number, number>, count: number): number[] | undefined {
  const taking = new Set(bound.values());
  const order: number[] = [];
  for (let coder = numbersTo(count).find((index) => !taking.has(index)); coder !== undefined; coder = bound.get(coder)) {
    if (order.length === count) return undefined;
    order.push(coder);
  }
  return order.length === count ? order : undefined;
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function readSubStreams(fields: Fields, folders: readonly UnplacedFolder[], most: number): PackedFile[][] {
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
  const sizes = folders.map(({ unpackedBytes }, index) => {
    const count = counts[index] ?? 0;
    let left = unpackedBytes;
    return Array.from({ length: count }, (_, file) => {
      const size = file + 1 < count && written ? fields.number() : left;
      left -= size;
      return size;
    });
  });
  if (written) part = fields.byte();
  // The checksum of a folder of one file is that file's, and is not written twice.
  const known = (index: number) => (counts[index] === 1 ? folders[index]?.checksum : undefined);
  const unknown = folders.reduce((sum, _, index) => sum + (known(index) === undefined ? (counts[index] ?? 0) : 0), 0);
  let checksums: (number | undefined)[] = [];
  for (; part !== ID.end; part = fields.byte()) {
    if (part !== ID.crc) throw new TypeError('a 7z header with a part of no kind');
    checksums = readChecksums(fields, unknown);
  }
  let next = 0;
  return sizes.map((own, index) => own.map((bytes) => ({ bytes, checksum: known(index) ?? checksums[next++] })));
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

/** A CRC-32 each, for those that have one. */
function readChecksums(fields: Fields, count: number): (number | undefined)[] {
  const has = fields.byte() === 0 ? fields.bits(count) : Array.from({ length: count }, () => true);
  return has.map((own) => (own ? fields.bytes(4).readUInt32LE(0) : undefined));
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

import { crc32 } from 'node:zlib';
import type { Budget } from '../budget.ts';
import type { ByteSource } from '../byte-source.ts';
import { checked, packedBytes, shownName, type ArchiveMember } from './archive-member.ts';
import { checkedDictionary } from './lzma2.ts';
import { Rar5Expander } from './rar5-expand.ts';

/** rar 1.5 to 4: unrar's source and the technote of 2.02. Bits of the flags of a block. */
const RAR4 = {
  firstBlock: 7,
  archive: 0x73,
  file: 0x74,
  end: 0x7b,
  long: 0x8000,
  encrypted: 0x04,
  large: 0x100,
  unicode: 0x200,
  splitBefore: 0x01,
  splitAfter: 0x02,
  headersEncrypted: 0x80,
} as const;
const RAR4_STORED = 0x30;
const RAR4_DIRECTORY = 0xe0;
/** rar 5: "RAR 5.0 archive format". */
const RAR5 = {
  firstBlock: 8,
  archive: 1,
  solid: 4,
  file: 2,
  encryption: 4,
  end: 5,
  extra: 1,
  data: 2,
  splitBefore: 8,
  splitAfter: 16,
  directory: 1,
  time: 2,
  checksum: 4,
  encryptionRecord: 1,
} as const;
const LONGEST_HEADER = 2_097_152;

/** Members of a rar archive of either generation; `encrypted` where even the names are. */
export function rarMembers(source: ByteSource, budget: Budget): Generator<ArchiveMember | 'encrypted'> {
  return source.read(6, 1)[0] === 0 ? rar4Members(source) : rar5Members(source, budget);
}

/** Packed members of rar 1.5 to 4 stay closed: their packing has a virtual machine of its own. */
function* rar4Members(source: ByteSource): Generator<ArchiveMember | 'encrypted'> {
  for (let at: number = RAR4.firstBlock; at < source.size;) {
    const header = Buffer.from(source.read(at, 65_536));
    if (header.length < 7) throw new TypeError('a rar block that ends too early');
    const [type, flags, size] = [header[2] ?? 0, header.readUInt16LE(3), header.readUInt16LE(5)];
    if (size < 7 || type < 0x72 || type > 0x7b) throw new TypeError('no rar block where one was due');
    if (type === RAR4.end) return;
    if (type === RAR4.archive && (flags & RAR4.headersEncrypted) !== 0) yield 'encrypted';
    let data = (flags & RAR4.long) === 0 || header.length < 11 ? 0 : header.readUInt32LE(7);
    if (type === RAR4.file) {
      if (header.length < size || size < 32) throw new TypeError('a rar block that ends too early');
      const large = (flags & RAR4.large) !== 0 && size >= 40;
      if (large) data += header.readUInt32LE(32) * 2 ** 32;
      const nameAt = large ? 40 : 32;
      const raw = header.subarray(nameAt, Math.min(size, nameAt + header.readUInt16LE(26)));
      const end = (flags & RAR4.unicode) === 0 ? -1 : raw.indexOf(0);
      const from = at + size;
      const split = (flags & (RAR4.splitBefore | RAR4.splitAfter)) !== 0;
      if ((flags & RAR4_DIRECTORY) !== RAR4_DIRECTORY) {
        yield {
          name: shownName(end < 0 ? raw : raw.subarray(0, end)),
          encrypted: (flags & RAR4.encrypted) !== 0,
          packedBytes: data,
          ...(header[25] === RAR4_STORED
            ? { open: () => stored(source, from, from + data, split ? undefined : header.readUInt32LE(16)) }
            : {}),
        };
      }
    }
    at += size + data;
  }
}

function* rar5Members(source: ByteSource, budget: Budget): Generator<ArchiveMember | 'encrypted'> {
  let previous: PackedMember | undefined;
  let isSolid = false;
  for (let at: number = RAR5.firstBlock; at < source.size;) {
    const start = new Varints(Buffer.from(source.read(at + 4, 16)));
    const size = start.next();
    const headerAt = at + 4 + start.at;
    if (size < 2 || size > LONGEST_HEADER) throw new TypeError('a rar block of no size');
    const fields = new Varints(Buffer.from(source.read(headerAt, size)));
    const [type, flags] = [fields.next(), fields.next()];
    const extra = (flags & RAR5.extra) === 0 ? 0 : fields.next();
    const data = (flags & RAR5.data) === 0 ? 0 : fields.next();
    const from = headerAt + size;
    const to = from + data;
    if (type === RAR5.end) return;
    if (type === RAR5.archive) isSolid = (fields.next() & RAR5.solid) !== 0;
    if (type === RAR5.encryption) {
      yield 'encrypted';
      return;
    }
    if (type === RAR5.file) {
      const file = readFile(fields, extra, isSolid);
      const split = (flags & (RAR5.splitBefore | RAR5.splitAfter)) !== 0;
      const checksum = split ? undefined : file.checksum;
      const isPacked = file.method !== 0;
      if (isPacked && !file.encrypted && !split && file.version === 0) {
        const packed = () => packedBytes(source, from, to);
        previous = new PackedMember(file, packed, data, file.solid ? previous : undefined, budget);
      } else if (isPacked) previous = undefined;
      const member = previous;
      const open = isPacked ? member && (() => member.chunks()) : () => stored(source, from, to, checksum);
      if (!file.directory) {
        yield { name: file.name, encrypted: file.encrypted, packedBytes: data, ...(open === undefined ? {} : { open }) };
      }
    }
    at = to;
  }
}

interface Rar5File {
  readonly name: string;
  readonly directory: boolean;
  readonly encrypted: boolean;
  readonly checksum: number | undefined;
  readonly size: number;
  readonly version: number;
  readonly method: number;
  readonly solid: boolean;
  /** No more than can be filled. */
  readonly windowBytes: number;
}

function readFile(fields: Varints, extra: number, inSolid: boolean): Rar5File {
  const flags = fields.next();
  const size = fields.next();
  fields.next();
  if ((flags & RAR5.time) !== 0) fields.at += 4;
  const checksumAt = fields.at;
  if ((flags & RAR5.checksum) !== 0) fields.at += 4;
  const compression = fields.next();
  fields.next();
  const length = fields.next();
  const raw = fields.bytes.subarray(fields.at, fields.at + length);
  const window = 2 ** (17 + ((compression >> 10) & 0x0f));
  const records = new Varints(fields.bytes.subarray(Math.max(0, fields.bytes.length - extra)));
  return {
    name: shownName(raw),
    directory: (flags & RAR5.directory) !== 0,
    encrypted: extra > 0 && hasRecord(records, RAR5.encryptionRecord),
    checksum: (flags & RAR5.checksum) !== 0 && checksumAt + 4 <= fields.bytes.length ? fields.bytes.readUInt32LE(checksumAt) : undefined,
    size,
    version: compression & 0x3f,
    method: (compression >> 7) & 7,
    solid: (compression & 0x40) !== 0,
    windowBytes: inSolid ? window : Math.min(window, 2 ** Math.ceil(Math.log2(Math.max(size, 4096)))),
  };
}

/** A member whose packing is undone; a solid one refers to what came before, which is expanded first, wanted or not. */
class PackedMember {
  readonly #file: Rar5File;
  readonly #packed: () => Iterable<Uint8Array>;
  readonly #packedBytes: number;
  readonly #budget: Budget;
  #previous: PackedMember | undefined;
  #expander: Rar5Expander | undefined;
  #running: Generator<Uint8Array> | undefined;

  constructor(
    file: Rar5File,
    packed: () => Iterable<Uint8Array>,
    packedLength: number,
    previous: PackedMember | undefined,
    budget: Budget,
  ) {
    this.#file = file;
    this.#packed = packed;
    this.#packedBytes = packedLength;
    this.#previous = previous;
    this.#budget = budget;
  }

  /** Who stops asking does not end it: the next member may need the rest. */
  *chunks(): Generator<Uint8Array> {
    const running = (this.#running ??= this.#expand());
    for (let next = running.next(); next.done !== true; next = running.next()) yield next.value;
  }

  *#expand(): Generator<Uint8Array> {
    const { size, checksum } = this.#file;
    this.#expander = this.#file.solid
      ? this.#previous?.finish()
      : new Rar5Expander(checkedDictionary(this.#file.windowBytes, this.#budget));
    this.#previous = undefined;
    if (this.#expander === undefined) throw new TypeError('a solid rar member without what it goes on from');
    const expanded = this.#expander.expand(this.#packed(), size);
    yield* checksum === undefined ? expanded : checked(expanded, (bytes, before) => crc32(bytes, before), checksum);
  }

  finish(): Rar5Expander | undefined {
    let total = 0;
    for (const chunk of this.chunks()) {
      total += chunk.length;
      this.#budget.countExpanded(chunk.length, total, this.#packedBytes);
    }
    return this.#expander;
  }
}

/** A member that goes on in another volume is read as far as it is here. */
function* stored(source: ByteSource, from: number, to: number, checksum: number | undefined): Generator<Uint8Array> {
  const bytes = packedBytes(source, from, to);
  yield* checksum === undefined ? bytes : checked(bytes, (piece, before) => crc32(piece, before), checksum);
}

function hasRecord(records: Varints, wanted: number): boolean {
  while (records.at < records.bytes.length) {
    const size = records.next();
    const end = records.at + size;
    if (size === 0) return false;
    if (records.next() === wanted) return true;
    records.at = end;
  }
  return false;
}

class Varints {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  next(): number {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new TypeError('a rar block that ends too early');
      value += (byte & 0x7f) * 128 ** index;
      if (byte < 0x80) return value;
    }
    throw new TypeError('a rar number that is too long');
  }
}

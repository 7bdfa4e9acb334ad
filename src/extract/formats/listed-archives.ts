import { displayName } from '../../core/display-name.ts';
import { LimitReached } from '../budget.ts';
import { chunksOf, type ByteSource } from '../byte-source.ts';
import { contentOfStream, type Content } from '../content.ts';
import type { Level } from '../extraction.ts';
import { detectEncoding } from '../text-encoding.ts';
import { tellNames } from './seven-zip.ts';

/** One member of an archive whose packing is not undone here; what is stored as it is can be read. */
interface ListedMember {
  readonly name: string;
  readonly encrypted: boolean;
  readonly stored: boolean;
  readonly from: number;
  readonly to: number;
}

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
  headersEncrypted: 0x80,
} as const;
const RAR4_STORED = 0x30;
const RAR4_DIRECTORY = 0xe0;
/** rar 5: "RAR 5.0 archive format". */
const RAR5 = {
  firstBlock: 8,
  file: 2,
  encryption: 4,
  end: 5,
  extra: 1,
  data: 2,
  directory: 1,
  time: 2,
  checksum: 4,
  encryptionRecord: 1,
} as const;
const LONGEST_HEADER = 2_097_152;

/** rar and lzh: the names of all members; those that are stored are read. */
export async function extractListed(level: Level, content: Content, type: 'rar' | 'lzh'): Promise<void> {
  const source = await content.random();
  const { budget } = level.extraction;
  const members = type === 'lzh' ? lzhMembers(source) : source.read(6, 1)[0] === 0 ? rar4Members(source) : rar5Members(source);
  const [encrypted, packed]: [string[], string[]] = [[], []];
  let count = 0;
  for (const member of members) {
    count++;
    budget.countEntry();
    if (member === 'encrypted') {
      level.extraction.report('encrypted', level.part);
      break;
    }
    if (member.encrypted) encrypted.push(member.name);
    else if (!member.stored) packed.push(member.name);
    else await level.inner(member.name, () => contentOfStream(bytesOf(source, member), budget));
  }
  // A signature with nothing behind it is the rest of an archive.
  if (count === 0) throw new TypeError('an archive without members');
  tellNames(level, encrypted, 'encrypted');
  tellNames(level, packed, 'unsupported');
}

async function* bytesOf(source: ByteSource, { from, to }: ListedMember): AsyncGenerator<Uint8Array> {
  yield* chunksOf(source, from, to);
  if (to > source.size) throw new TypeError('an archive that ends within a member');
}

function shownName(raw: Buffer): string {
  const encoding = detectEncoding(raw);
  return displayName(encoding === null || encoding === 'utf-8' ? raw : new TextDecoder(encoding).decode(raw)).slice(0, 1024);
}

function* rar4Members(source: ByteSource): Generator<ListedMember | 'encrypted'> {
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
      if ((flags & RAR4_DIRECTORY) !== RAR4_DIRECTORY) {
        yield {
          name: shownName(end < 0 ? raw : raw.subarray(0, end)),
          encrypted: (flags & RAR4.encrypted) !== 0,
          stored: header[25] === RAR4_STORED,
          from,
          to: from + data,
        };
      }
    }
    at += size + data;
  }
}

function* rar5Members(source: ByteSource): Generator<ListedMember | 'encrypted'> {
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
    if (type === RAR5.end) return;
    if (type === RAR5.encryption) {
      yield 'encrypted';
      return;
    }
    if (type === RAR5.file) {
      const fileFlags = fields.next();
      fields.next();
      fields.next();
      if ((fileFlags & RAR5.time) !== 0) fields.at += 4;
      if ((fileFlags & RAR5.checksum) !== 0) fields.at += 4;
      const compression = fields.next();
      fields.next();
      const length = fields.next();
      const raw = fields.bytes.subarray(fields.at, fields.at + length);
      const records = new Varints(fields.bytes.subarray(Math.max(0, size - extra)));
      if ((fileFlags & RAR5.directory) === 0) {
        yield {
          name: shownName(raw),
          encrypted: extra > 0 && hasRecord(records, RAR5.encryptionRecord),
          stored: ((compression >> 7) & 7) === 0,
          from,
          to: from + data,
        };
      }
    }
    at = from + data;
  }
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

const LZH_STORED = /^-(?:lh0|lz4)-$/;
const LZH_DIRECTORY = '-lhd-';
const LZH_NAME = 1;
const LZH_FOLDER = 2;

/** lzh headers of levels 0 to 2 (K. Okubo, LHA header document; lhasa). */
function* lzhMembers(source: ByteSource): Generator<ListedMember> {
  for (let at = 0; at < source.size;) {
    const header = Buffer.from(source.read(at, 65_536));
    if ((header[0] ?? 0) === 0 && (header[20] ?? 0) !== 2) return;
    if (header.length < 22) throw new TypeError('an lzh header that ends too early');
    const method = header.toString('latin1', 2, 7);
    const level = header[20] ?? 0;
    if (!/^-l[hz][\w]-$/.test(method) || level > 2) throw new LimitReached(level > 2 ? 'unsupported' : 'corrupt', false);
    let packed = header.readUInt32LE(7);
    let name: Buffer = level === 2 ? Buffer.alloc(0) : header.subarray(22, 22 + (header[21] ?? 0));
    let folder: Buffer = Buffer.alloc(0);
    let end = level === 2 ? header.readUInt16LE(0) : (header[0] ?? 0) + 2;
    if (level > 0) {
      // Extended headers; in level 1 they count as packed bytes.
      let next = level === 2 ? 24 : end - 2;
      for (let size = sizeAt(header, next); size > 2; size = sizeAt(header, next)) {
        const data = header.subarray(next + 3, next + size);
        if (header[next + 2] === LZH_NAME) name = data;
        else if (header[next + 2] === LZH_FOLDER) folder = data;
        next += size;
        if (level === 1) {
          packed -= size;
          end += size;
        }
      }
    }
    if (end < 20 || packed < 0) throw new TypeError('an lzh header of no size');
    const from = at + end;
    if (method !== LZH_DIRECTORY) {
      // Folders are written with 0xff between them.
      const whole = Buffer.concat([Buffer.from(folder.map((byte) => (byte === 0xff ? 0x2f : byte))), name]);
      yield { name: shownName(whole), encrypted: false, stored: LZH_STORED.test(method), from, to: from + packed };
    }
    at = from + packed;
  }
}

/** The size of the extended header that begins two bytes later, this field included. */
function sizeAt(header: Buffer, at: number): number {
  return at + 2 <= header.length ? header.readUInt16LE(at) : 0;
}

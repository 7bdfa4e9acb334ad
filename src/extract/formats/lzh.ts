import { LimitReached } from '../budget.ts';
import type { ByteSource } from '../byte-source.ts';
import { checked, packedBytes, shownName, type ArchiveMember } from './archive-member.ts';
import { expandLzh, type LzhMethod } from './lzh-expand.ts';

const STORED = /^-(?:lh0|lz4)-$/;
const PACKED = /^-lh([4-7])-$/;
const DIRECTORY = '-lhd-';
const NAME = 1;
const FOLDER = 2;

/** Members of an lzh archive with headers of levels 0 to 2 ("LHA header document" of LHa for UNIX, K. Okubo). */
export function* lzhMembers(source: ByteSource): Generator<ArchiveMember> {
  for (let at = 0; at < source.size;) {
    const header = Buffer.from(source.read(at, 65_536));
    if ((header[0] ?? 0) === 0 && (header[20] ?? 0) !== 2) return;
    if (header.length < 22) throw new TypeError('an lzh header that ends too early');
    const method = header.toString('latin1', 2, 7);
    const level = header[20] ?? 0;
    if (!/^-l[hz][\w]-$/.test(method) || level > 2) throw new LimitReached(level > 2 ? 'unsupported' : 'corrupt', false);
    let packed = header.readUInt32LE(7);
    const nameEnd = 22 + (header[21] ?? 0);
    let name: Buffer = level === 2 ? Buffer.alloc(0) : header.subarray(22, nameEnd);
    let folder: Buffer = Buffer.alloc(0);
    let end = level === 2 ? header.readUInt16LE(0) : (header[0] ?? 0) + 2;
    if (level > 0) {
      // Extended headers; in level 1 they count as packed bytes.
      let next = level === 2 ? 24 : end - 2;
      for (let size = sizeAt(header, next); size > 2; size = sizeAt(header, next)) {
        const data = header.subarray(next + 3, next + size);
        if (header[next + 2] === NAME) name = data;
        else if (header[next + 2] === FOLDER) folder = data;
        next += size;
        if (level === 1) {
          packed -= size;
          end += size;
        }
      }
    }
    if (end < 20 || packed < 0) throw new TypeError('an lzh header of no size');
    const from = at + end;
    at = from + packed;
    if (method === DIRECTORY) continue;
    // Folders are written with 0xff between them.
    const whole = Buffer.concat([Buffer.from(folder.map((byte) => (byte === 0xff ? 0x2f : byte))), name]);
    const checksum = sizeAt(header, level === 2 ? 21 : nameEnd);
    const open = opener(source, method, from, at, header.readUInt32LE(11), checksum);
    yield { name: shownName(whole), encrypted: false, packedBytes: packed, ...(open === undefined ? {} : { open }) };
  }
}

function opener(
  source: ByteSource,
  method: string,
  from: number,
  to: number,
  size: number,
  checksum: number,
): (() => Iterable<Uint8Array>) | undefined {
  if (STORED.test(method)) return () => checked(packedBytes(source, from, to), crc16, checksum);
  const packed = lzhMethod(PACKED.exec(method)?.[1]);
  return packed && (() => checked(expandLzh(packedBytes(source, from, to), packed, size), crc16, checksum));
}

function lzhMethod(digit: string | undefined): LzhMethod | undefined {
  return digit === '4' ? 4 : digit === '5' ? 5 : digit === '6' ? 6 : digit === '7' ? 7 : undefined;
}

/** The size of the extended header that begins two bytes later, this field included; or any other field of two bytes. */
function sizeAt(header: Buffer, at: number): number {
  return at + 2 <= header.length ? header.readUInt16LE(at) : 0;
}

/** CRC-16/ARC. */
function crc16(bytes: Uint8Array, before: number): number {
  let crc = before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

import { ByteReader } from '../byte-reader.ts';
import type { Content } from '../content.ts';
import type { Level } from '../extraction.ts';
import { extractStreamMember, memberName } from './stream-member.ts';

const BLOCK = 512;
/** Long names and pax records are small; a header that claims more is damage. */
const LONGEST_EXTENSION = 65_536;

/** The type flags (POSIX pax, GNU tar) whose data are a file's bytes: regular, contiguous, sparse. */
const FILE_TYPES = new Set(['0', '\0', '7', 'S']);

/** Whether a header block has the checksum it says: true of every tar since 1979, with or without `ustar`. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < BLOCK || block[0] === 0) return false;
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  return octal(Buffer.from(block.subarray(148, 156))) === sum;
}

/** tar in all its forms: members in order, as a stream. */
export async function extractTar(level: Level, content: Content): Promise<void> {
  const reader = new ByteReader(content.chunks(), level.extraction.budget);
  try {
    await readMembers(level, reader);
  } finally {
    await reader.close();
  }
}

async function readMembers(level: Level, reader: ByteReader): Promise<void> {
  const { extraction } = level;
  let longName: Buffer | undefined;
  let pax = new Map<string, Buffer>();
  for (;;) {
    const header = await reader.read(BLOCK);
    if (header.length === 0) return;
    // Two such blocks end an archive for tar; read on, for what is joined behind them can be had with --ignore-zeros.
    if (!header.some((byte) => byte !== 0)) continue;
    extraction.budget.countEntry();
    if (!isTarHeader(header)) throw new TypeError('no tar header where one was due');
    const type = String.fromCharCode(header[156] ?? 0);
    const size = numberOf(pax.get('size')) ?? sizeOf(header);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (type === 'L' || type === 'x') {
      if (size > LONGEST_EXTENSION) throw new TypeError('a name too long for tar');
      const data = await reader.read(size);
      if (type === 'L') longName = cString(data);
      else pax = paxRecords(data);
      await reader.skip(padding);
      continue;
    }
    const name = memberName(pax.get('path') ?? longName ?? headerName(header));
    longName = undefined;
    pax = new Map();
    if (FILE_TYPES.has(type) && !name.endsWith('/')) await extractStreamMember(level, reader, name, size);
    else await reader.skip(size);
    await reader.skip(padding);
  }
}

function sizeOf(header: Buffer): number {
  const field = header.subarray(124, 136);
  // GNU: base 256 when the first bit is set, for sizes of 8 GiB and more.
  const size = (field[0] ?? 0) & 0x80 ? field.readUIntBE(6, 6) : octal(field);
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError('a tar member of no size');
  return size;
}

function octal(field: Buffer): number {
  const digits = /^[ \0]*([0-7]+)[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
}

function numberOf(value: Buffer | undefined): number | undefined {
  const text = value?.toString('latin1') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function headerName(header: Buffer): Buffer {
  const name = cString(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? cString(header.subarray(345, 500)) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

function cString(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** `<length> <key>=<value>\n`, the length in decimal and counting itself. */
function paxRecords(data: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? undefined : numberOf(data.subarray(at, space));
    if (length === undefined || length < 4 || at + length > data.length) break;
    const equals = data.indexOf(0x3d, space);
    if (equals > space && equals < at + length) {
      records.set(data.toString('latin1', space + 1, equals), data.subarray(equals + 1, at + length - 1));
    }
    at += length;
  }
  return records;
}

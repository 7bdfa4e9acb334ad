import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { LimitReached, type Budget } from '../budget.ts';
import { ByteReader } from '../byte-reader.ts';
import { BRANCH_FILTERS, type BranchFilter } from './branch-filters.ts';
import { crc64 } from './crc64.ts';
import { checkedDictionary, exactly, expandLzma2, lzma2DictionaryBytes } from './lzma2.ts';

const MAGIC = 'fd377a585a00';
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;
const LZMA2 = 0x21n;
const LONGEST_FILTER = 20n;
const HEADER_BYTES = 12;

/** Expands .xz (file format 1.2.1): streams one after another, of blocks of LZMA2 and of filters. Those of IA-64 and RISC-V are not undone. Throws on damage. */
export async function* expandXz(packed: AsyncIterable<Uint8Array>, budget: Budget): AsyncGenerator<Uint8Array> {
  const reader = new CountingReader(packed, budget);
  try {
    for (let first = true; ; first = false) {
      const header = await nextHeader(reader, first);
      if (header === undefined) return;
      const check = (header[7] ?? 0) & 0x0f;
      if (header.readUInt32LE(8) !== crc32(header.subarray(6, 8))) throw new TypeError('an xz header with another checksum');
      for (;;) {
        const size = (await exactly(reader, 1))[0] ?? 0;
        if (size === 0) break;
        yield* readBlock(reader, size, check, budget);
      }
      await skipIndex(reader);
      await exactly(reader, HEADER_BYTES);
    }
  } finally {
    await reader.close();
  }
}

/** The next stream's header; streams may be padded with zeros in fours. */
async function nextHeader(reader: CountingReader, first: boolean): Promise<Buffer | undefined> {
  for (;;) {
    const start = await reader.read(4);
    if (start.length === 0 && !first) return undefined;
    if (start.length < 4) throw new TypeError('no xz stream where one was due');
    if (!first && start.every((byte) => byte === 0)) continue;
    const header = Buffer.concat([start, await exactly(reader, HEADER_BYTES - 4)]);
    if (header.toString('hex', 0, 6) !== MAGIC) throw new TypeError('no xz stream where one was due');
    return header;
  }
}

async function* readBlock(reader: CountingReader, sizeByte: number, check: number, budget: Budget): AsyncGenerator<Uint8Array> {
  const rest = await exactly(reader, (sizeByte + 1) * 4 - 1);
  const header = Buffer.concat([Buffer.from([sizeByte]), rest]);
  if (header.readUInt32LE(header.length - 4) !== crc32(header.subarray(0, -4))) throw new TypeError('an xz block with another checksum');
  const flags = header[1] ?? 0;
  const fields = new Fields(header, 2);
  if ((flags & 0x40) !== 0) fields.number();
  if ((flags & 0x80) !== 0) fields.number();
  if ((flags & 0x3c) !== 0) throw new LimitReached('unsupported', false);
  const filters: (readonly [BranchFilter, Buffer])[] = [];
  for (let index = 0; index < (flags & 3); index++) {
    const filter = BRANCH_FILTERS.get(Number(fields.number()));
    const length = fields.number();
    if (filter === undefined) throw new LimitReached('unsupported', false);
    if (length > LONGEST_FILTER) throw new TypeError('an xz filter with more than its properties');
    filters.unshift([filter, Buffer.from(Array.from({ length: Number(length) }, () => fields.byte()))]);
  }
  if (fields.number() !== LZMA2) throw new LimitReached('unsupported', false);
  if (fields.number() !== 1n) throw new TypeError('an xz filter without its property');
  const before = reader.count;
  const sum = CHECKS[check]?.();
  let pieces = expandLzma2(reader, checkedDictionary(lzma2DictionaryBytes(fields.byte()), budget));
  for (const [filter, properties] of filters) pieces = filter(pieces, properties);
  for await (const piece of pieces) {
    sum?.add(piece);
    yield piece;
  }
  await exactly(reader, (4 - ((reader.count - before) % 4)) % 4);
  const written = await exactly(reader, CHECK_BYTES[check] ?? 0);
  if (sum !== undefined && !written.equals(sum.finish())) throw new TypeError('an xz block with another checksum');
}

/** By their numbers: CRC-32, CRC-64, SHA-256; of others only the length is known. */
const CHECKS: Readonly<Partial<Record<number, () => { add(bytes: Uint8Array): void; finish(): Buffer }>>> = {
  1: () => {
    let sum = 0;
    return {
      add: (bytes) => {
        sum = crc32(bytes, sum);
      },
      finish: () => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(sum);
        return bytes;
      },
    };
  },
  4: crc64,
  10: () => {
    const hash = createHash('sha256');
    return { add: (bytes) => void hash.update(bytes), finish: () => hash.digest() };
  },
};

/** Sizes of the blocks, which are known by now. Its indicator, a zero, has been read. */
async function skipIndex(reader: CountingReader): Promise<void> {
  const before = reader.count - 1;
  const number = async (): Promise<number> => {
    let value = 0;
    for (let shift = 0; shift < 9; shift++) {
      const byte = (await exactly(reader, 1))[0] ?? 0;
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) return value;
    }
    throw new TypeError('an xz number that is too long');
  };
  const records = await number();
  for (let record = 0; record < records * 2; record++) await number();
  await exactly(reader, ((4 - ((reader.count - before) % 4)) % 4) + 4);
}

/** Fields within a block's header. */
class Fields {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  number(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new TypeError('an xz number that is too long');
  }
}

/** Counts what is read: paddings depend on it. */
class CountingReader extends ByteReader {
  count = 0;

  override async read(length: number): Promise<Buffer> {
    const bytes = await super.read(length);
    this.count += bytes.length;
    return bytes;
  }
}

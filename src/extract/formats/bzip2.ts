import { BitInput } from '../bit-input.ts';

/** bzip2, after the description in its own source (compress.c, decompress.c 1.0.8) and J. Tsai's format specification. */
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const GROUP = 50;
const LONGEST_CODE = 20;
/** A block of 900,000 symbols of at most 20 bits, with its tables: never longer than this. */
const LONGEST_BLOCK = 2_400_000;
const CHUNK = 65_536;

/** Expands a bzip2 stream, or several one after another. Throws on damage. */
export async function* bunzip2(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = new BitInput(packed, LONGEST_BLOCK);
  for (let first = true; ; first = false) {
    await input.fill();
    if (!first && input.atEnd) return;
    if (input.bits(16) !== 0x425a || input.bits(8) !== 0x68) throw new TypeError('not bzip2');
    const capacity = (input.bits(8) - 0x30) * 100_000;
    if (capacity < 100_000 || capacity > 900_000) throw new TypeError('not bzip2');
    for (;;) {
      await input.fill();
      const magic = input.bits(24) * 0x1000000 + input.bits(24);
      const checksum = ((input.bits(16) << 16) | input.bits(16)) >>> 0;
      if (magic === END_MAGIC) break;
      if (magic !== BLOCK_MAGIC) throw new TypeError('no bzip2 block where one was due');
      yield* expandRuns(readBlock(input, capacity), checksum);
    }
    input.align();
  }
}

type Block = Readonly<{ data: Uint32Array; length: number; origin: number }>;

function readBlock(input: BitInput, capacity: number): Block {
  if (input.bits(1) === 1) throw new TypeError('a randomised bzip2 block, as no program has written since 1999');
  const origin = input.bits(24);
  const symbols = usedBytes(input);
  const [tables, selectors] = readTables(input, symbols.length + 2);
  const end = symbols.length + 1;
  const data = new Uint32Array(capacity);
  const counts = new Uint32Array(256);
  let [length, run, weight] = [0, 0, 1];
  const append = (byte: number, times: number): void => {
    if (length + times > capacity) throw new TypeError('a bzip2 block beyond its size');
    data.fill(byte, length, length + times);
    counts[byte] = (counts[byte] ?? 0) + times;
    length += times;
  };
  for (let index = 0; ; index++) {
    const table = tables[selectors[Math.floor(index / GROUP)] ?? -1];
    if (table === undefined) throw new TypeError('a bzip2 block without an end');
    const symbol = decode(input, table);
    if (symbol <= 1 && weight <= capacity) {
      run += weight << symbol;
      weight *= 2;
      continue;
    }
    if (run > 0) append(symbols[0] ?? 0, run);
    [run, weight] = [0, 1];
    if (symbol === end) break;
    const [byte = 0] = symbols.splice(symbol - 1, 1);
    symbols.unshift(byte);
    append(byte, 1);
  }
  if (origin >= length) throw new TypeError('a bzip2 block without a beginning');
  return { data: linked(data, counts, length), length, origin };
}

/** The inverse of the Burrows-Wheeler transform as links: the next position above bit 8, the byte below. */
function linked(data: Uint32Array, counts: Uint32Array, length: number): Uint32Array {
  let sum = 0;
  const starts = counts.map((count) => (sum += count) - count);
  for (let at = 0; at < length; at++) {
    const byte = (data[at] ?? 0) & 0xff;
    const to = starts[byte] ?? 0;
    starts[byte] = to + 1;
    data[to] = (data[to] ?? 0) | (at << 8);
  }
  return data;
}

function usedBytes(input: BitInput): number[] {
  const groups = input.bits(16);
  const symbols: number[] = [];
  for (let high = 0; high < 16; high++) {
    if (((groups >>> (15 - high)) & 1) === 0) continue;
    const used = input.bits(16);
    for (let low = 0; low < 16; low++) if ((used >>> (15 - low)) & 1) symbols.push(high * 16 + low);
  }
  if (symbols.length === 0) throw new TypeError('a bzip2 block of no bytes');
  return symbols;
}

/** A canonical Huffman code: for each length, the first code after the last of it, and what to add to find the symbol. */
type Table = Readonly<{ limits: Int32Array; offsets: Int32Array; symbols: readonly number[] }>;

function readTables(input: BitInput, alphabet: number): [readonly Table[], Uint8Array] {
  const count = input.bits(3);
  const selectors = new Uint8Array(input.bits(15));
  if (count < 2 || count > 6 || selectors.length === 0) throw new TypeError('bzip2 tables are damaged');
  const recent = Array.from({ length: count }, (_, index) => index);
  for (let index = 0; index < selectors.length; index++) {
    let place = 0;
    while (input.bits(1) === 1) if (++place >= count) throw new TypeError('bzip2 tables are damaged');
    const [table = 0] = recent.splice(place, 1);
    recent.unshift(table);
    selectors[index] = table;
  }
  return [Array.from({ length: count }, () => tableOf(readLengths(input, alphabet))), selectors];
}

function readLengths(input: BitInput, alphabet: number): number[] {
  let length = input.bits(5);
  return Array.from({ length: alphabet }, () => {
    while (input.bits(1) === 1) length += input.bits(1) === 1 ? -1 : 1;
    if (length < 1 || length > LONGEST_CODE) throw new TypeError('bzip2 tables are damaged');
    return length;
  });
}

function tableOf(lengths: readonly number[]): Table {
  const limits = new Int32Array(LONGEST_CODE + 1);
  const offsets = new Int32Array(LONGEST_CODE + 1);
  const symbols: number[] = [];
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    offsets[length] = symbols.length - code;
    for (const [symbol, own] of lengths.entries()) if (own === length) symbols.push(symbol);
    code = symbols.length - (offsets[length] ?? 0);
    limits[length] = code;
    code <<= 1;
  }
  return { limits, offsets, symbols };
}

function decode(input: BitInput, { limits, offsets, symbols }: Table): number {
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    code = (code << 1) | input.bits(1);
    if (code < (limits[length] ?? 0)) return symbols[code + (offsets[length] ?? 0)] ?? -1;
  }
  throw new TypeError('no such bzip2 code');
}

/** Four equal bytes are followed by a count of more of them. The checksum is that of what comes out. */
function* expandRuns({ data, length, origin }: Block, checksum: number): Generator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK);
  let filled = 0;
  let crc = 0xffffffff;
  let entry = (data[origin] ?? 0) >>> 8;
  let [previous, equal] = [-1, 0];
  for (let at = 0; at < length; at++) {
    const link = data[entry] ?? 0;
    entry = link >>> 8;
    const byte = link & 0xff;
    let times = 1;
    if (equal === 4) [times, equal] = [byte, 0];
    else {
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
    }
    for (; times > 0; times--) {
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ previous] ?? 0);
      chunk[filled++] = previous;
      if (filled < CHUNK) continue;
      yield chunk;
      [chunk, filled] = [new Uint8Array(CHUNK), 0];
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
  if (~crc >>> 0 !== checksum) throw new TypeError('a bzip2 block with another checksum');
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { displayName } from '../../core/display-name.ts';
import { LimitReached, type Budget } from '../budget.ts';
import { ByteReader } from '../byte-reader.ts';
import { chunksOf, type ByteSource } from '../byte-source.ts';
import { collect, contentOfStream, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { partName } from '../part-name.ts';
import { BRANCH_FILTERS, type BranchFilter } from './branch-filters.ts';
import { bunzip2 } from './bzip2.ts';
import { LzmaDecoder } from './lzma.ts';
import { checkedDictionary, expandLzma2, lzma2DictionaryBytes } from './lzma2.ts';
import { encodedHeaderFolder, readHeader, type Coder, type Folder } from './seven-zip-header.ts';

const SIGNATURE_BYTES = 32;
const METHOD = { copy: '00', lzma: '030101', lzma2: '21', deflate: '040108', bzip2: '040202', aes: '06f10701' } as const;
const PIECE = 65_536;

/** 7z (7zFormat.txt of the LZMA SDK): every member that is packed with LZMA, LZMA2, deflate, bzip2 or not at all; the names of the others. */
export async function extractSevenZip(level: Level, content: Content): Promise<void> {
  const { extraction, part } = level;
  const { budget } = extraction;
  const source = await content.random();
  const start = Buffer.from(source.read(0, SIGNATURE_BYTES));
  if (start.length < SIGNATURE_BYTES) throw new TypeError('a 7z archive that ends too early');
  const size = Number(start.readBigUInt64LE(20));
  if (size > budget.limits.maxMemoryBytes) throw new LimitReached('too-large', false);
  let bytes: Buffer = Buffer.from(source.read(SIGNATURE_BYTES + Number(start.readBigUInt64LE(12)), size));
  if (bytes.length < size) throw new TypeError('a 7z archive that ends too early');
  if (size === 0) return;
  // A header may be packed more than once.
  for (let folder = encodedHeaderFolder(bytes); folder !== undefined; folder = encodedHeaderFolder(bytes)) {
    budget.countEntry();
    if (isEncrypted(folder)) {
      extraction.report('encrypted', part);
      return;
    }
    bytes = await collect(expanded(source, folder, budget), budget);
  }
  // One more than may be read, so that there being too many is seen.
  const { folders, entries } = readHeader(bytes, budget.limits.maxEntries + 1);
  const files = entries.filter(({ hasStream }) => hasStream).map(({ name }) => displayName(Buffer.from(name)).slice(0, 1024));
  for (const folder of folders) {
    const names = files.splice(0, folder.files.length);
    if (isEncrypted(folder)) tellNames(level, names, 'encrypted');
    else if (!isKnown(folder)) tellNames(level, names, 'unsupported');
    else await extractFolder(level, source, folder, names);
  }
}

/** Members in order: they are packed as one stream. */
async function extractFolder(level: Level, source: ByteSource, folder: Folder, names: readonly string[]): Promise<void> {
  const { budget } = level.extraction;
  const reader = new ByteReader(expanded(source, folder, budget), budget);
  try {
    for (const [index, { bytes: size, checksum }] of folder.files.entries()) {
      budget.countEntry();
      let [read, sum] = [0, 0];
      async function* bytes(): AsyncGenerator<Uint8Array> {
        for await (const chunk of reader.take(size - read)) {
          read += chunk.length;
          if (checksum !== undefined) sum = crc32(chunk, sum);
          yield chunk;
        }
        if (read < size) throw new TypeError('7z ends within a member');
        if (checksum !== undefined && sum !== checksum) throw new TypeError('a 7z member with another checksum');
      }
      await level.inner(names[index] ?? `member-${index + 1}`, () => contentOfStream(bytes(), budget));
      await reader.skip(size - read);
    }
  } finally {
    await reader.close();
  }
}

/** Names say something, for a reader and for a search, where the members cannot be read. */
export function tellNames(level: Level, names: readonly string[], reason: 'encrypted' | 'unsupported'): void {
  const { extraction, part } = level;
  for (const name of names) {
    extraction.budget.countEntry();
    extraction.report(reason, partName(part, name));
  }
  if (names.length > 0) extraction.emit({ kind: 'text', text: names.join('\n'), place: placeOf(level) });
}

function isEncrypted({ coders }: Folder): boolean {
  return coders.some(({ method }) => method === METHOD.aes);
}

const KNOWN: ReadonlySet<string> = new Set([METHOD.copy, METHOD.lzma, METHOD.lzma2, METHOD.deflate, METHOD.bzip2]);
/** Filters by the names they had before they had those of xz. */
const OLD_FILTERS: ReadonlyMap<string, number> = new Map([
  ['03030103', 0x04],
  ['03030205', 0x05],
  ['03030501', 0x07],
  ['03030701', 0x08],
  ['03030805', 0x09],
]);

function filterOf({ method }: Coder): BranchFilter | undefined {
  return BRANCH_FILTERS.get(OLD_FILTERS.get(method) ?? (method.length === 2 ? Number.parseInt(method, 16) : -1));
}

/** One way of packing, and filters behind it. */
function isKnown({ isChain, coders: [packing, ...filters] }: Folder): boolean {
  return isChain && packing !== undefined && KNOWN.has(packing.method) && filters.every((filter) => filterOf(filter) !== undefined);
}

async function* expanded(source: ByteSource, folder: Folder, budget: Budget): AsyncGenerator<Uint8Array> {
  const [coder, ...filters] = folder.coders;
  if (coder === undefined || !isKnown(folder)) throw new LimitReached('unsupported', false);
  const from = SIGNATURE_BYTES + folder.packedAt;
  const packed = chunksOf(source, from, from + folder.packedBytes);
  let chunks = expander(coder, packed, budget);
  for (const filter of filters) chunks = filterOf(filter)?.(chunks, filter.properties) ?? chunks;
  let total = 0;
  for await (const chunk of chunks) {
    const wanted = chunk.subarray(0, folder.unpackedBytes - total);
    total += wanted.length;
    budget.countExpanded(wanted.length, total, folder.packedBytes);
    yield wanted;
    if (total >= folder.unpackedBytes) return;
  }
}

function expander(
  { method, properties, unpackedBytes }: Coder,
  packed: Generator<Uint8Array>,
  budget: Budget,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  switch (method) {
    case METHOD.lzma:
      return expandLzma(properties, packed, unpackedBytes, budget);
    case METHOD.lzma2:
      return expandLzma2(new ByteReader(packed, budget), checkedDictionary(lzma2DictionaryBytes(properties[0] ?? 41), budget));
    case METHOD.deflate:
      return inflated(packed);
    case METHOD.bzip2:
      return bunzip2(Readable.from(packed));
    default:
      return packed;
  }
}

function* expandLzma(properties: Buffer, packed: Generator<Uint8Array>, size: number, budget: Budget): Generator<Uint8Array> {
  if (properties.length < 5) throw new TypeError('lzma without its properties');
  const dictionary = Math.min(properties.readUInt32LE(1), size);
  const decoder = new LzmaDecoder(checkedDictionary(dictionary, budget), () => {
    const next = packed.next();
    return next.done === true ? new Uint8Array() : next.value;
  });
  decoder.setProperties(properties[0] ?? 225);
  decoder.startRange();
  for (let left = size; left > 0;) {
    const piece = decoder.decode(Math.min(left, PIECE));
    if (piece.length === 0) return;
    left -= piece.length;
    yield piece;
  }
}

async function* inflated(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(packed);
  const inflater = createInflateRaw();
  input.on('error', (error) => inflater.destroy(error));
  try {
    yield* input.pipe(inflater) as AsyncIterable<Uint8Array>;
  } finally {
    input.destroy();
    inflater.destroy();
  }
}

import { Readable } from 'node:stream';
import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry } from 'yauzl';
import { displayName } from '../core/display-name.ts';
import type { Budget } from './budget.ts';
import { chunksOf, type ByteSource } from './byte-source.ts';
import { detectEncoding } from './text-encoding.ts';

const STRONG_ENCRYPTION = 'strong encryption';
const UTF8_NAME = 0x800;
const INFO_ZIP_UNICODE_PATH = 0x7075;
const LOCAL_HEADER = Buffer.from('PK\x03\x04', 'latin1');
const STORED = 0;
const DEFLATED = 8;
/** What is handed out at once; the time is looked at in between. */
const PIECE = 65_536;
/** Up to these sizes a member is expanded in one call, without a stream and its threads. */
const MOST_PACKED_AT_ONCE = 1_048_576;
const MOST_EXPANDED_AT_ONCE = 4_194_304;
/** zlib takes no less. */
const LEAST_ROOM = 64;

export interface ZipMember {
  /** As shown: decoded, deceptive characters escaped. */
  readonly name: string;
  readonly directory: boolean;
  readonly encrypted: boolean;
  readonly supported: boolean;
  /** As packed, in bytes. */
  readonly packed: number;
  /**
   * Expanded bytes, counted against the budget as they come. Throws on damage and on a passed limit. Another checksum
   * than was written is told after the last byte, and throws nothing: whoever changes it must not hide what is there.
   */
  stream(budget: Budget, damaged: () => void): AsyncIterable<Uint8Array>;
}

export interface ZipListing {
  readonly members: readonly ZipMember[];
  /** What ended the listing early, if anything did. */
  readonly failure?: 'corrupt' | 'encrypted' | 'too-many-entries';
}

/**
 * Reads a zip's central directory, at most `most` entries of it. Local headers alone are never believed, but a file that
 * begins with a member which the directory leaves out is `corrupt`: programs that read from the beginning unpack it.
 */
export async function listZip(source: ByteSource, most: number): Promise<ZipListing> {
  const members: ZipMember[] = [];
  let first = Buffer.from(source.read(0, 4)).equals(LOCAL_HEADER) ? Infinity : 0;
  try {
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    });
    for await (const entry of zip.eachEntry()) {
      if (members.length >= most) return { members, failure: 'too-many-entries' };
      first = Math.min(first, entry.relativeOffsetOfLocalHeader);
      members.push(memberOf(entry, source, async () => (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart));
    }
    return first === 0 ? { members } : { members, failure: 'corrupt' };
  } catch (error) {
    const strong = error instanceof Error && error.message.includes(STRONG_ENCRYPTION);
    return { members, failure: strong ? 'encrypted' : 'corrupt' };
  }
}

function memberOf(entry: Entry, source: ByteSource, dataStart: () => Promise<number>): ZipMember {
  const { compressionMethod, compressedSize, uncompressedSize } = entry;
  return {
    name: memberName(entry),
    directory: entry.fileNameRaw.at(-1) === 0x2f,
    encrypted: entry.isEncrypted(),
    supported: compressionMethod === STORED || compressionMethod === DEFLATED,
    packed: compressedSize,
    async *stream(budget, damaged) {
      const start = await dataStart();
      const packed = { source, start, end: start + compressedSize, expanded: uncompressedSize };
      let total = 0;
      let checksum = 0;
      for await (const chunk of compressionMethod === DEFLATED ? inflate(packed) : chunksOf(source, start, packed.end)) {
        total += chunk.length;
        budget.countExpanded(chunk.length, total, compressedSize);
        checksum = crc32(chunk, checksum);
        yield chunk;
      }
      if (checksum !== entry.crc32) damaged();
    },
  };
}

interface Packed {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
  /** As the directory says. */
  readonly expanded: number;
}

async function* inflate(packed: Packed): AsyncGenerator<Uint8Array> {
  const whole = inflateAtOnce(packed);
  if (whole !== undefined) return yield* piecesOf(whole);
  const input = Readable.from(chunksOf(packed.source, packed.start, packed.end));
  const inflater = createInflateRaw({ finishFlush: constants.Z_FINISH, chunkSize: PIECE });
  input.on('error', (error) => inflater.destroy(error));
  try {
    yield* input.pipe(inflater) as AsyncIterable<Uint8Array>;
  } finally {
    input.destroy();
    inflater.destroy();
  }
}

/** Undefined where the member is large, or not what the directory says: a stream gives what stands before the damage. */
function inflateAtOnce({ source, start, end, expanded }: Packed): Uint8Array | undefined {
  if (end - start > MOST_PACKED_AT_ONCE || expanded > MOST_EXPANDED_AT_ONCE) return undefined;
  const bytes = source.read(start, end - start);
  try {
    return inflateRawSync(bytes, { chunkSize: Math.max(LEAST_ROOM, expanded), maxOutputLength: Math.max(1, expanded) });
  } catch {
    return undefined;
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Names are UTF-8 by flag or by Info-ZIP's extra field; else what their bytes look like: Windows in Japan writes Shift_JIS. */
function memberName(entry: Entry): string {
  const unicode = entry.extraFields.find(({ id, data }) => id === INFO_ZIP_UNICODE_PATH && data.length > 5);
  if (unicode !== undefined) return displayName(unicode.data.subarray(5)).slice(0, 1024);
  const raw = entry.fileNameRaw;
  const encoding = (entry.generalPurposeBitFlag & UTF8_NAME) === 0 ? detectEncoding(raw) : 'utf-8';
  const name = encoding === null || encoding === 'utf-8' ? displayName(raw) : displayName(new TextDecoder(encoding).decode(raw));
  return name.slice(0, 1024);
}

/** yauzl's view of our bytes. Every read is exact or an error, as its base class asks. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunksOf(this.#source, start, end));
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    const bytes = this.#source.read(position, length);
    buffer.set(bytes, offset);
    const error = bytes.length < length ? new Error('unexpected end of file') : null;
    setImmediate(callback, error);
  }
}

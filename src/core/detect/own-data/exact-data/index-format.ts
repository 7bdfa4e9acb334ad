import { err, ok, type Result } from '../../../../contracts/result.ts';
import { COLUMN_KINDS, type ColumnKind, LONGEST_VALUE } from './column-values.ts';

/** `sekisho-edm/1`: docs/spec/own-data.md section 4. */
export const EDM_MAGIC = 'SKSHEDM1';
export const PRIMARY_BYTES = 4;
export const OTHER_BYTES = 3;
const MOST_HEADER = 65_536;
const MOST_COLUMNS = 16;
const MOST_BUCKET_BITS = 26;
/** Rows a single value may stand in: beyond it a value is no key of a table, and a look-up would be slow. */
export const MOST_ALIKE = 1000;

export interface EdmColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Lengths that occur, in units after normalising. */
  readonly lengths: readonly number[];
}

export interface EdmHeader {
  readonly format: 'sekisho-edm/1';
  readonly rows: number;
  readonly bucketBits: number;
  /** Tells a wrong key from a file without matches: a hash of nothing. */
  readonly keyCheck: string;
  /** The primary column first. */
  readonly columns: readonly EdmColumn[];
}

export interface EdmParts {
  readonly header: EdmHeader;
  /** Where each bucket's records begin; one more than there are buckets. */
  readonly offsets: Uint32Array;
  readonly records: Uint8Array;
  readonly recordBytes: number;
}

export const recordBytes = (columns: number): number => PRIMARY_BYTES + (columns - 1) * OTHER_BYTES;

/** The bytes before the offsets: magic, length, header, and zeros up to a multiple of eight. */
export function encodeHeader(header: EdmHeader): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(Math.ceil((12 + text.length) / 8) * 8);
  bytes.set(new TextEncoder().encode(EDM_MAGIC));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, 12);
  return bytes;
}

/** Reads an index; every length and offset is checked here, so that no look-up leaves it. The error says what is wrong. */
export function parseEdm(bytes: Uint8Array): Result<EdmParts, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16 || new TextDecoder('latin1').decode(copy(bytes, 0, 8)) !== EDM_MAGIC) return err('it is no index of exact data');
  const length = view.getUint32(8, true);
  if (length > MOST_HEADER || 12 + length > bytes.length) return err('its header is cut off');
  const header = readHeader(copy(bytes, 12, 12 + length));
  if (header === null) return err('its header is damaged');
  const buckets = 2 ** header.bucketBits;
  const offsetsAt = Math.ceil((12 + length) / 8) * 8;
  const recordsAt = offsetsAt + (buckets + 1) * 4;
  const size = recordBytes(header.columns.length);
  if (bytes.length !== recordsAt + header.rows * size) return err('its length is not what its header says');
  const offsets = new Uint32Array(buckets + 1);
  let last = 0;
  for (let bucket = 0; bucket <= buckets; bucket++) {
    const offset = view.getUint32(offsetsAt + bucket * 4, true);
    if (offset < last || offset > header.rows) return err('its table of buckets is damaged');
    offsets[bucket] = offset;
    last = offset;
  }
  if (offsets[0] !== 0 || last !== header.rows) return err('its table of buckets is damaged');
  return ok({ header, offsets, records: bytes.subarray(recordsAt), recordBytes: size });
}

/** A copy of its own: text decoders take no shared memory. */
const copy = (bytes: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes.subarray(from, to));

function readHeader(bytes: Uint8Array<ArrayBuffer>): EdmHeader | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (!isObject(value) || value['format'] !== 'sekisho-edm/1') return null;
  const { rows, bucketBits, keyCheck, columns } = value;
  if (!isCount(rows, 2 ** 31) || !isCount(bucketBits, MOST_BUCKET_BITS)) return null;
  if (typeof keyCheck !== 'string' || !/^[0-9a-f]{16}$/.test(keyCheck)) return null;
  if (!Array.isArray(columns) || columns.length < 1 || columns.length > MOST_COLUMNS) return null;
  const read = columns.map(readColumn);
  if (read.includes(null)) return null;
  return { format: 'sekisho-edm/1', rows, bucketBits, keyCheck, columns: read.filter((column) => column !== null) };
}

function readColumn(value: unknown): EdmColumn | null {
  if (!isObject(value)) return null;
  const { name, kind, lengths } = value;
  const known = COLUMN_KINDS.find((one) => one === kind);
  if (typeof name !== 'string' || name.length > 256 || known === undefined || !Array.isArray(lengths)) return null;
  const counts = lengths.filter((length) => isCount(length, LONGEST_VALUE) && length > 0);
  return counts.length === lengths.length && counts.length <= LONGEST_VALUE ? { name, kind: known, lengths: counts } : null;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

import { err, ok, type Result } from '../../../../contracts/result.ts';
import { keyFromHex, SipHash } from '../siphash.ts';
import { LONGEST_VALUE, type Lengths } from './column-values.ts';
import { bucketOf, domainOf, otherHash, remainderOf } from './edm-builder.ts';
import { type EdmColumn, OTHER_BYTES, type EdmParts, parseEdm, PRIMARY_BYTES } from './index-format.ts';

/** A column with what a look-up needs at hand. */
export interface IndexColumn extends EdmColumn {
  readonly number: number;
  readonly isLength: Lengths;
}

/** An index that was read, with its key. */
export class EdmIndex {
  readonly primary: IndexColumn;
  readonly others: readonly IndexColumn[];
  readonly rows: number;
  readonly #parts: EdmParts;
  readonly #view: DataView;
  readonly #hash: SipHash;

  private constructor(parts: EdmParts, primary: EdmColumn, hash: SipHash) {
    this.#parts = parts;
    this.#view = new DataView(parts.records.buffer, parts.records.byteOffset, parts.records.byteLength);
    this.#hash = hash;
    this.rows = parts.header.rows;
    this.primary = indexColumn(primary, 0);
    this.others = parts.header.columns.slice(1).map((column, index) => indexColumn(column, index + 1));
  }

  /** The error says what is wrong, for a person, without the file's name. */
  static open(bytes: Uint8Array, keyHex: string): Result<EdmIndex, string> {
    const parts = parseEdm(bytes);
    if (!parts.ok) return parts;
    const key = keyFromHex(keyHex);
    if (key === null) return err('its key is not 32 hex digits');
    const hash = new SipHash(key);
    hash.text(0, '');
    const check = hash.high.toString(16).padStart(8, '0') + hash.low.toString(16).padStart(8, '0');
    const [primary] = parts.value.header.columns;
    if (check !== parts.value.header.keyCheck || primary === undefined) return err('it was built with another key');
    return ok(new EdmIndex(parts.value, primary, hash));
  }

  /** The rows with a primary value, as [first, behind the last]. */
  rowsOf(value: string): readonly [number, number] {
    this.#hash.text(domainOf(0), value);
    const { header, offsets } = this.#parts;
    const { high, low } = this.#hash;
    const bucket = bucketOf(high, header.bucketBits);
    const remainder = remainderOf(high, low, header.bucketBits);
    const end = offsets[bucket + 1] ?? 0;
    let first = offsets[bucket] ?? 0;
    // In order within the bucket; a hostile index may have one bucket for all its rows.
    for (let behind = end; first < behind;) {
      const middle = (first + behind) >>> 1;
      if (this.#remainderAt(middle) < remainder) first = middle + 1;
      else behind = middle;
    }
    let last = first;
    while (last < end && this.#remainderAt(last) === remainder) last += 1;
    return [first, last];
  }

  /** What the row's cell in another column hashes to; 0 when it is empty. */
  otherOf(row: number, column: IndexColumn): number {
    const at = row * this.#parts.recordBytes + PRIMARY_BYTES + (column.number - 1) * OTHER_BYTES;
    const { records } = this.#parts;
    return (records[at] ?? 0) | ((records[at + 1] ?? 0) << 8) | ((records[at + 2] ?? 0) << 16);
  }

  hashOf(column: IndexColumn, value: string): number {
    this.#hash.text(domainOf(column.number), value);
    return otherHash(this.#hash);
  }

  #remainderAt(row: number): number {
    return this.#view.getUint32(row * this.#parts.recordBytes, true);
  }
}

function indexColumn(column: EdmColumn, number: number): IndexColumn {
  const isLength = new Uint8Array(LONGEST_VALUE + 4);
  for (const length of column.lengths) isLength[length] = 1;
  return { ...column, number, isLength };
}

import { normalise } from '../../normalise.ts';
import { SipHash } from '../siphash.ts';
import { columnKind, columnValue, type ColumnKind, LONGEST_VALUE } from './column-values.ts';
import { encodeHeader, type EdmHeader, MOST_ALIKE, OTHER_BYTES, PRIMARY_BYTES, recordBytes } from './index-format.ts';

/** The primary column's hashes are kept apart from those of other columns with the same values. */
export const domainOf = (column: number): number => column + 1;
const SAMPLE_ROWS = 1000;
const ROWS_A_CHUNK = 262_144;

export interface BuilderColumn {
  readonly name: string;
  /** Told from the first rows when left out. */
  readonly kind?: ColumnKind;
}

export interface BuiltEdm {
  readonly header: EdmHeader;
  /** To be written one behind the other. */
  readonly parts: readonly Uint8Array[];
  /** Rows without a usable primary value. */
  readonly skipped: number;
  /** Rows left out because more than a thousand share their primary value. */
  readonly tooAlike: number;
}

/** Halves of a row's primary hash, then its other values'. */
interface Chunk {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly others: Uint8Array;
}

/** Makes an index of keyed hashes from the rows of a table; nothing of a value but its hash is kept. */
export class EdmBuilder {
  readonly #hash: SipHash;
  readonly #names: readonly BuilderColumn[];
  #kinds: ColumnKind[] | null = null;
  #waiting: (readonly string[])[] = [];
  readonly #lengths: Uint8Array[];
  readonly #chunks: Chunk[] = [];
  readonly #otherBytes: number;
  #rows = 0;
  #skipped = 0;

  /** The primary column first. */
  constructor(key: Uint8Array, columns: readonly BuilderColumn[]) {
    this.#hash = new SipHash(key);
    this.#names = columns;
    this.#lengths = columns.map(() => new Uint8Array(LONGEST_VALUE + 1));
    this.#otherBytes = (columns.length - 1) * OTHER_BYTES;
  }

  /** The cells of the chosen columns, in their order. */
  add(cells: readonly string[]): void {
    if (this.#kinds !== null) this.#put(cells, this.#kinds);
    else if (this.#waiting.push([...cells]) >= SAMPLE_ROWS) this.#settleKinds();
  }

  finish(): BuiltEdm {
    if (this.#kinds === null) this.#settleKinds();
    const bucketBits = Math.max(0, Math.ceil(Math.log2(Math.max(1, this.#rows))) - 3);
    const { offsets, order, tooAlike } = this.#ordered(bucketBits);
    const rows = this.#rows - tooAlike;
    this.#hash.text(0, '');
    const header: EdmHeader = {
      format: 'sekisho-edm/1',
      rows,
      bucketBits,
      keyCheck: hex(this.#hash.high) + hex(this.#hash.low),
      columns: this.#names.map(({ name }, column) => ({
        name,
        kind: this.#kinds?.[column] ?? 'text',
        lengths: Array.from(this.#lengths[column] ?? []).flatMap((used, length) => (used === 1 ? [length] : [])),
      })),
    };
    const parts = [encodeHeader(header), new Uint8Array(offsets.buffer), this.#records(order, rows, bucketBits)];
    return { header, parts, skipped: this.#skipped, tooAlike };
  }

  #settleKinds(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    const kinds = this.#names.map(({ kind }, column) => kind ?? columnKind(rows.map((row) => normalise(row[column] ?? ''))));
    this.#kinds = kinds;
    for (const row of rows) this.#put(row, kinds);
  }

  #put(cells: readonly string[], kinds: readonly ColumnKind[]): void {
    const primary = columnValue(kinds[0] ?? 'text', normalise(cells[0] ?? ''));
    if (primary === '') {
      this.#skipped += 1;
      return;
    }
    const index = this.#rows % ROWS_A_CHUNK;
    if (index === 0) {
      this.#chunks.push({
        high: new Uint32Array(ROWS_A_CHUNK),
        low: new Uint32Array(ROWS_A_CHUNK),
        others: new Uint8Array(ROWS_A_CHUNK * this.#otherBytes),
      });
    }
    const chunk = this.#chunks.at(-1);
    if (chunk === undefined) return;
    this.#note(0, primary);
    chunk.high[index] = this.#hash.high;
    chunk.low[index] = this.#hash.low;
    for (let column = 1; column < kinds.length; column++) {
      const value = columnValue(kinds[column] ?? 'text', normalise(cells[column] ?? ''));
      if (value === '') continue;
      this.#note(column, value);
      putOther(chunk.others, index * this.#otherBytes + (column - 1) * OTHER_BYTES, otherHash(this.#hash));
    }
    this.#rows += 1;
  }

  #note(column: number, value: string): void {
    const lengths = this.#lengths[column];
    if (lengths !== undefined) lengths[value.length] = 1;
    this.#hash.text(domainOf(column), value);
  }

  /** Rows by bucket, and within a bucket by what is stored of the primary hash. */
  #ordered(bucketBits: number): { offsets: Uint32Array<ArrayBuffer>; order: Uint32Array; tooAlike: number } {
    const starts = new Uint32Array(2 ** bucketBits + 1);
    for (let row = 0; row < this.#rows; row++) {
      const bucket = bucketOf(this.#highOf(row), bucketBits);
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    }
    for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
    const order = new Uint32Array(this.#rows);
    const next = starts.slice();
    for (let row = 0; row < this.#rows; row++) {
      const bucket = bucketOf(this.#highOf(row), bucketBits);
      const at = next[bucket] ?? 0;
      order[at] = row;
      next[bucket] = at + 1;
    }
    return this.#withoutCommon(starts, order, bucketBits);
  }

  #withoutCommon(starts: Uint32Array<ArrayBuffer>, order: Uint32Array, bucketBits: number) {
    const offsets = new Uint32Array(starts.length);
    let kept = 0;
    for (let bucket = 0; bucket + 1 < starts.length; bucket++) {
      offsets[bucket] = kept;
      const rows = order.subarray(starts[bucket], starts[bucket + 1]);
      if (rows.length > 1) rows.sort((a, b) => this.#remainderOf(a, bucketBits) - this.#remainderOf(b, bucketBits) || a - b);
      let alike = 0;
      let last = -1;
      for (let index = 0; index < rows.length; index++) {
        const row = rows[index] ?? 0;
        const remainder = this.#remainderOf(row, bucketBits);
        alike = remainder === last ? alike + 1 : 1;
        last = remainder;
        if (alike > MOST_ALIKE) continue;
        order[kept] = row;
        kept += 1;
      }
    }
    offsets[offsets.length - 1] = kept;
    return { offsets, order, tooAlike: this.#rows - kept };
  }

  #records(order: Uint32Array, rows: number, bucketBits: number): Uint8Array {
    const size = recordBytes(this.#names.length);
    const records = new Uint8Array(rows * size);
    const view = new DataView(records.buffer);
    for (let index = 0; index < rows; index++) {
      const row = order[index] ?? 0;
      view.setUint32(index * size, this.#remainderOf(row, bucketBits), true);
      const others = this.#chunks[Math.floor(row / ROWS_A_CHUNK)]?.others;
      const at = (row % ROWS_A_CHUNK) * this.#otherBytes;
      for (let byte = 0; byte < this.#otherBytes; byte++) records[index * size + PRIMARY_BYTES + byte] = others?.[at + byte] ?? 0;
    }
    return records;
  }

  #highOf(row: number): number {
    return this.#chunks[Math.floor(row / ROWS_A_CHUNK)]?.high[row % ROWS_A_CHUNK] ?? 0;
  }

  #remainderOf(row: number, bucketBits: number): number {
    return remainderOf(this.#highOf(row), this.#chunks[Math.floor(row / ROWS_A_CHUNK)]?.low[row % ROWS_A_CHUNK] ?? 0, bucketBits);
  }
}

/** The first bits of a hash choose its bucket; the 32 behind them are stored (quotienting: Cleary, IEEE TC C-33, 1984). */
export const bucketOf = (high: number, bucketBits: number): number => (bucketBits === 0 ? 0 : high >>> (32 - bucketBits));

export function remainderOf(high: number, low: number, bucketBits: number): number {
  return bucketBits === 0 ? high : ((high << bucketBits) | (low >>> (32 - bucketBits))) >>> 0;
}

/** 24 bits of a hash, never 0: that stands for an empty cell. */
export const otherHash = ({ low }: SipHash): number => low & 0xff_ffff || 1;

function putOther(bytes: Uint8Array, at: number, hash: number): void {
  bytes[at] = hash & 0xff;
  bytes[at + 1] = (hash >>> 8) & 0xff;
  bytes[at + 2] = hash >>> 16;
}

const hex = (half: number): string => half.toString(16).padStart(8, '0');

import type { Budget } from '../budget.ts';
import type { ByteSource } from '../byte-source.ts';

/** Page types of SQLite's file format, section 1.6. */
const PAGE = { indexInterior: 2, tableInterior: 5, indexLeaf: 10, tableLeaf: 13 } as const;
const HEADER_BYTES = 100;
const SCHEMA_PAGE = 1;
const MOST_COLUMNS = 2000;
const DEEPEST = 40;
const ENCODINGS = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'] as const;

type Decoder = InstanceType<typeof TextDecoder>;

export type SqliteValue = string | number | bigint | Uint8Array | null;

export function isSqlite(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 16)).toString('latin1') === 'SQLite format 3\0';
}

/**
 * Reads the b-trees of an SQLite database (sqlite.org/fileformat2.html) without SQLite: no copy of the file is needed,
 * no SQL of the file's own (views, triggers, generated columns) runs, and a page is read once, whatever points to it.
 */
export class SqliteDatabase {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #pageBytes: number;
  readonly #usable: number;
  readonly #decoder: Decoder;
  readonly #visited = new Set<number>();
  /** Pages that could not be what they should. */
  damaged = false;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    const header = Buffer.from(source.read(0, HEADER_BYTES));
    if (header.length < HEADER_BYTES) throw new TypeError('a database without a header');
    const size = header.readUInt16BE(16);
    this.#pageBytes = size === 1 ? 65_536 : size;
    this.#usable = this.#pageBytes - (header[20] ?? 0);
    if (this.#pageBytes < 512 || this.#usable < 480) throw new TypeError('a database of no page size');
    this.#decoder = new TextDecoder(ENCODINGS[header.readUInt32BE(56)] ?? 'utf-8');
  }

  /** Tables that have rows of their own, as (name, root page, SQL). */
  *tables(): Generator<{ readonly name: string; readonly root: number; readonly sql: string }> {
    for (const [type, name, , root, sql] of this.rows(SCHEMA_PAGE)) {
      if (type === 'table' && typeof root === 'number' && root > 0)
        yield { name: String(name), root, sql: typeof sql === 'string' ? sql : '' };
    }
  }

  /** The rows of a table by its root page. Values of a column that is the row's number are null, as stored. */
  *rows(root: number): Generator<readonly SqliteValue[]> {
    yield* this.#page(root, 0);
  }

  *#page(number: number, depth: number): Generator<readonly SqliteValue[]> {
    if (this.#visited.has(number) || depth > DEEPEST) return this.#damage();
    this.#visited.add(number);
    this.#budget.checkTime();
    const page = this.#read(number);
    const header = number === 1 ? HEADER_BYTES : 0;
    if (page.length < this.#usable) return this.#damage();
    const type = page[header] ?? 0;
    const interior = type === PAGE.indexInterior || type === PAGE.tableInterior;
    if (!interior && type !== PAGE.indexLeaf && type !== PAGE.tableLeaf) return this.#damage();
    const count = page.readUInt16BE(header + 3);
    const pointers = header + (interior ? 12 : 8);
    for (let index = 0; index < count && pointers + index * 2 + 2 <= page.length; index++) {
      // Cells may overlap: a page of a few bytes can claim any number of rows.
      this.#budget.checkTime();
      const at = page.readUInt16BE(pointers + index * 2);
      if (interior) yield* this.#page(at + 4 <= page.length ? page.readUInt32BE(at) : 0, depth + 1);
      if (type !== PAGE.tableInterior) yield this.#cell(page, at, type);
    }
    if (interior) yield* this.#page(page.readUInt32BE(header + 8), depth + 1);
  }

  #cell(page: Buffer, from: number, type: number): readonly SqliteValue[] {
    let [at, size] = varint(page, from + (type === PAGE.indexInterior ? 4 : 0));
    if (type === PAGE.tableLeaf) [at] = varint(page, at);
    return record(this.#payload(page, at, size, type === PAGE.tableLeaf), this.#decoder);
  }

  /** Section 1.6, "Cell payload": what does not fit stands in a chain of overflow pages. */
  #payload(page: Buffer, at: number, size: number, table: boolean): Buffer {
    const most = table ? this.#usable - 35 : Math.floor(((this.#usable - 12) * 64) / 255) - 23;
    if (size <= most) return page.subarray(at, at + size);
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const spare = least + ((size - least) % (this.#usable - 4));
    const local = spare <= most ? spare : least;
    const parts = [page.subarray(at, at + local)];
    let left = Math.min(size, this.#source.size, this.#budget.limits.maxMemoryBytes) - local;
    let next = at + local + 4 <= page.length ? page.readUInt32BE(at + local) : 0;
    while (next > 0 && left > 0) {
      const overflow = this.#visited.has(next) ? Buffer.alloc(0) : this.#read(next);
      this.#visited.add(next);
      if (overflow.length < this.#usable) {
        this.damaged = true;
        break;
      }
      parts.push(overflow.subarray(4, 4 + Math.min(left, this.#usable - 4)));
      left -= this.#usable - 4;
      next = overflow.readUInt32BE(0);
    }
    return Buffer.concat(parts);
  }

  #read(number: number): Buffer {
    return number < 1 ? Buffer.alloc(0) : Buffer.from(this.#source.read((number - 1) * this.#pageBytes, this.#pageBytes));
  }

  #damage(): void {
    this.damaged = true;
  }
}

/** Section 2.1: a header of types, then the values. */
function record(payload: Buffer, decoder: Decoder): SqliteValue[] {
  const values: SqliteValue[] = [];
  let [at, header] = varint(payload, 0);
  header = Math.min(header, payload.length);
  let body = header;
  while (at < header && values.length < MOST_COLUMNS) {
    const [next, type] = varint(payload, at);
    at = next;
    const length = lengthOf(type);
    values.push(valueOf(payload.subarray(body, body + length), type, length, decoder));
    body += length;
  }
  return values;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8] as const;
const DOUBLE = 7;

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return type === DOUBLE ? 8 : (INTEGER_BYTES[type] ?? 0);
}

function valueOf(bytes: Buffer, type: number, length: number, decoder: Decoder): SqliteValue {
  if (type === 8 || type === 9) return type - 8;
  if (type >= 12) return type % 2 === 0 ? bytes : decoder.decode(bytes);
  if (bytes.length < length || length === 0) return null;
  if (type === DOUBLE) return bytes.readDoubleBE(0);
  return length === 8 ? bytes.readBigInt64BE(0) : bytes.readIntBE(0, length);
}

/** One to nine bytes, seven bits each, the ninth with all eight; gives where it ends and its value. */
function varint(bytes: Buffer, from: number): [at: number, value: number] {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[from + index] ?? 0;
    if (index === 8) return [from + 9, value * 256 + byte];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [from + index + 1, value];
  }
  return [from + 9, value];
}

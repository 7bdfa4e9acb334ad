import { LimitReached } from '../budget.ts';
import { PackedBits, PrefixCode } from '../packed-bits.ts';
import { undoRarFilter, type RarFilter } from './rar5-filters.ts';

const LITERALS = 306;
const DISTANCES = 64;
const LOW_DISTANCES = 16;
const LENGTHS = 44;
const CODE_LENGTHS = 20;
const LONGEST_FILTERED = 0x400000;
const MOST_FILTERS = 8192;
const PIECE = 65_536;

/**
 * Undoes the packing of rar 5 (version 0 of its algorithm), after the reader in libarchive
 * (archive_read_support_format_rar5.c, BSD licence): blocks with codes of their own, matches in a window, and filters over
 * what came out. One expander serves all members of a solid archive, in order. Throws on damage.
 */
export class Rar5Expander {
  readonly #window: Uint8Array;
  readonly #recent = [0, 0, 0, 0];
  #lastLength = 0;
  #position = 0;
  #filled = 0;
  #codes: Readonly<{ literals: PrefixCode; distances: PrefixCode; low: PrefixCode; lengths: PrefixCode }> | undefined;

  /** `windowBytes` is a power of two. */
  constructor(windowBytes: number) {
    this.#window = new Uint8Array(windowBytes);
  }

  get windowBytes(): number {
    return this.#window.length;
  }

  /** The next member, of `size` bytes. Read to its end, or a solid archive cannot go on. */
  *expand(packed: Iterable<Uint8Array>, size: number): Generator<Uint8Array> {
    const filters: RarFilter[] = [];
    let written = 0;
    let pending: Uint8Array[] = [];
    let pendingFrom = 0;
    for (const piece of this.#pieces(packed, size, filters)) {
      written += piece.length;
      pending.push(piece);
      const due = filters.findIndex(({ start, length }) => start + length > written);
      const ready = due < 0 ? filters.length : due;
      const first = filters[ready];
      // What a filter still waits for stays here; it is at most what a filter may take, and a piece.
      const until = first === undefined ? written : Math.min(first.start, written);
      if (until <= pendingFrom) continue;
      const bytes = pending.length === 1 ? piece : Buffer.concat(pending);
      for (const filter of filters.splice(0, ready)) {
        const from = filter.start - pendingFrom;
        if (from < 0) throw new TypeError('a rar filter over what has gone');
        undoRarFilter(filter, bytes.subarray(from, from + filter.length));
      }
      yield bytes.subarray(0, until - pendingFrom);
      pending = [bytes.subarray(until - pendingFrom)];
      pendingFrom = until;
    }
    if (written > pendingFrom) yield Buffer.concat(pending);
  }

  *#pieces(packed: Iterable<Uint8Array>, size: number, filters: RarFilter[]): Generator<Uint8Array> {
    const block = new BlockInput(packed);
    const mask = this.#window.length - 1;
    let [matchLeft, from, total] = [0, 0, 0];
    for (let left = size; left > 0;) {
      const piece = new Uint8Array(Math.min(left, PIECE));
      let at = 0;
      let ended = false;
      while (at < piece.length) {
        if (matchLeft > 0) {
          const byte = this.#window[from++ & mask] ?? 0;
          this.#window[this.#position++ & mask] = byte;
          piece[at++] = byte;
          matchLeft--;
          continue;
        }
        if (block.atEnd) {
          if (!block.next()) {
            ended = true;
            break;
          }
          if (block.hasTables) this.#readTables(block.bits);
        }
        const { bits } = block;
        const symbol = this.#required.literals.next(bits);
        if (symbol < 256) {
          this.#window[this.#position++ & mask] = symbol;
          piece[at++] = symbol;
        } else if (symbol === 256) {
          if (filters.length >= MOST_FILTERS) throw new LimitReached('too-many-entries', false);
          filters.push(readFilter(bits, total + at, filters.at(-1)));
        } else {
          matchLeft = this.#match(symbol, bits);
          const distance = this.#recent[0] ?? 0;
          this.#filled = Math.max(this.#filled, Math.min(this.#position, this.#window.length));
          if (matchLeft > 0 && (distance === 0 || distance > this.#filled)) throw new TypeError('a rar match before the beginning');
          from = this.#position - distance;
        }
      }
      total += at;
      left -= at;
      if (at > 0) yield piece.subarray(0, at);
      if (ended) throw new TypeError('a rar member that ends too early');
    }
  }

  get #required() {
    if (this.#codes === undefined) throw new TypeError('a rar block without codes');
    return this.#codes;
  }

  /** The length of a match; its distance goes to the front of the recent ones. */
  #match(symbol: number, bits: PackedBits): number {
    const { lengths } = this.#required;
    if (symbol === 257) return this.#lastLength;
    if (symbol < 262) {
      const [distance = 0] = this.#recent.splice(symbol - 258, 1);
      this.#recent.unshift(distance);
      return (this.#lastLength = matchLength(lengths.next(bits), bits));
    }
    const length = matchLength(symbol - 262, bits);
    const distance = this.#distance(bits);
    this.#recent.pop();
    this.#recent.unshift(distance);
    return (this.#lastLength = length + (distance > 0x100 ? 1 : 0) + (distance > 0x2000 ? 1 : 0) + (distance > 0x40000 ? 1 : 0));
  }

  #distance(bits: PackedBits): number {
    const { distances, low } = this.#required;
    const slot = distances.next(bits);
    if (slot < 4) return slot + 1;
    const extra = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** extra + 1;
    if (extra < 4) return base + bits.take(extra);
    return base + (extra > 4 ? bits.take(extra - 4) * 16 : 0) + low.next(bits);
  }

  #readTables(bits: PackedBits): void {
    const short = new Uint8Array(CODE_LENGTHS);
    for (let index = 0; index < CODE_LENGTHS;) {
      const length = bits.take(4);
      const zeros = length === 15 ? bits.take(4) : 0;
      if (zeros > 0) index += zeros + 2;
      else short[index++] = length;
    }
    const code = new PrefixCode(short);
    const all = new Uint8Array(LITERALS + DISTANCES + LOW_DISTANCES + LENGTHS);
    for (let index = 0; index < all.length;) {
      const length = code.next(bits);
      if (length < 16) {
        all[index++] = length;
        continue;
      }
      const count = length % 2 === 0 ? bits.take(3) + 3 : bits.take(7) + 11;
      if (length < 18) {
        if (index === 0) throw new TypeError('a rar code that repeats nothing');
        all.fill(all[index - 1] ?? 0, index, index + count);
      }
      index += count;
    }
    let at = 0;
    const part = (count: number) => new PrefixCode(all.subarray(at, (at += count)));
    this.#codes = { literals: part(LITERALS), distances: part(DISTANCES), low: part(LOW_DISTANCES), lengths: part(LENGTHS) };
  }
}

function matchLength(slot: number, bits: PackedBits): number {
  if (slot < 8) return slot + 2;
  const extra = (slot >> 2) - 1;
  return 2 + ((4 | (slot & 3)) << extra) + bits.take(extra);
}

function readFilter(bits: PackedBits, position: number, before: RarFilter | undefined): RarFilter {
  const start = position + filterNumber(bits);
  const length = filterNumber(bits);
  const type = bits.take(3);
  const channels = type === 0 ? bits.take(5) + 1 : 0;
  if (length < 4 || length > LONGEST_FILTERED || type > 3) throw new TypeError('no such rar filter');
  if (before !== undefined && start < before.start + before.length) throw new TypeError('rar filters over one another');
  return { start, length, type, channels };
}

function filterNumber(bits: PackedBits): number {
  const count = bits.take(2) + 1;
  let value = 0;
  for (let byte = 0; byte < count; byte++) value += bits.take(8) * 2 ** (8 * byte);
  return value;
}

/** The blocks of a member: each says how many bits it has. */
class BlockInput {
  readonly bits: PackedBits;
  hasTables = false;
  #last = false;
  #end = 0;

  constructor(packed: Iterable<Uint8Array>) {
    this.bits = new PackedBits(packed);
  }

  get atEnd(): boolean {
    return this.bits.taken >= this.#end;
  }

  /** Goes to the next block; false where there is none. */
  next(): boolean {
    if (this.#last) return false;
    this.bits.align();
    const flags = this.bits.take(8);
    let check = this.bits.take(8) ^ 0x5a ^ flags;
    const sizeBytes = ((flags >> 3) & 3) + 1;
    let size = 0;
    for (let byte = 0; byte < sizeBytes; byte++) {
      const next = this.bits.take(8);
      check ^= next;
      size += next * 2 ** (8 * byte);
    }
    if (this.bits.spent) return false;
    if (check !== 0 || sizeBytes > 3 || size === 0) throw new TypeError('a rar block with another checksum');
    this.#end = this.bits.taken + (size - 1) * 8 + (flags & 7) + 1;
    this.#last = (flags & 0x40) !== 0;
    this.hasTables = (flags & 0x80) !== 0;
    return true;
  }
}

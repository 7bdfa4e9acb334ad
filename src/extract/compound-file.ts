import type { Budget } from './budget.ts';
import { LimitReached } from './budget.ts';
import type { ByteSource } from './byte-source.ts';
import { utf16Text } from './utf16-text.ts';

const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const HEADER_BYTES = 512;
const HEADER_FAT_ENTRIES = 109;
const ENTRY_BYTES = 128;
const MINI_SECTOR_BYTES = 64;
/** Values from here on are no sectors ([MS-CFB] 2.1). */
const FIRST_SPECIAL = 0xfffffffa;
const NOTHING = 0xffffffff;

export interface CompoundStorage {
  readonly name: string;
  readonly streams: ReadonlyMap<string, CompoundStream>;
  readonly storages: readonly CompoundStorage[];
}

export interface CompoundStream {
  readonly name: string;
  readonly size: number;
  /** The whole stream; shorter where the file is damaged. */
  read(): Buffer;
}

interface Entry {
  readonly name: string;
  readonly type: number;
  readonly left: number;
  readonly right: number;
  readonly child: number;
  readonly start: number;
  readonly size: number;
}

export function isCompoundFile(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).equals(SIGNATURE);
}

/** Opens an OLE2 compound file ([MS-CFB]): a small file system of storages and streams. Chains that loop or leave the file end there. */
export function openCompoundFile(source: ByteSource, budget: Budget): CompoundStorage {
  const sectors = new Sectors(source, budget);
  const entries = readEntries(sectors, budget.limits.maxEntries);
  const [root] = entries;
  if (root === undefined) throw new TypeError('a compound file without a directory');
  let ministream: Buffer | undefined;
  const read = (entry: Entry): Buffer => {
    budget.checkTime();
    const size = Math.min(entry.size, source.size);
    if (entry.size >= sectors.cutoff) return sectors.chain(entry.start, size);
    ministream ??= sectors.chain(root.start, Math.min(root.size, source.size));
    return sectors.miniChain(ministream, entry.start, size);
  };
  return new DirectoryReader(entries, read, budget).root(root);
}

class Sectors {
  readonly cutoff: number;
  readonly directoryStart: number;
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #sectorBytes: number;
  readonly #fatSectors: readonly number[];
  readonly #miniFatStart: number;
  readonly #fat = new Map<number, Buffer>();
  #miniFat: Buffer | undefined;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    const header = Buffer.from(source.read(0, HEADER_BYTES));
    if (header.length < HEADER_BYTES) throw new TypeError('a compound file without a header');
    this.#sectorBytes = header.readUInt16LE(0x1e) === 12 ? 4096 : 512;
    this.directoryStart = header.readUInt32LE(0x30);
    this.cutoff = header.readUInt32LE(0x38);
    this.#miniFatStart = header.readUInt32LE(0x3c);
    this.#fatSectors = this.#listFat(header);
  }

  /** At most `size` bytes of a chain of sectors. */
  chain(start: number, size: number): Buffer {
    const parts: Buffer[] = [];
    let length = 0;
    const most = Math.ceil(this.#source.size / this.#sectorBytes);
    for (let sector = start, count = 0; sector < FIRST_SPECIAL && length < size && count <= most; count++) {
      if (count % 1024 === 0) this.#budget.checkTime();
      const bytes = this.#sector(sector);
      if (bytes.length === 0) break;
      parts.push(bytes);
      length += bytes.length;
      if (length > this.#budget.limits.maxMemoryBytes) throw new LimitReached('too-large', false);
      sector = this.#next(sector);
    }
    return Buffer.concat(parts).subarray(0, size);
  }

  miniChain(ministream: Buffer, start: number, size: number): Buffer {
    this.#miniFat ??= this.chain(this.#miniFatStart, this.#source.size);
    const parts: Buffer[] = [];
    let length = 0;
    for (let sector = start, count = 0; sector < FIRST_SPECIAL && length < size && count * 4 <= this.#miniFat.length; count++) {
      const at = sector * MINI_SECTOR_BYTES;
      if (at >= ministream.length || sector * 4 + 4 > this.#miniFat.length) break;
      parts.push(ministream.subarray(at, at + MINI_SECTOR_BYTES));
      length += MINI_SECTOR_BYTES;
      sector = this.#miniFat.readUInt32LE(sector * 4);
    }
    return Buffer.concat(parts).subarray(0, size);
  }

  #sector(sector: number): Buffer {
    return Buffer.from(this.#source.read((sector + 1) * this.#sectorBytes, this.#sectorBytes));
  }

  #next(sector: number): number {
    const perSector = this.#sectorBytes / 4;
    const block = Math.floor(sector / perSector);
    const where = this.#fatSectors[block];
    if (where === undefined) return NOTHING;
    let fat = this.#fat.get(block);
    if (fat === undefined) {
      fat = this.#sector(where);
      this.#fat.set(block, fat);
    }
    const at = (sector % perSector) * 4;
    return at + 4 <= fat.length ? fat.readUInt32LE(at) : NOTHING;
  }

  /** The first sectors of the FAT stand in the header, the others in a chain of their own. */
  #listFat(header: Buffer): number[] {
    const list: number[] = [];
    const most = Math.ceil(this.#source.size / this.#sectorBytes / (this.#sectorBytes / 4)) + 1;
    const add = (sector: number): void => {
      if (sector < FIRST_SPECIAL && list.length < most) list.push(sector);
    };
    for (let index = 0; index < HEADER_FAT_ENTRIES; index++) add(header.readUInt32LE(0x4c + index * 4));
    let sector = header.readUInt32LE(0x44);
    for (let count = 0; sector < FIRST_SPECIAL && count <= most; count++) {
      const bytes = this.#sector(sector);
      if (bytes.length < this.#sectorBytes) break;
      for (let at = 0; at + 8 <= bytes.length; at += 4) add(bytes.readUInt32LE(at));
      sector = bytes.readUInt32LE(bytes.length - 4);
    }
    return list;
  }
}

function readEntries(sectors: Sectors, most: number): Entry[] {
  // One more than may be visited, so that there being too many is seen.
  const bytes = sectors.chain(sectors.directoryStart, (most + 2) * ENTRY_BYTES);
  const entries: Entry[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const length = Math.max(0, Math.min(64, bytes.readUInt16LE(at + 64)) - 2);
    entries.push({
      name: utf16Text(bytes.subarray(at, at + length)),
      type: bytes[at + 66] ?? 0,
      left: bytes.readUInt32LE(at + 68),
      right: bytes.readUInt32LE(at + 72),
      child: bytes.readUInt32LE(at + 76),
      start: bytes.readUInt32LE(at + 116),
      size: bytes.readUInt32LE(at + 120),
    });
  }
  return entries;
}

const STORAGE = 1;
const STREAM = 2;

/** Walks the directory's trees; each entry is visited once, whatever refers to it. */
class DirectoryReader {
  readonly #entries: readonly Entry[];
  readonly #read: (entry: Entry) => Buffer;
  readonly #budget: Budget;
  readonly #visited = new Set<number>();

  constructor(entries: readonly Entry[], read: (entry: Entry) => Buffer, budget: Budget) {
    this.#entries = entries;
    this.#read = read;
    this.#budget = budget;
  }

  /** Entries that no tree leads to, in a damaged directory, belong to the root. */
  root(root: Entry): CompoundStorage {
    const { name, streams, storages } = this.#storage(this.#children(root), root.name);
    const lost = this.#entries.filter((entry, index) => index > 0 && !this.#visited.has(index) && entry.type !== 0);
    const found = this.#storage(lost, name);
    return { name, streams: new Map([...found.streams, ...streams]), storages: [...storages, ...found.storages] };
  }

  #storage(entries: readonly Entry[], name: string): CompoundStorage {
    const streams = new Map<string, CompoundStream>();
    const storages: CompoundStorage[] = [];
    for (const entry of entries) {
      this.#budget.countEntry();
      if (entry.type === STREAM) streams.set(entry.name, { name: entry.name, size: entry.size, read: () => this.#read(entry) });
      else if (entry.type === STORAGE) storages.push(this.#storage(this.#children(entry), entry.name));
    }
    return { name, streams, storages };
  }

  #children(of: Entry): Entry[] {
    const found: Entry[] = [];
    const waiting = [of.child];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const entry = this.#entries[index];
      if (entry === undefined || this.#visited.has(index)) continue;
      this.#visited.add(index);
      found.push(entry);
      waiting.push(entry.right, entry.left);
    }
    return found;
  }
}

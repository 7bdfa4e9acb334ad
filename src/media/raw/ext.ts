import { type ExtLayout, readExtLayout } from './ext-layout.ts';
import { BrokenFilesystem, type FilesystemMap, MAX_ENTRIES, type RawBytes, type StoredFile } from './filesystem-map.ts';
import { joinRanges, type Range } from './ranges.ts';

const ROOT_INODE = 2;
const RESIZE_INODE = 7;
const FIRST_ORDINARY_INODE = 11;
const FILE_TYPE = 0xf000;
const REGULAR = 0x8000;
const DIRECTORY = 0x4000;
const SYMBOLIC_LINK = 0xa000;
const USES_EXTENTS = 0x80000;
const INLINE_DATA = 0x10000000;
const EXTENT_MAGIC = 0xf30a;
const MAX_TREE_DEPTH = 5;
const DIRECT_BLOCKS = 12;

interface Inode {
  readonly number: number;
  readonly type: number;
  readonly links: number;
  readonly size: number;
  readonly flags: number;
  readonly attributeBlock: number;
  /** The 60 bytes with the block map, the extent tree's root, or the contents. */
  readonly map: Buffer;
  /** Where those 60 bytes stand. */
  readonly mapAt: number;
}

/** Null when it is no ext2, ext3 or ext4. @throws BrokenFilesystem */
export function mapExt(part: RawBytes): FilesystemMap | null {
  const layout = readExtLayout(part);
  return layout === null ? null : new ExtWalk(part, layout).map();
}

class ExtWalk {
  readonly #part: RawBytes;
  readonly #layout: ExtLayout;
  readonly #structures: Range[];
  readonly #files: StoredFile[] = [];
  readonly #seen = new Set<number>();
  #entries = 0;

  constructor(part: RawBytes, layout: ExtLayout) {
    this.#part = part;
    this.#layout = layout;
    this.#structures = [...layout.structures];
  }

  map(): FilesystemMap {
    const { block, blocks, journalInode } = this.#layout;
    for (const number of [journalInode, RESIZE_INODE]) {
      const inode = number === 0 ? null : this.#inode(number);
      // The resize inode claims the tables' room to grow: of it only its own map is structure.
      if (inode !== null && inode.type === REGULAR && inode.size > 0) {
        const extents = this.#extents(inode);
        if (number !== RESIZE_INODE) this.#structures.push(...extents);
      }
    }
    this.#folders();
    this.#orphans();
    return { kind: 'ext', bytes: blocks * block, structures: joinRanges(this.#structures), files: this.#files };
  }

  #folders(): void {
    const waiting: { path: string; number: number }[] = [{ path: '', number: ROOT_INODE }];
    this.#seen.add(ROOT_INODE);
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      const inode = this.#inode(folder.number);
      if (inode === null) continue;
      for (const { name, number } of this.#directory(inode)) {
        if (this.#seen.has(number)) continue;
        this.#seen.add(number);
        const path = folder.path === '' ? name : `${folder.path}/${name}`;
        const child = this.#inode(number);
        if (child?.type === DIRECTORY) waiting.push({ path, number });
        else if (child !== null) this.#take(child, path);
      }
    }
  }

  /** Inodes in use that no folder names: removed while open when the medium was pulled. */
  #orphans(): void {
    for (const [index, { usedInodes }] of this.#layout.groups.entries()) {
      for (let slot = 0; slot < usedInodes; slot += 1) {
        const number = index * this.#layout.inodesPerGroup + slot + 1;
        if (number < FIRST_ORDINARY_INODE || this.#seen.has(number)) continue;
        const inode = this.#inode(number);
        if (inode !== null && inode.type === REGULAR && inode.links > 0) this.#take(inode, `#${number}`);
      }
    }
  }

  #take(inode: Inode, path: string): void {
    const { type, size, flags, map, mapAt } = inode;
    if (inode.attributeBlock !== 0) this.#structures.push(this.#blocks(inode.attributeBlock, 1));
    if (type === REGULAR) {
      const inside = (flags & INLINE_DATA) !== 0;
      this.#files.push({
        path,
        size,
        extents: inside ? [{ start: mapAt, end: mapAt + Math.min(size, map.length) }] : this.#extents(inode),
      });
    } else if (type === SYMBOLIC_LINK && size >= map.length) this.#structures.push(...this.#extents(inode));
  }

  #inode(number: number): Inode | null {
    const { block, inodeBytes, inodesPerGroup, groups } = this.#layout;
    const group = groups[Math.floor((number - 1) / inodesPerGroup)];
    const slot = (number - 1) % inodesPerGroup;
    if (number < 1 || group === undefined || slot >= group.usedInodes) return null;
    const at = group.inodeTable * block + slot * inodeBytes;
    const bytes = this.#part.read(at, 128);
    const type = bytes.readUInt16LE(0) & FILE_TYPE;
    if (type === 0) return null;
    return {
      number,
      type,
      links: bytes.readUInt16LE(26),
      size: bytes.readUInt32LE(4) + bytes.readUInt32LE(108) * 2 ** 32,
      flags: bytes.readUInt32LE(32),
      attributeBlock: bytes.readUInt32LE(104) + bytes.readUInt16LE(118) * 2 ** 32,
      map: Buffer.from(bytes.subarray(40, 100)),
      mapAt: at + 40,
    };
  }

  #directory(inode: Inode): { name: string; number: number }[] {
    if (inode.attributeBlock !== 0) this.#structures.push(this.#blocks(inode.attributeBlock, 1));
    const inside = (inode.flags & INLINE_DATA) !== 0;
    const extents = inside ? [] : this.#extents(inode);
    this.#structures.push(...extents);
    const bytes = inside ? inode.map.subarray(4) : Buffer.concat(extents.map(({ start, end }) => this.#part.read(start, end - start)));
    const found: { name: string; number: number }[] = [];
    for (let at = 0; at + 8 <= bytes.length;) {
      const [number, length, nameLength] = [bytes.readUInt32LE(at), bytes.readUInt16LE(at + 4), bytes[at + 6] ?? 0];
      if (length < 8 || length % 4 !== 0) break;
      const name = bytes.toString('utf8', at + 8, Math.min(at + 8 + nameLength, bytes.length));
      if (number !== 0 && nameLength > 0 && name !== '.' && name !== '..') found.push({ name, number });
      at += length;
      if ((this.#entries += 1) > MAX_ENTRIES) throw new BrokenFilesystem('it has too many entries');
    }
    return found;
  }

  #blocks(first: number, count: number): Range {
    const { block, blocks } = this.#layout;
    if (first + count > blocks) throw new BrokenFilesystem('a block lies outside');
    return { start: first * block, end: (first + count) * block };
  }

  /** In the order of the file; holes are left out. The blocks of the map itself are structure. */
  #extents(inode: Inode): Range[] {
    const found: Range[] = [];
    if ((inode.flags & USES_EXTENTS) !== 0) this.#extentTree(inode.map, MAX_TREE_DEPTH, found);
    else this.#blockMap(inode.map, found);
    return found;
  }

  #extentTree(node: Buffer, depthLeft: number, found: Range[]): void {
    if (node.readUInt16LE(0) !== EXTENT_MAGIC || depthLeft < 0) throw new BrokenFilesystem('a tree of extents is broken');
    const [entries, depth] = [node.readUInt16LE(2), node.readUInt16LE(6)];
    if (12 + entries * 12 > node.length) throw new BrokenFilesystem('a tree of extents is broken');
    for (let index = 0; index < entries; index += 1) {
      const entry = node.subarray(12 + index * 12, 24 + index * 12);
      if (depth === 0) {
        const length = entry.readUInt16LE(4);
        // Above 32,768 the blocks are set aside and not yet written: what stands there is older than the file.
        const count = length > 32_768 ? length - 32_768 : length;
        if (length <= 32_768) found.push(this.#blocks(entry.readUInt32LE(8) + entry.readUInt16LE(6) * 2 ** 32, count));
        continue;
      }
      const below = this.#blocks(entry.readUInt32LE(4) + entry.readUInt16LE(8) * 2 ** 32, 1);
      this.#structures.push(below);
      this.#extentTree(this.#part.read(below.start, below.end - below.start), Math.min(depthLeft, depth) - 1, found);
    }
  }

  #blockMap(map: Buffer, found: Range[]): void {
    for (let index = 0; index < DIRECT_BLOCKS; index += 1) this.#mapped(map.readUInt32LE(index * 4), 0, found);
    for (let level = 1; level <= 3; level += 1) this.#mapped(map.readUInt32LE((DIRECT_BLOCKS + level - 1) * 4), level, found);
  }

  #mapped(number: number, level: number, found: Range[]): void {
    if (number === 0) return;
    const range = this.#blocks(number, 1);
    if (level === 0) {
      found.push(range);
      return;
    }
    this.#structures.push(range);
    const below = this.#part.read(range.start, range.end - range.start);
    for (let at = 0; at < below.length; at += 4) this.#mapped(below.readUInt32LE(at), level - 1, found);
  }
}

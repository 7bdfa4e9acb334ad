import { BrokenFilesystem, type RawBytes } from './filesystem-map.ts';
import type { Range } from './ranges.ts';

// Linux, Documentation/filesystems/ext4.

const SUPERBLOCK_AT = 1024;
const SUPERBLOCK_BYTES = 1024;
const MAGIC = 0xef53;

const COMPAT_SPARSE_SUPER2 = 0x200;
const INCOMPAT_META_BG = 0x10;
const INCOMPAT_64BIT = 0x80;
const INCOMPAT_ENCRYPT = 0x10000;
const RO_SPARSE_SUPER = 0x1;
const RO_GDT_CHECKSUM = 0x10;
const RO_METADATA_CHECKSUM = 0x400;

const GROUP_INODES_UNUSED = 0x1;
const GROUP_BLOCKS_UNUSED = 0x2;

export interface Group {
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  /** Inodes of its table that were ever written; what lies behind is whatever was on the medium before. */
  readonly usedInodes: number;
  readonly blockBitmapWritten: boolean;
  readonly inodeBitmapWritten: boolean;
}

export interface ExtLayout {
  readonly block: number;
  readonly blocks: number;
  readonly inodeBytes: number;
  readonly inodesPerGroup: number;
  readonly groups: readonly Group[];
  readonly journalInode: number;
  readonly encrypted: boolean;
  readonly structures: readonly Range[];
}

/** Null when it is no ext2, ext3 or ext4. @throws BrokenFilesystem */
export function readExtLayout(part: RawBytes): ExtLayout | null {
  if (part.size < SUPERBLOCK_AT + SUPERBLOCK_BYTES) return null;
  const superblock = part.read(SUPERBLOCK_AT, SUPERBLOCK_BYTES);
  if (superblock.readUInt16LE(0x38) !== MAGIC) return null;
  const [compatible, incompatible, readOnly] = [
    superblock.readUInt32LE(0x5c),
    superblock.readUInt32LE(0x60),
    superblock.readUInt32LE(0x64),
  ];
  if ((incompatible & INCOMPAT_META_BG) !== 0) throw new BrokenFilesystem('its layout (meta_bg) is not known');
  const wide = (incompatible & INCOMPAT_64BIT) !== 0;
  const shift = superblock.readUInt32LE(0x18);
  if (shift > 6) throw new BrokenFilesystem('its blocks are too large');
  const block = 1024 << shift;
  const blocks = superblock.readUInt32LE(4) + (wide ? superblock.readUInt32LE(0x150) * 2 ** 32 : 0);
  const [firstBlock, blocksPerGroup, inodesPerGroup] = [
    superblock.readUInt32LE(0x14),
    superblock.readUInt32LE(0x20),
    superblock.readUInt32LE(0x28),
  ];
  const inodeBytes = superblock.readUInt32LE(0x4c) === 0 ? 128 : superblock.readUInt16LE(0x58);
  const descriptorBytes = wide ? superblock.readUInt16LE(0xfe) : 32;
  const sound = blocks * block <= part.size && blocksPerGroup > 0 && inodesPerGroup > 0 && inodeBytes >= 128 && descriptorBytes >= 32;
  if (!sound) throw new BrokenFilesystem('its sizes do not fit');

  const groupCount = Math.ceil((blocks - firstBlock) / blocksPerGroup);
  const tableBlocks = Math.ceil((groupCount * descriptorBytes) / block);
  const table = part.read((firstBlock + 1) * block, tableBlocks * block);
  const checksummed = (readOnly & (RO_GDT_CHECKSUM | RO_METADATA_CHECKSUM)) !== 0;
  const groups = Array.from({ length: groupCount }, (_, index) =>
    readGroup(table.subarray(index * descriptorBytes, (index + 1) * descriptorBytes), inodesPerGroup, checksummed),
  );
  const structures: Range[] = [{ start: 0, end: SUPERBLOCK_AT + SUPERBLOCK_BYTES }];
  // The tables' room to grow is not counted: nothing is written there, so what stands in it was there before.
  const backups = superblock.readUInt32LE(0x24c) === 0 ? [] : [superblock.readUInt32LE(0x24c), superblock.readUInt32LE(0x250)];
  for (let group = 0; group < groupCount; group += 1) {
    const has = (compatible & COMPAT_SPARSE_SUPER2) !== 0 ? group === 0 || backups.includes(group) : hasBackup(group, readOnly);
    if (!has) continue;
    const start = (firstBlock + group * blocksPerGroup) * block;
    structures.push({ start, end: start + (1 + tableBlocks) * block });
  }
  for (const group of groups) {
    const whole = (number: number): Range => ({ start: number * block, end: (number + 1) * block });
    if (group.blockBitmapWritten) structures.push(whole(group.blockBitmap));
    if (group.inodeBitmapWritten) structures.push(whole(group.inodeBitmap));
    structures.push({ start: group.inodeTable * block, end: group.inodeTable * block + group.usedInodes * inodeBytes });
  }
  const encrypted = (incompatible & INCOMPAT_ENCRYPT) !== 0;
  return { block, blocks, inodeBytes, inodesPerGroup, groups, journalInode: superblock.readUInt32LE(0xe0), encrypted, structures };
}

function readGroup(entry: Buffer, inodesPerGroup: number, checksummed: boolean): Group {
  const high = (at: number): number => (entry.length >= 64 ? entry.readUInt32LE(at) * 2 ** 32 : 0);
  const flags = checksummed ? entry.readUInt16LE(0x12) : 0;
  const unused = checksummed ? entry.readUInt16LE(0x1c) + (entry.length >= 64 ? entry.readUInt16LE(0x32) << 16 : 0) : 0;
  return {
    blockBitmap: entry.readUInt32LE(0) + high(0x20),
    inodeBitmap: entry.readUInt32LE(4) + high(0x24),
    inodeTable: entry.readUInt32LE(8) + high(0x28),
    usedInodes: (flags & GROUP_INODES_UNUSED) === 0 ? Math.max(0, inodesPerGroup - unused) : 0,
    blockBitmapWritten: (flags & GROUP_BLOCKS_UNUSED) === 0,
    inodeBitmapWritten: (flags & GROUP_INODES_UNUSED) === 0,
  };
}

/** Group 0, 1 and the powers of 3, 5 and 7; every group without the feature. */
function hasBackup(group: number, readOnly: number): boolean {
  if ((readOnly & RO_SPARSE_SUPER) === 0 || group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  });
}

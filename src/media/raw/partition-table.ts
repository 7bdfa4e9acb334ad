import type { RawBytes } from './filesystem-map.ts';
import type { Range } from './ranges.ts';

const SECTOR = 512;
const PROTECTIVE = 0xee;
const EXTENDED = new Set([0x05, 0x0f, 0x85]);
const MAX_LOGICAL = 128;

export interface PartitionTable {
  readonly kind: 'mbr' | 'gpt';
  /** The table's own sectors. */
  readonly structures: readonly Range[];
  readonly partitions: readonly Range[];
}

/** Null for a medium without a table: its filesystem begins at its first byte. */
export function readPartitionTable(disk: RawBytes): PartitionTable | null {
  if (disk.size < SECTOR) return null;
  const boot = disk.read(0, SECTOR);
  if (boot.readUInt16LE(510) !== 0xaa55 || isFilesystemBoot(boot)) return null;
  const entries = mbrEntries(boot);
  if (entries.length === 0) return null;
  return (entries.some(({ type }) => type === PROTECTIVE) ? readGpt(disk) : null) ?? readMbr(disk, entries);
}

/** FAT and exFAT begin with a jump and their name, and end like a boot record. */
function isFilesystemBoot(boot: Buffer): boolean {
  const name = (at: number, length: number): string => boot.toString('latin1', at, at + length);
  return name(3, 8) === 'EXFAT   ' || name(54, 3) === 'FAT' || name(82, 5) === 'FAT32';
}

interface MbrEntry extends Range {
  readonly type: number;
}

function mbrEntries(sector: Buffer, base = 0): MbrEntry[] {
  return [446, 462, 478, 494].flatMap((at) => {
    const [status = 0, type = 0] = [sector[at], sector[at + 4]];
    const [first, count] = [sector.readUInt32LE(at + 8), sector.readUInt32LE(at + 12)];
    if (type === 0 || count === 0 || (status & 0x7f) !== 0) return [];
    return [{ type, start: (base + first) * SECTOR, end: (base + first + count) * SECTOR }];
  });
}

function readMbr(disk: RawBytes, entries: readonly MbrEntry[]): PartitionTable {
  const structures: Range[] = [{ start: 0, end: SECTOR }];
  const partitions: Range[] = [];
  for (const entry of entries) {
    if (!EXTENDED.has(entry.type)) partitions.push(entry);
    else readLogical(disk, entry, structures, partitions);
  }
  return { kind: 'mbr', structures, partitions };
}

/** A chain of boot records, each with one partition and the place of the next. */
function readLogical(disk: RawBytes, extended: Range, structures: Range[], partitions: Range[]): void {
  let at = extended.start;
  for (let count = 0; count < MAX_LOGICAL && at + SECTOR <= disk.size; count += 1) {
    const sector = disk.read(at, SECTOR);
    if (sector.readUInt16LE(510) !== 0xaa55) return;
    structures.push({ start: at, end: at + SECTOR });
    const entries = mbrEntries(sector);
    for (const { type, start, end } of entries) if (!EXTENDED.has(type)) partitions.push({ start: at + start, end: at + end });
    const next = entries.find(({ type }) => EXTENDED.has(type));
    if (next === undefined) return;
    at = extended.start + next.start;
  }
}

const number = (buffer: Buffer, at: number): number => Number(buffer.readBigUInt64LE(at));

/** UEFI 2.10 section 5.3; tables of sectors of 512 bytes. */
function readGpt(disk: RawBytes): PartitionTable | null {
  if (disk.size < 3 * SECTOR) return null;
  const header = disk.read(SECTOR, SECTOR);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return null;
  const [backup, entriesAt] = [number(header, 32), number(header, 72)];
  const [count, entryBytes] = [header.readUInt32LE(80), header.readUInt32LE(84)];
  const tableBytes = count * entryBytes;
  if (count > 1024 || entryBytes < 128 || entryBytes > 4096 || entriesAt * SECTOR + tableBytes > disk.size) return null;
  const table = disk.read(entriesAt * SECTOR, tableBytes);
  const partitions: Range[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = table.subarray(index * entryBytes, (index + 1) * entryBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    partitions.push({ start: number(entry, 32) * SECTOR, end: (number(entry, 40) + 1) * SECTOR });
  }
  const tableSectors = Math.ceil(tableBytes / SECTOR) * SECTOR;
  const structures = [
    { start: 0, end: 2 * SECTOR },
    { start: entriesAt * SECTOR, end: entriesAt * SECTOR + tableSectors },
    { start: backup * SECTOR - tableSectors, end: (backup + 1) * SECTOR },
  ];
  return { kind: 'gpt', structures: structures.filter(({ start, end }) => start >= 0 && end <= disk.size), partitions };
}

import { BrokenFilesystem, type FilesystemMap, MAX_ENTRIES, type RawBytes, type StoredFile } from './filesystem-map.ts';
import { joinRanges, type Range } from './ranges.ts';

// Microsoft FAT: General Overview of On-Disk Format, version 1.03 (fatgen103).

interface Layout {
  readonly kind: 'fat12' | 'fat16' | 'fat32';
  readonly sector: number;
  readonly cluster: number;
  readonly fat: Buffer;
  readonly clusters: number;
  /** Where cluster 2 begins. */
  readonly heap: number;
}

const ENTRY_BYTES = 32;
const LONG_NAME = 0x0f;
const VOLUME_LABEL = 0x08;
const DIRECTORY = 0x10;
const DELETED = 0xe5;

/** Null when it is no FAT. @throws BrokenFilesystem */
export function mapFat(part: RawBytes): FilesystemMap | null {
  if (part.size < 512) return null;
  const boot = part.read(0, 512);
  const sector = boot.readUInt16LE(11);
  const perCluster = boot[13] ?? 0;
  const [reserved, copies, rootEntries] = [boot.readUInt16LE(14), boot[16] ?? 0, boot.readUInt16LE(17)];
  const sound = [512, 1024, 2048, 4096].includes(sector) && perCluster > 0 && (perCluster & (perCluster - 1)) === 0;
  if (!sound || boot.readUInt16LE(510) !== 0xaa55 || reserved === 0 || copies === 0 || copies > 4) return null;
  const sectors = boot.readUInt16LE(19) || boot.readUInt32LE(32);
  const fatSectors = boot.readUInt16LE(22) || boot.readUInt32LE(36);
  const rootSectors = Math.ceil((rootEntries * ENTRY_BYTES) / sector);
  const heapSector = reserved + copies * fatSectors + rootSectors;
  if (fatSectors === 0 || sectors <= heapSector || sectors * sector > part.size) return null;
  const clusters = Math.floor((sectors - heapSector) / perCluster);
  const kind = clusters < 4085 ? 'fat12' : clusters < 65_525 ? 'fat16' : 'fat32';
  const fat = part.read(reserved * sector, fatSectors * sector);
  const layout: Layout = { kind, sector, cluster: perCluster * sector, fat, clusters, heap: heapSector * sector };

  const structures: Range[] = [...reservedSectors(boot, sector, kind), { start: reserved * sector, end: heapSector * sector }];
  const files: StoredFile[] = [];
  const rootAt = (reserved + copies * fatSectors) * sector;
  const root = kind === 'fat32' ? chain(layout, boot.readUInt32LE(44)) : [{ start: rootAt, end: rootAt + rootSectors * sector }];
  walk(part, layout, root, structures, files);
  return { kind, bytes: sectors * sector, structures: joinRanges(structures), files };
}

/** Of the sectors before the tables only the boot record and its backup, three each: the others could hide anything. */
function reservedSectors(boot: Buffer, sector: number, kind: Layout['kind']): Range[] {
  const at = (number: number, count: number): Range => ({ start: number * sector, end: (number + count) * sector });
  if (kind !== 'fat32') return [at(0, 1)];
  const backup = boot.readUInt16LE(50);
  return backup >= 3 && backup < 0xffff ? [at(0, 3), at(backup, 3)] : [at(0, 3)];
}

function next(layout: Layout, cluster: number): number {
  const { fat, kind } = layout;
  if (kind === 'fat32') return fat.readUInt32LE(cluster * 4) & 0x0fffffff;
  if (kind === 'fat16') return fat.readUInt16LE(cluster * 2);
  const pair = fat.readUInt16LE(cluster + (cluster >> 1));
  return (cluster & 1) === 1 ? pair >> 4 : pair & 0xfff;
}

const LAST = { fat12: 0xff8, fat16: 0xfff8, fat32: 0x0ffffff8 };

function chain(layout: Layout, first: number): Range[] {
  const ranges: { start: number; end: number }[] = [];
  let cluster = first;
  for (let count = 0; cluster < LAST[layout.kind]; count += 1) {
    if (cluster < 2 || cluster >= layout.clusters + 2 || count > layout.clusters)
      throw new BrokenFilesystem('a chain of clusters is broken');
    const start = layout.heap + (cluster - 2) * layout.cluster;
    const last = ranges.at(-1);
    if (last?.end === start) last.end += layout.cluster;
    else ranges.push({ start, end: start + layout.cluster });
    cluster = next(layout, cluster);
  }
  return ranges;
}

function walk(part: RawBytes, layout: Layout, root: readonly Range[], structures: Range[], files: StoredFile[]): void {
  const folders: { path: string; extents: readonly Range[] }[] = [{ path: '', extents: root }];
  const seen = new Set<number>();
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    structures.push(...folder.extents);
    const bytes = Buffer.concat(folder.extents.map(({ start, end }) => part.read(start, end - start)));
    let longName = '';
    for (let at = 0; at + ENTRY_BYTES <= bytes.length && bytes[at] !== 0; at += ENTRY_BYTES) {
      if ((entries += 1) > MAX_ENTRIES) throw new BrokenFilesystem('it has too many entries');
      const entry = bytes.subarray(at, at + ENTRY_BYTES);
      const attributes = entry[11] ?? 0;
      if (entry[0] === DELETED) longName = '';
      else if ((attributes & 0x3f) === LONG_NAME) longName = longNamePart(entry) + longName;
      else {
        const name = longName === '' ? shortName(entry) : longName;
        longName = '';
        if ((attributes & VOLUME_LABEL) !== 0 || name === '.' || name === '..') continue;
        const first = (entry.readUInt16LE(20) << 16) | entry.readUInt16LE(26);
        const path = folder.path === '' ? name : `${folder.path}/${name}`;
        if ((attributes & DIRECTORY) === 0)
          files.push({ path, size: entry.readUInt32LE(28), extents: first === 0 ? [] : chain(layout, first) });
        else if (!seen.has(first)) {
          seen.add(first);
          folders.push({ path, extents: chain(layout, first) });
        }
      }
    }
  }
}

function longNamePart(entry: Buffer): string {
  const text = Buffer.concat([entry.subarray(1, 11), entry.subarray(14, 26), entry.subarray(28, 32)]).toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function shortName(entry: Buffer): string {
  const part = (from: number, to: number): string => entry.toString('latin1', from, to).trimEnd();
  const extension = part(8, 11);
  return extension === '' ? part(0, 8) : `${part(0, 8)}.${extension}`;
}

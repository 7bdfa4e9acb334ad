import { BrokenFilesystem, type FilesystemMap, MAX_ENTRIES, type RawBytes, type StoredFile } from './filesystem-map.ts';
import { joinRanges, type Range } from './ranges.ts';

// exFAT file system specification, Microsoft, revision 1.00.

const ENTRY_BYTES = 32;
const BITMAP = 0x81;
const UPCASE = 0x82;
const FILE = 0x85;
const STREAM = 0xc0;
const NAME = 0xc1;
const DIRECTORY = 0x10;
const NO_FAT_CHAIN = 0x02;
/** Main and backup boot region, twelve sectors each. */
const BOOT_SECTORS = 24;

interface Layout {
  readonly cluster: number;
  readonly clusters: number;
  readonly heap: number;
  readonly fat: Buffer;
}

/** Null when it is no exFAT. @throws BrokenFilesystem */
export function mapExfat(part: RawBytes): FilesystemMap | null {
  if (part.size < 512) return null;
  const boot = part.read(0, 512);
  if (boot.toString('latin1', 3, 11) !== 'EXFAT   ') return null;
  const [sectorShift, clusterShift] = [boot[108] ?? 0, boot[109] ?? 0];
  if (sectorShift < 9 || sectorShift > 12 || sectorShift + clusterShift > 25) throw new BrokenFilesystem('its sizes are out of range');
  const sector = 2 ** sectorShift;
  const bytes = Number(boot.readBigUInt64LE(72)) * sector;
  const [fatAt, fatBytes] = [boot.readUInt32LE(80) * sector, boot.readUInt32LE(84) * sector];
  const [heap, clusters] = [boot.readUInt32LE(88) * sector, boot.readUInt32LE(92)];
  const copies = boot[110] ?? 1;
  if (bytes > part.size || fatBytes < (clusters + 2) * 4) throw new BrokenFilesystem('its sizes do not fit');
  const layout: Layout = { cluster: sector * 2 ** clusterShift, clusters, heap, fat: part.read(fatAt, fatBytes) };
  const structures: Range[] = [
    { start: 0, end: BOOT_SECTORS * sector },
    { start: fatAt, end: fatAt + fatBytes * copies },
  ];
  const files: StoredFile[] = [];
  walk(part, layout, chain(layout, boot.readUInt32LE(96)), structures, files);
  return { kind: 'exfat', bytes, structures: joinRanges(structures), files };
}

function clusterRange(layout: Layout, cluster: number, count = 1): Range {
  if (cluster < 2 || cluster + count > layout.clusters + 2) throw new BrokenFilesystem('a cluster lies outside');
  const start = layout.heap + (cluster - 2) * layout.cluster;
  return { start, end: start + count * layout.cluster };
}

function chain(layout: Layout, first: number): Range[] {
  const ranges: Range[] = [];
  let cluster = first;
  for (let count = 0; cluster !== 0xffffffff; count += 1) {
    if (count > layout.clusters) throw new BrokenFilesystem('a chain of clusters is a circle');
    ranges.push(clusterRange(layout, cluster));
    cluster = layout.fat.readUInt32LE(cluster * 4);
  }
  // In the order of the file: only neighbours that follow each other are joined.
  return ranges.reduce<Range[]>((joined, range) => {
    const last = joined.at(-1);
    if (last?.end === range.start) joined[joined.length - 1] = { start: last.start, end: range.end };
    else joined.push(range);
    return joined;
  }, []);
}

function allocation(layout: Layout, first: number, size: number, flags: number): Range[] {
  if (first === 0 || size === 0) return [];
  return (flags & NO_FAT_CHAIN) === 0 ? chain(layout, first) : [clusterRange(layout, first, Math.ceil(size / layout.cluster))];
}

function walk(part: RawBytes, layout: Layout, root: readonly Range[], structures: Range[], files: StoredFile[]): void {
  const folders: { path: string; extents: readonly Range[] }[] = [{ path: '', extents: root }];
  const seen = new Set<number>();
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    structures.push(...folder.extents);
    const bytes = Buffer.concat(folder.extents.map(({ start, end }) => part.read(start, end - start)));
    for (let at = 0; at + ENTRY_BYTES <= bytes.length && bytes[at] !== 0; at += ENTRY_BYTES) {
      if ((count += 1) > MAX_ENTRIES) throw new BrokenFilesystem('it has too many entries');
      const entry = bytes.subarray(at, at + ENTRY_BYTES);
      const type = entry[0];
      if (type === BITMAP || type === UPCASE) {
        structures.push(...allocation(layout, entry.readUInt32LE(20), Number(entry.readBigUInt64LE(24)), 0));
      } else if (type === FILE) {
        const found = readSet(bytes.subarray(at, at + ENTRY_BYTES * (1 + (entry[1] ?? 0))), layout);
        const path = folder.path === '' ? found.name : `${folder.path}/${found.name}`;
        if ((entry.readUInt16LE(4) & DIRECTORY) === 0) files.push({ path, size: found.size, extents: found.extents });
        else if (!seen.has(found.first) && found.extents.length > 0) {
          seen.add(found.first);
          folders.push({ path, extents: found.extents });
        }
      }
    }
  }
}

/** A file's entry and those that follow it: where its bytes are, and its name. */
function readSet(entries: Buffer, layout: Layout): { name: string; size: number; first: number; extents: Range[] } {
  let name = '';
  let [size, first, length, extents]: [number, number, number, Range[]] = [0, 0, 0, []];
  for (let at = ENTRY_BYTES; at + ENTRY_BYTES <= entries.length; at += ENTRY_BYTES) {
    const entry = entries.subarray(at, at + ENTRY_BYTES);
    if (entry[0] === STREAM) {
      length = entry[3] ?? 0;
      first = entry.readUInt32LE(20);
      size = Number(entry.readBigUInt64LE(24));
      extents = allocation(layout, first, size, entry[1] ?? 0);
    } else if (entry[0] === NAME) name += entry.toString('utf16le', 2);
  }
  return { name: name.slice(0, length), size, first, extents };
}

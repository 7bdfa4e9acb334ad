import type { ByteSource } from './byte-source.ts';

const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const HEADER_FAT_ENTRIES = 109;
const MOST_DIRECTORY_SECTORS = 64;
const ENTRY_BYTES = 128;

export type CompoundKind = 'encrypted-office' | 'doc' | 'xls' | 'ppt' | 'msg' | 'ole2';

export function isCompoundFile(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).equals(SIGNATURE);
}

/** What an OLE2 compound file ([MS-CFB]) holds, by the names in its directory. Office puts an encrypted document in `EncryptedPackage`. */
export function compoundKind(source: ByteSource): CompoundKind {
  const names = directoryNames(source);
  if (names.has('EncryptedPackage')) return 'encrypted-office';
  if (names.has('WordDocument')) return 'doc';
  if (names.has('Workbook') || names.has('Book')) return 'xls';
  if (names.has('PowerPoint Document')) return 'ppt';
  return names.has('__properties_version1.0') ? 'msg' : 'ole2';
}

function directoryNames(source: ByteSource): Set<string> {
  const names = new Set<string>();
  const header = Buffer.from(source.read(0, 512));
  if (header.length < 512) return names;
  const sectorBytes = header.readUInt16LE(0x1e) === 12 ? 4096 : 512;
  const perSector = sectorBytes / 4;
  const sectorAt = (sector: number): Buffer => Buffer.from(source.read((sector + 1) * sectorBytes, sectorBytes));
  const next = (sector: number): number => {
    const block = Math.floor(sector / perSector);
    if (block >= HEADER_FAT_ENTRIES) return 0xffffffff;
    const fat = sectorAt(header.readUInt32LE(0x4c + block * 4));
    const at = (sector % perSector) * 4;
    return at + 4 <= fat.length ? fat.readUInt32LE(at) : 0xffffffff;
  };
  let sector = header.readUInt32LE(0x30);
  for (let count = 0; count < MOST_DIRECTORY_SECTORS && sector < 0xfffffffa; count++) {
    const directory = sectorAt(sector);
    for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) {
      const length = Math.max(0, Math.min(64, directory.readUInt16LE(at + 64)) - 2);
      names.add(directory.subarray(at, at + length).toString('utf16le'));
    }
    sector = next(sector);
  }
  return names;
}

import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';

export type StickFilesystem = 'fat16' | 'fat32' | 'exfat' | 'ext4';

export interface PartitionPlan {
  readonly filesystem: StickFilesystem;
  readonly mebibytes: number;
  readonly label?: string;
}

const SECTOR_BYTES = 512;
const MEBIBYTE = 1024 * 1024;
/** Where partitions begin, as every tool of today aligns them. */
const FIRST_MEBIBYTE = 1;
const PARTITION_TYPE: Readonly<Record<StickFilesystem, number>> = { fat16: 0x0e, fat32: 0x0c, exfat: 0x07, ext4: 0x83 };

/** Writes the image of a stick with a master boot record and these partitions, at most four. */
export function makeStickImage(path: string, partitions: readonly PartitionPlan[]): void {
  const boot = Buffer.alloc(SECTOR_BYTES);
  boot.writeUInt16LE(0xaa55, 510);
  writeFileSync(path, '');
  let at = FIRST_MEBIBYTE;
  for (const [index, { filesystem, mebibytes, label }] of partitions.entries()) {
    const entry = 446 + index * 16;
    boot[entry + 4] = PARTITION_TYPE[filesystem];
    boot.writeUInt32LE((at * MEBIBYTE) / SECTOR_BYTES, entry + 8);
    boot.writeUInt32LE((mebibytes * MEBIBYTE) / SECTOR_BYTES, entry + 12);
    const part = `${path}.part`;
    makeFilesystem(part, filesystem, mebibytes * MEBIBYTE, label ?? `STICK${index + 1}`);
    execFileSync('dd', [`if=${part}`, `of=${path}`, 'bs=1M', `seek=${at}`, 'conv=sparse,notrunc', 'status=none']);
    rmSync(part);
    at += mebibytes;
  }
  const file = openSync(path, 'r+');
  ftruncateSync(file, at * MEBIBYTE);
  writeSync(file, boot, 0, SECTOR_BYTES, 0);
  closeSync(file);
}

/** A filesystem alone in a file, as on a stick without partitions. */
export function makeFilesystem(path: string, filesystem: StickFilesystem, bytes: number, label: string): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
  const fat = (bits: string): string[] => ['mkfs.vfat', '-F', bits, '-n', label.slice(0, 11).toUpperCase()];
  const makers = {
    fat16: fat('16'),
    fat32: fat('32'),
    exfat: ['mkfs.exfat', '-L', label],
    ext4: ['mke2fs', '-q', '-t', 'ext4', '-m', '0', '-L', label],
  };
  const [program = '', ...options] = makers[filesystem];
  execFileSync(program, [...options, path], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A data CD with one file, in the smallest ISO 9660 form that Linux mounts (ECMA-119). */
export function makeDiscImage(path: string, name: string, text: string): void {
  const block = 2048;
  const bytes = Buffer.alloc(block * 24);
  const both16 = (value: number, at: number): void => {
    bytes.writeUInt16LE(value, at);
    bytes.writeUInt16BE(value, at + 2);
  };
  const both32 = (value: number, at: number): void => {
    bytes.writeUInt32LE(value, at);
    bytes.writeUInt32BE(value, at + 4);
  };
  const record = (at: number, identifier: string, extent: number, size: number, folder: boolean): number => {
    const length = 33 + identifier.length + ((identifier.length + 1) % 2);
    bytes[at] = length;
    both32(extent, at + 2);
    both32(size, at + 10);
    bytes[at + 25] = folder ? 2 : 0;
    both16(1, at + 28);
    bytes[at + 32] = identifier.length;
    bytes.write(identifier, at + 33, 'latin1');
    return at + length;
  };
  const primary = 16 * block;
  bytes[primary] = 1;
  bytes.write('CD001\x01', primary + 1, 'latin1');
  bytes.write('SEKISHO DISC'.padEnd(32), primary + 40, 'latin1');
  both32(24, primary + 80);
  both16(1, primary + 120);
  both16(1, primary + 124);
  both16(block, primary + 128);
  both32(10, primary + 132);
  bytes.writeUInt32LE(18, primary + 140);
  bytes.writeUInt32BE(19, primary + 148);
  record(primary + 156, '\0', 20, block, true);
  bytes[primary + 881] = 1;
  bytes[17 * block] = 255;
  bytes.write('CD001\x01', 17 * block + 1, 'latin1');
  bytes.set([1, 0, 20, 0, 0, 0, 1, 0, 0, 0], 18 * block);
  bytes.set([1, 0, 0, 0, 0, 20, 0, 1, 0, 0], 19 * block);
  let at = record(20 * block, '\0', 20, block, true);
  at = record(at, '\x01', 20, block, true);
  record(at, `${name};1`, 21, text.length, false);
  bytes.write(text, 21 * block, 'latin1');
  writeFileSync(path, bytes);
}

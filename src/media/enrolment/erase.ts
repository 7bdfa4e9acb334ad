import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import { openRaw } from '../raw/open-raw.ts';

const run = promisify(execFile);

export const ERASED_FILESYSTEMS = ['exfat', 'fat32', 'ext4'] as const;
export type ErasedFilesystem = (typeof ERASED_FILESYSTEMS)[number];

const MAKERS: Readonly<Record<ErasedFilesystem, readonly string[]>> = {
  exfat: ['mkfs.exfat', '-L'],
  fat32: ['mkfs.vfat', '-F', '32', '-n'],
  ext4: ['mke2fs', '-q', '-F', '-t', 'ext4', '-m', '0', '-E', 'lazy_itable_init=0,lazy_journal_init=0', '-L'],
};
const PARTITION_TYPES: Readonly<Record<ErasedFilesystem, number>> = { exfat: 0x07, fat32: 0x0c, ext4: 0x83 };
const LABEL = 'SEKISHO';
/** `su` without a login leaves these folders out. */
const SYSTEM_PROGRAMS = { env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } };
const REREAD_TRIES = 30;
const REREAD_MILLIS = 200;
const STEP = 1024 * 1024;
const SECTOR = 512;

export interface EraseOptions {
  readonly filesystem: ErasedFilesystem;
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Writes zeros over the whole device, reads them back, and makes one new filesystem: on a device in one partition, in an image
 * without. A mounted device is refused by the kernel (O_EXCL). Gives the path to mount.
 */
export async function eraseMedium(path: string, options: EraseOptions): Promise<Result<{ mountable: string }, Failure>> {
  let device: FileHandle;
  try {
    device = await open(path, constants.O_RDWR | constants.O_EXCL);
  } catch (error) {
    return err(
      isBusy(error) ? failure('DLP_VOLUME_BUSY', `${path} is mounted or in use. Unmount it first.`, { cause: error }) : fromErrno(error),
    );
  }
  const scratch = await mkdtemp(join(tmpdir(), 'sekisho-erase-'));
  try {
    const isImage = (await device.stat()).isFile();
    const size = sizeOf(path);
    await writeZeros(device, size, options);
    if (!(await isZero(device, size))) {
      return err(failure('DLP_VERIFY_FAILED', 'The medium does not read back as it was written. Do not use it.'));
    }
    const start = isImage ? 0 : STEP;
    await makeFilesystem(device, start, Math.floor((size - start) / SECTOR) * SECTOR, options.filesystem, join(scratch, 'filesystem'));
    if (!isImage) await writePartition(device, start, size - start, PARTITION_TYPES[options.filesystem]);
    await device.sync();
    await device.close();
    if (isImage) return ok({ mountable: path });
    await rereadPartitions(path);
    return ok({ mountable: /\d$/.test(path) ? `${path}p1` : `${path}1` });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().slice(0, 300) : null;
    return err(
      said === null ? fromErrno(error) : failure('DLP_FILE_IO', `The new filesystem could not be made: ${said}`, { cause: error }),
    );
  } finally {
    await device.close().catch(() => undefined);
    await rm(scratch, { recursive: true, force: true });
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EBUSY';

function sizeOf(path: string): number {
  const raw = openRaw(path);
  raw.close();
  return raw.size;
}

async function writeZeros(device: FileHandle, size: number, { onProgress }: EraseOptions): Promise<void> {
  const zeros = Buffer.alloc(STEP);
  for (let at = 0; at < size; at += STEP) {
    await device.write(zeros, 0, Math.min(STEP, size - at), at);
    onProgress?.(at, size);
  }
  await device.sync();
}

async function isZero(device: FileHandle, size: number): Promise<boolean> {
  const [bytes, zeros] = [Buffer.alloc(STEP), Buffer.alloc(STEP)];
  for (let at = 0; at < size; at += STEP) {
    const { bytesRead } = await device.read(bytes, 0, Math.min(STEP, size - at), at);
    if (!bytes.subarray(0, bytesRead).equals(zeros.subarray(0, bytesRead)) || bytesRead === 0) return false;
  }
  return true;
}

/** Made in a sparse file and copied without its zeros: no tool needs to know of partitions, and the rest is zero already. */
async function makeFilesystem(
  device: FileHandle,
  start: number,
  bytes: number,
  filesystem: ErasedFilesystem,
  scratch: string,
): Promise<void> {
  await writeFile(scratch, '');
  await truncate(scratch, bytes);
  const [program = '', ...options] = MAKERS[filesystem];
  await run(program, [...options, LABEL, scratch], SYSTEM_PROGRAMS);
  const made = await open(scratch, 'r');
  try {
    const [piece, zeros] = [Buffer.alloc(STEP), Buffer.alloc(STEP)];
    for (let at = 0; at < bytes; at += STEP) {
      const { bytesRead } = await made.read(piece, 0, Math.min(STEP, bytes - at), at);
      if (!piece.subarray(0, bytesRead).equals(zeros.subarray(0, bytesRead))) await device.write(piece, 0, bytesRead, start + at);
    }
  } finally {
    await made.close();
  }
}

/** udev looks at a device as soon as its writer closes it, and the kernel reads no table while anybody looks. */
async function rereadPartitions(path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await run('udevadm', ['settle', '--timeout=30']).catch(() => undefined);
    try {
      await run('blockdev', ['--rereadpt', path], SYSTEM_PROGRAMS);
      await run('udevadm', ['settle', '--timeout=30']).catch(() => undefined);
      return;
    } catch (error) {
      if (tries === REREAD_TRIES) throw error;
      await delay(REREAD_MILLIS);
    }
  }
}

async function writePartition(device: FileHandle, start: number, bytes: number, type: number): Promise<void> {
  const boot = Buffer.alloc(SECTOR);
  boot[446 + 4] = type;
  boot.writeUInt32LE(start / SECTOR, 446 + 8);
  boot.writeUInt32LE(Math.min(0xffffffff, Math.floor(bytes / SECTOR)), 446 + 12);
  boot.writeUInt16LE(0xaa55, 510);
  await device.write(boot, 0, SECTOR, 0);
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { present } from './sysfs.ts';

export interface FilesystemNames {
  readonly label?: string;
  readonly uuid?: string;
}

const MAX_LABEL = 256;
const MAX_UUID = 128;

/** Label and UUID of the filesystem on a block device, as udev found them; empty without udev. */
export function readFilesystemNames(device: string, root = '/'): FilesystemNames {
  return fromUdevDatabase(join(root, 'run/udev/data', `b${device}`)) ?? fromLinks(device, join(root, 'dev/disk'));
}

function fromUdevDatabase(path: string): FilesystemNames | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  return names(property(text, 'ID_FS_LABEL_ENC'), property(text, 'ID_FS_UUID_ENC'));
}

function property(text: string, name: string): string | undefined {
  return new RegExp(`^E:${name}=(.*)$`, 'm').exec(text)?.[1];
}

function fromLinks(device: string, folder: string): FilesystemNames {
  return names(linkTo(device, join(folder, 'by-label')), linkTo(device, join(folder, 'by-uuid')));
}

function linkTo(device: string, folder: string): string | undefined {
  try {
    return readdirSync(folder).find((name) => deviceNumber(join(folder, name)) === device);
  } catch {
    return undefined;
  }
}

/** `major:minor` of a block device's node; undefined for anything else. */
export function deviceNumber(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isBlockDevice()) return undefined;
  // makedev(3) of glibc, for the numbers that fit in 32 bits.
  return `${(found.rdev >> 8) & 0xfff}:${(found.rdev & 0xff) | ((found.rdev >> 12) & 0xfff00)}`;
}

function names(label: string | undefined, uuid: string | undefined): FilesystemNames {
  return present({ label: decode(label, MAX_LABEL), uuid: decode(uuid, MAX_UUID) });
}

/** udev writes bytes outside its safe set as `\xHH`. */
function decode(value: string | undefined, max: number): string | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'utf8')
    .toString('latin1')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_match, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));
  const text = Buffer.from(bytes, 'latin1').toString('utf8').slice(0, max).toWellFormed().trim();
  return text === '' ? undefined : text;
}

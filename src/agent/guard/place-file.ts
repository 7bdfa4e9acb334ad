import { link, lstat, rename, unlink } from 'node:fs/promises';
import { hasCode } from './has-code.ts';
import type { PinnedFolder } from './pinned-folder.ts';

const NAME_BYTES = 255;
const MAX_EXTENSION_BYTES = 16;

/** `list.xlsx.age`, then `list.xlsx (2).age` and so on; shortened before the extension where the name would be too long. */
export function ciphertextName(name: Buffer, attempt: number): Buffer {
  return numberedName(name, attempt, Buffer.from('.age'));
}

/** `list.xlsx`, then `list (2).xlsx`: for a file put back under its own name. */
export function restoredName(name: Buffer, attempt: number): Buffer {
  const [stem, extension] = splitExtension(name);
  return attempt === 1 ? name : numberedName(stem, attempt, extension);
}

function numberedName(name: Buffer, attempt: number, ending: Buffer): Buffer {
  const suffix = Buffer.concat([Buffer.from(attempt === 1 ? '' : ` (${attempt})`), ending]);
  if (name.length + suffix.length <= NAME_BYTES) return Buffer.concat([name, suffix]);
  const [stem, extension] = splitExtension(name);
  const room = NAME_BYTES - suffix.length - extension.length;
  return Buffer.concat([cut(stem, room), extension, suffix]);
}

function splitExtension(name: Buffer): [stem: Buffer, extension: Buffer] {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || name.length - dot > MAX_EXTENSION_BYTES) return [name, Buffer.alloc(0)];
  return [name.subarray(0, dot), name.subarray(dot)];
}

/** Cuts no UTF-8 character in two. */
function cut(name: Buffer, length: number): Buffer {
  let end = length;
  while (end > 0 && end > length - 4 && ((name[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return name.subarray(0, end);
}

/** Gives the first free name, without taking it. */
export async function freeName(
  folder: PinnedFolder,
  candidate: (attempt: number) => Buffer,
  from = 1,
): Promise<{ name: Buffer; attempt: number }> {
  for (let attempt = from; ; attempt += 1) {
    const name = candidate(attempt);
    if (!(await exists(folder.entry(name)))) return { name, attempt };
  }
}

export async function exists(path: Buffer): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/**
 * Renames without replacing anything; false when the name is taken. rename(2) replaces, so a link comes first. FAT and
 * exFAT have no links: there a look comes first, and another program could take the name in the moment between.
 */
export async function renameExclusive(from: Buffer, to: Buffer): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR', 'EINVAL', 'UNKNOWN')) throw error;
    if (await exists(to)) return false;
    await rename(from, to);
    return true;
  }
  await unlink(from);
  return true;
}

/**
 * Frees a name that only the guard should know, for a rename that is to replace nothing: what somebody planted there to
 * make enforcement fail is moved to a name of its own, where it is an ordinary entry like any other.
 */
export async function clearTheWay(folder: PinnedFolder, name: Buffer): Promise<void> {
  for (let attempt = 2; await exists(folder.entry(name)); attempt += 1) {
    await renameExclusive(folder.entry(name), folder.entry(restoredName(name, attempt)));
  }
}

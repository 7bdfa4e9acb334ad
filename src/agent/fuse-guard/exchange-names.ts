import { type BigIntStats, closeSync, constants, lstatSync, openSync, renameSync } from 'node:fs';
import type { Exchanged, ExchangeOrder } from '../guard/exchange.ts';
import { sameFile, sameStamp, stampOf } from '../guard/stamp.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { parsePath } from '../guard/volume-path.ts';
import { EROFS, errnoOf } from './errno.ts';
import type { NodeTable, ViewNode } from './node-table.ts';
import type { Staging } from './staging.ts';
import type { ViewFiles } from './view-files.ts';

export interface ExchangeParts {
  /** The private mount's root. */
  readonly root: number;
  readonly nodes: NodeTable;
  readonly staging: Staging;
  readonly files: ViewFiles;
}

const O_PATH = 0o10000000;
const FOLDER_FLAGS = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Takes its name from a file that was on the medium before the view, and gives its ciphertext one. To be called by the
 * view thread: no program sees the moment between, and no commit takes place in it.
 */
export function exchangeNames(parts: ExchangeParts, order: ExchangeOrder): Exchanged {
  const path = parsePath(order.path).map((name) => name.toString('latin1'));
  const name = path.pop() ?? '';
  let folder: number;
  try {
    folder = openFolder(parts.root, path);
  } catch {
    return 'changed';
  }
  try {
    const at = (entry: string | Uint8Array): Buffer =>
      Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), typeof entry === 'string' ? Buffer.from(entry, 'latin1') : entry]);
    const { original, target } = order;
    if (original !== null && !isOriginal(statsOf(at(name)), order)) return 'changed';
    if (original !== null && isInUse(parts, original.inode)) return 'changed';
    if (target !== null && (statsOf(at(target)) !== null || isStaged(parts.nodes, path, target))) return 'taken';
    const doomed = at(temporaryName(order.temporaryId, 'erase'));
    if (original !== null) renameSync(at(name), doomed);
    try {
      if (target !== null) renameSync(at(temporaryName(order.temporaryId, 'tmp')), at(target));
    } catch (error) {
      if (original !== null) renameSync(doomed, at(name));
      throw error;
    }
    const node = nodeAt(parts.nodes, path, name);
    // Whoever has it open for writing goes on: what he stores takes the place of this.
    if (node !== null) node.stored = target === null ? null : { physical: Buffer.from(target).toString('latin1'), form: 'age' };
    return 'done';
  } catch (error) {
    return errnoOf(error) === EROFS ? 'read-only' : 'failed';
  } finally {
    closeSync(folder);
  }
}

/** @throws ErrnoException when a part is gone, or no folder any more. */
function openFolder(root: number, path: readonly string[]): number {
  let folder = openSync(`/proc/self/fd/${root}/.`, FOLDER_FLAGS);
  for (const part of path) {
    const above = folder;
    try {
      folder = openSync(Buffer.from(`/proc/self/fd/${above}/${part}`, 'latin1'), FOLDER_FLAGS);
    } finally {
      closeSync(above);
    }
  }
  return folder;
}

const statsOf = (path: Buffer): BigIntStats | null => lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;

function isOriginal(stats: BigIntStats | null, { original, timesMayMove }: ExchangeOrder): boolean {
  if (stats === null || original === null || !stats.isFile()) return false;
  return (timesMayMove ? sameFile : sameStamp)(stampOf(stats), original);
}

/** Its bytes are about to be overwritten: nobody may be reading them, nor have them copied for writing. */
function isInUse({ staging, files }: ExchangeParts, inode: bigint): boolean {
  for (const stage of staging.all()) if (stage.filling) return true;
  return files.isRead(inode);
}

/** A program is making a file of this name, which is not on the medium yet: it would replace the only copy. */
const isStaged = (nodes: NodeTable, path: readonly string[], target: Uint8Array): boolean =>
  (nodeAt(nodes, path, Buffer.from(target).toString('latin1'))?.stage ?? null) !== null;

function nodeAt(nodes: NodeTable, path: readonly string[], name: string): ViewNode | null {
  let node: ViewNode | undefined = nodes.root;
  for (const part of [...path, name]) if (node !== undefined) node = nodes.child(node, part);
  return node ?? null;
}

import { type BigIntStats, fstatSync } from 'node:fs';
import type { Attributes, Entry } from '../../platform/linux/fuse/index.ts';
import type { Found, Medium } from './medium.ts';
import type { ViewNode } from './node-table.ts';

const BLOCK_BYTES = 512;
/** The medium changes through the view alone; a plain folder may change beside it, and is looked at again after this. */
const KEPT_SECONDS = 1;
const SET_ID_BITS = 0o6000;

export function fromStats(inode: number, stats: BigIntStats): Attributes {
  return {
    inode,
    size: stats.size,
    blocks: stats.blocks,
    accessed: stats.atimeNs,
    modified: stats.mtimeNs,
    changed: stats.ctimeNs,
    mode: Number(stats.mode) & ~SET_ID_BITS,
    links: stats.isDirectory() ? Number(stats.nlink) : 1,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    device: Number(stats.rdev),
  };
}

export function fromFound(inode: number, { stats, age }: Found): Attributes {
  const attributes = fromStats(inode, stats);
  if (age === null) return attributes;
  return { ...attributes, size: BigInt(age.plainBytes), blocks: BigInt(Math.ceil(age.plainBytes / BLOCK_BYTES)) };
}

/** Whether the node's bytes are the staged ones: a refused new file is nowhere but in the handles that hold it. */
export function showsStage(node: ViewNode): boolean {
  return node.stage !== null && !node.stage.orphan && !(node.stage.refused && node.stored === null);
}

/** Null when it is gone from the medium. */
export function attributesOf(node: ViewNode, medium: Medium): Attributes | null {
  if (node.stage !== null && !node.stage.filling) return fromStats(node.inode, fstatSync(node.stage.descriptor, { bigint: true }));
  if (node.lower !== null) return fromStats(node.inode, fstatSync(node.lower.descriptor, { bigint: true }));
  if (node.parent === null) return fromStats(node.inode, fstatSync(medium.folder(node), { bigint: true }));
  const found = node.detached ? null : medium.find(node.parent, node.name);
  return found === null ? null : fromFound(node.inode, found);
}

/** Tells the kernel of the node once more. */
export function entryOf(node: ViewNode, attributes: Attributes): Entry {
  node.lookups += 1;
  const seconds = node.stage === null ? KEPT_SECONDS : 0;
  return { node: node.id, nameSeconds: seconds, attributeSeconds: seconds, attributes };
}

export const attributeSeconds = (node: ViewNode): number => (node.stage === null ? KEPT_SECONDS : 0);

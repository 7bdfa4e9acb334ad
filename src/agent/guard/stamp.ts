import type { BigIntStats } from 'node:fs';
import type { FileStamp } from '../../core/ports.ts';

/** `changed` is set by the kernel at each write, rename and link, and settable by nobody. */
export type Stamp = FileStamp;

export function stampOf(stats: BigIntStats): Stamp {
  return { device: stats.dev, inode: stats.ino, size: stats.size, modified: stats.mtimeNs, changed: stats.ctimeNs };
}

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return sameContent(a, b) && a.changed === b.changed;
}

/** As `sameStamp`, but allows for a rename, which moves the time of change. */
export function sameContent(a: Stamp, b: Stamp): boolean {
  return sameFile(a, b) && a.modified === b.modified;
}

/** As `sameContent`, for a file whose times somebody keeps moving. */
export function sameFile(a: Stamp, b: Stamp): boolean {
  return a.device === b.device && a.inode === b.inode && a.size === b.size;
}

const TEN_MILLIS = 10_000_000n;

/** FAT keeps times to 2 s and exFAT to 10 ms: there, equal times do not mean that nothing was written. */
export function isCoarse(stamp: Stamp): boolean {
  return stamp.modified % TEN_MILLIS === 0n;
}

/** Short text of a stamp, for the table of what was seen. */
export function stampText(stamp: Stamp): string {
  return [stamp.inode, stamp.size, stamp.modified, stamp.changed].map((part) => part.toString(36)).join('.');
}

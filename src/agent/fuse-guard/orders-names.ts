import { statfsSync } from 'node:fs';

/** Magic numbers of statfs(2): ext2/3/4, xfs, btrfs. */
const ORDERED: ReadonlySet<number> = new Set([0xef53, 0x5846_5342, 0x9123_683e]);

/** Whether fsync(2) of a file that was renamed since it was made takes its new name along: one journal holds both. */
export function ordersNames(path: Buffer): boolean {
  return ORDERED.has(statfsSync(path).type);
}

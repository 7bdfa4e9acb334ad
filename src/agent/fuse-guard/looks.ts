import { type BigIntStats, fchmodSync, fchownSync } from 'node:fs';
import type { SystemCalls } from '../../platform/linux/fuse/index.ts';

/** What a stored file is to look like. Times in nanoseconds since the epoch. */
export interface Looks {
  readonly bytes: bigint;
  readonly accessed: bigint;
  readonly modified: bigint;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const SECOND = 1_000_000_000n;

export function looksOf(stats: BigIntStats): Looks {
  return {
    bytes: stats.size,
    accessed: stats.atimeNs,
    modified: stats.mtimeNs,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mode: Number(stats.mode) & 0o777,
  };
}

/** Owner and mode as far as the filesystem has them. */
export function dress(calls: Pick<SystemCalls, 'setTimes'>, descriptor: number, path: Buffer, looks: Looks): void {
  ignoring(() => fchownSync(descriptor, looks.uid, looks.gid));
  ignoring(() => fchmodSync(descriptor, looks.mode));
  calls.setTimes(path, timeOf(looks.accessed), timeOf(looks.modified));
}

function ignoring(change: () => void): void {
  try {
    change();
  } catch {
    // FAT knows neither.
  }
}

function timeOf(nanoseconds: bigint): { seconds: bigint; nanoseconds: number } {
  const rest = ((nanoseconds % SECOND) + SECOND) % SECOND;
  return { seconds: (nanoseconds - rest) / SECOND, nanoseconds: Number(rest) };
}

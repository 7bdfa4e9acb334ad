import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Inspection } from '../contracts/finding.ts';
import { Collector } from '../core/detect/index.ts';
import type { FileStamp } from '../core/ports.ts';
import { extractFile, fileSource } from '../extract/index.ts';
import { unpackOwnData } from './packed-own-data.ts';
import type { InspectionJob } from './protocol.ts';
import { unreadableFile } from './unreadable-file.ts';

/** As many as an inspection names (contract). */
const MOST_UNREADABLE = 16;

/**
 * Inspects one file in this thread. A file that cannot be opened, or is no regular file, is `io-error`; null when a stamp
 * is given and the opened file is another, or in another state: a folder on the way may have been exchanged.
 */
export async function inspectFile({ path, stamp, limits, ownData }: Omit<InspectionJob, 'id'>): Promise<Inspection | null> {
  const started = performance.now();
  let descriptor: number;
  try {
    // O_NOFOLLOW: a link on the medium must not lead us elsewhere. O_NONBLOCK: a pipe on it must not hold us.
    descriptor = openSync(Buffer.from(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return unreadableFile('io-error', 0, performance.now() - started);
  }
  try {
    const facts = fstatSync(descriptor);
    if (stamp !== undefined && !isInState(descriptor, stamp)) return null;
    if (!facts.isFile()) return unreadableFile('io-error', 0, performance.now() - started);
    const own = await unpackOwnData(ownData);
    const collector = new Collector({ companions: own.companions() });
    const { type, labels, unreadable } = await extractFile(fileSource(descriptor, facts.size), {
      limits,
      now: () => performance.now(),
      emit: (segment) => collector.add(segment),
    });
    return {
      type,
      bytes: facts.size,
      ...collector.finish(),
      labels: [...labels],
      unreadable: [...own.missing.map(indexMissing), ...unreadable].slice(0, MOST_UNREADABLE),
      millis: performance.now() - started,
    };
  } finally {
    closeSync(descriptor);
  }
}

/** The rest of the file is judged; policy says what follows from what was not looked for. */
const indexMissing = (id: string) => ({ reason: 'index-missing', where: { part: `own-data ${id}` } }) as const;

function isInState(descriptor: number, stamp: FileStamp): boolean {
  const now = fstatSync(descriptor, { bigint: true });
  const same = now.dev === stamp.device && now.ino === stamp.inode && now.size === stamp.size;
  return same && now.mtimeNs === stamp.modified && now.ctimeNs === stamp.changed;
}

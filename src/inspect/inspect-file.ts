import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { KeywordList } from '../contracts/effect.ts';
import type { Inspection, InspectionLimits, UnreadableReason } from '../contracts/finding.ts';
import { Collector } from '../core/detect/index.ts';
import { extractFile, fileSource } from '../extract/index.ts';

/** Inspects one file in this thread. A file that cannot be opened, or is no regular file, is `io-error`. */
export async function inspectFile(path: Uint8Array, limits: InspectionLimits, keywords: readonly KeywordList[]): Promise<Inspection> {
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
    if (!facts.isFile()) return unreadableFile('io-error', 0, performance.now() - started);
    const collector = new Collector(keywords);
    const { type, unreadable } = await extractFile(fileSource(descriptor, facts.size), {
      limits,
      now: () => performance.now(),
      emit: (segment) => collector.add(segment),
    });
    return { type, bytes: facts.size, ...collector.finish(), unreadable: [...unreadable], millis: performance.now() - started };
  } finally {
    closeSync(descriptor);
  }
}

/** The inspection of a file of which nothing could be seen. */
export function unreadableFile(reason: UnreadableReason, bytes: number, millis: number): Inspection {
  return { type: 'unknown', bytes, findings: [], persons: { from: 0, to: 0 }, unreadable: [{ reason }], millis };
}

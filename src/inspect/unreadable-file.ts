import type { Inspection, UnreadableReason } from '../contracts/finding.ts';

/** The inspection of a file of which nothing could be seen. */
export function unreadableFile(reason: UnreadableReason, bytes: number, millis: number): Inspection {
  return { type: 'unknown', bytes, findings: [], persons: { from: 0, to: 0 }, labels: [], unreadable: [{ reason }], millis };
}

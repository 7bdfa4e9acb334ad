import type { SerialRange } from '../../contracts/policy.ts';

/**
 * Serials of one make count up in a field of fixed width: between two of the same length, both included, character by
 * character and without regard to case. Ends of different lengths hold nothing.
 */
export function isInSerialRange(ranges: readonly SerialRange[], serial: string | undefined): boolean {
  if (serial === undefined || serial === '') return false;
  const folded = fold(serial);
  return ranges.some(({ from, to }) => {
    const [lowest, highest] = [fold(from), fold(to)];
    return folded.length === lowest.length && folded.length === highest.length && folded >= lowest && folded <= highest;
  });
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase();

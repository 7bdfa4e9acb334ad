/** Bytes from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Sorted, without overlaps, touching ones joined; empty ones are left out. */
export function joinRanges(ranges: readonly Range[]): Range[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    if (end <= start) continue;
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** What of `whole` none of the ranges covers. `ranges` are joined ones. */
export function uncovered(whole: Range, ranges: readonly Range[]): Range[] {
  const left: Range[] = [];
  let at = whole.start;
  for (const { start, end } of ranges) {
    if (end <= whole.start) continue;
    if (start >= whole.end) break;
    if (start > at) left.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  if (at < whole.end) left.push({ start: at, end: whole.end });
  return left;
}

export const rangesBytes = (ranges: readonly Range[]): number => ranges.reduce((sum, { start, end }) => sum + end - start, 0);

export const shifted = (ranges: readonly Range[], by: number): Range[] =>
  ranges.map(({ start, end }) => ({ start: start + by, end: end + by }));

import { createScanner } from './create.ts';

/** A stretch of a file worth decoding, cut where no character is. */
export interface CandidateWindow {
  readonly start: number;
  readonly end: number;
}

/** Context words count within 300 characters (text-window.ts), of up to three bytes each. */
const CONTEXT_BYTES = 900;
/** How much further a line's end is looked for. */
const LINE_BYTES = 1024;
const LINE_FEED = 0x0a;
/** Bytes below this are whole characters in UTF-8 and never the second half of one in Shift_JIS. */
const FIRST_AMBIGUOUS = 0x40;

/**
 * What must be decoded of a text file, in order and apart from each other: every candidate with its context, grown to
 * whole lines where they are not too long.
 */
export function candidateWindows(bytes: Uint8Array): CandidateWindow[] {
  const windows: { start: number; end: number }[] = [];
  const scanner = createScanner(({ start, end }) => {
    const window = { start: cutBefore(bytes, start - CONTEXT_BYTES), end: cutBehind(bytes, end + CONTEXT_BYTES) };
    let last = windows.at(-1);
    // Candidates come in order of where they were noticed: one that begins further left may follow.
    while (last !== undefined && window.start <= last.end) {
      window.start = Math.min(window.start, last.start);
      window.end = Math.max(window.end, last.end);
      windows.pop();
      last = windows.at(-1);
    }
    windows.push(window);
  });
  scanner.push(bytes);
  scanner.finish();
  return windows;
}

function cutBefore(bytes: Uint8Array, at: number): number {
  if (at <= 0) return 0;
  const lineEnd = bytes.subarray(Math.max(0, at - LINE_BYTES), at).lastIndexOf(LINE_FEED);
  if (lineEnd >= 0) return Math.max(0, at - LINE_BYTES) + lineEnd + 1;
  let cut = at;
  while (cut > 0 && at - cut < LINE_BYTES && (bytes[cut - 1] ?? 0) >= FIRST_AMBIGUOUS) cut--;
  return cut;
}

function cutBehind(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return bytes.length;
  const lineEnd = bytes.subarray(at, at + LINE_BYTES).indexOf(LINE_FEED);
  if (lineEnd >= 0) return at + lineEnd + 1;
  let cut = at;
  while (cut < bytes.length && cut - at < LINE_BYTES && (bytes[cut] ?? 0) >= FIRST_AMBIGUOUS) cut++;
  return cut;
}

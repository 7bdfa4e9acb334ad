import type { Words } from './words.ts';

/** What is done and what there is, as far as it is known. */
export interface ScanProgress {
  readonly files: number;
  readonly bytes: number;
  readonly sensitive: number;
  /** Shown path of the file told last. */
  readonly path: string;
  /** Null while the walk that counts is under way. */
  readonly total: { readonly files: number; readonly bytes: number } | null;
  /** Milliseconds since the start. */
  readonly elapsed: number;
}

export interface ProgressDisplay {
  readonly update: (progress: ScanProgress) => void;
  /** Called before a line is printed where the bar stands. */
  readonly makeRoom: () => void;
  readonly stop: () => void;
}

/** A file costs something even when it is empty; without it, ten thousand small files would take no time at all. */
const COST_OF_FILE = 16_384;
const REDRAW_MILLIS = 200;
const LINES_EVERY_MILLIS = 10_000;
const CLEAR_LINE = '\r\u{1b}[2K';
/** Without wrapping, a line longer than the terminal is cut and still one line. */
const NO_WRAP = '\u{1b}[?7l';
const WRAP = '\u{1b}[?7h';

const NONE: ProgressDisplay = { update: () => undefined, makeRoom: () => undefined, stop: () => undefined };

/**
 * A line on standard error: redrawn on a terminal, printed every ten seconds elsewhere if asked for with `always`. No
 * progress bar's library: they put the cursor back to where they began, over the results printed since.
 */
export function startScanProgress(words: Words, always: boolean, stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  const isTerminal = stream.isTTY;
  if (!isTerminal && !always) return NONE;
  let latest: ScanProgress | undefined;
  const show = (): void => {
    if (latest === undefined) return;
    const text = progressText(latest, words);
    stream.write(isTerminal ? `${CLEAR_LINE}${NO_WRAP}${text}${WRAP}` : `${text}\n`);
  };
  const timer = setInterval(show, isTerminal ? REDRAW_MILLIS : LINES_EVERY_MILLIS).unref();
  return {
    update: (progress) => {
      const isFirst = latest === undefined;
      latest = progress;
      if (isFirst) show();
    },
    makeRoom: () => {
      if (isTerminal) stream.write(CLEAR_LINE);
    },
    stop: () => {
      clearInterval(timer);
      if (isTerminal) stream.write(CLEAR_LINE);
      else show();
    },
  };
}

export function progressText(progress: ScanProgress, words: Words): string {
  const { t, number, bytes, duration } = words;
  const seconds = Math.max(progress.elapsed / 1000, 0.001);
  const done = { done: number(progress.files), bytes: bytes(progress.bytes), rate: bytes(progress.bytes / seconds) };
  const left = timeLeft(progress);
  const text =
    progress.total === null || left === null
      ? t('scan:progress.counting', done)
      : t('scan:progress.known', {
          ...done,
          total: number(Math.max(progress.total.files, progress.files)),
          totalBytes: bytes(Math.max(progress.total.bytes, progress.bytes)),
          left: duration(left),
        });
  const sensitive = progress.sensitive === 0 ? '' : `; ${t('scan:progress.sensitive', { count: number(progress.sensitive) })}`;
  return `${text}${sensitive}  ${progress.path}`;
}

/** Milliseconds, or null while nothing can be said. */
export function timeLeft({ files, bytes, total, elapsed }: ScanProgress): number | null {
  if (total === null || files === 0) return null;
  const done = bytes + files * COST_OF_FILE;
  const all = total.bytes + total.files * COST_OF_FILE;
  return (elapsed * Math.max(0, all - done)) / done;
}

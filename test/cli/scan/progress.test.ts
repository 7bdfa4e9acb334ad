import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressText, startScanProgress, timeLeft, type ScanProgress } from '../../../src/cli/scan/progress.ts';
import { createWords } from '../../../src/cli/scan/words.ts';

const words = createWords('en');
const HALF: ScanProgress = {
  files: 50,
  bytes: 1_000_000,
  sensitive: 2,
  path: 'a/b.txt',
  total: { files: 100, bytes: 2_000_000 },
  elapsed: 60_000,
};

describe('timeLeft', () => {
  it('is as long again at the half', () => expect(timeLeft(HALF)).toBe(60_000));
  it('is nothing at the end, and when there is more than was counted', () => {
    expect(timeLeft({ ...HALF, files: 100, bytes: 2_000_000 })).toBe(0);
    expect(timeLeft({ ...HALF, files: 200, bytes: 3_000_000 })).toBe(0);
  });
  it('counts empty files as work', () => {
    expect(timeLeft({ ...HALF, bytes: 0, files: 25, total: { files: 100, bytes: 0 } })).toBe(180_000);
  });
  it('is unknown before the count and before the first file', () => {
    expect([timeLeft({ ...HALF, total: null }), timeLeft({ ...HALF, files: 0 })]).toEqual([null, null]);
  });
});

describe('progressText', () => {
  it('says what is done, what there is and what is left', () => {
    expect(progressText(HALF, words)).toBe('50 of 100 files, 976.6 KiB of 1.9 MiB, 16.3 KiB/s, 1 min 0 secs left; 2 sensitive  a/b.txt');
  });
  it('says that it is counting', () => {
    expect(progressText({ ...HALF, total: null, sensitive: 0 }, words)).toBe('50 files, 976.6 KiB, 16.3 KiB/s, counting …  a/b.txt');
  });
});

describe('startScanProgress', () => {
  const written = (isTTY: boolean, always: boolean): string => {
    const stream = new PassThrough();
    const terminal = Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream;
    const display = startScanProgress(words, always, terminal);
    display.update(HALF);
    display.makeRoom();
    display.stop();
    return String(stream.read() ?? '');
  };

  it('draws on a terminal, and leaves nothing behind', () => {
    expect(written(true, false)).toContain('50 of 100 files');
    expect(written(true, false).endsWith('\r\u{1b}[2K')).toBe(true);
    // Back to where it began would be over what was printed since (DECRC).
    expect(written(true, false)).not.toContain('\u{1b}8');
  });
  it('prints lines elsewhere when asked to, without control characters', () => {
    expect(written(false, true)).toContain('50 of 100 files');
    expect(written(false, true).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
  it('is silent elsewhere', () => expect(written(false, false)).toBe(''));
});

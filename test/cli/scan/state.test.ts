import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../../src/contracts/finding.ts';
import type { FileStamp } from '../../../src/core/ports.ts';
import { ScanState, stateFailure } from '../../../src/cli/scan/state.ts';
import { temporaryFolder } from './temporary-folder.ts';

const folder = temporaryFolder();
let files = 0;
const newPath = (): string => join(folder, `state-${(files += 1)}.db`);

const DAY = 86_400_000;
const NOW = 20_000 * DAY;
const ENGINE = Buffer.alloc(32, 1);
const OTHER_ENGINE = Buffer.alloc(32, 2);

const STAMP: FileStamp = { device: 65024n, inode: 2n ** 64n - 1n, size: 12n, modified: -1n, changed: 1_763_800_000_123_456_789n };
const SEEN: Inspection = {
  type: 'csv',
  bytes: 12,
  findings: [
    {
      detector: 'email',
      confidence: 'high',
      count: 1,
      distinct: 1,
      samples: ['a***@example.jp'],
      where: [{ line: 1 }],
      reasons: ['format'],
    },
  ],
  persons: { from: 1, to: 1 },
  labels: [],
  unreadable: [],
  millis: 1.5,
};

function open(path: string | null, { engine = ENGINE, now = NOW } = {}): ScanState {
  const state = ScanState.open(path, engine, now);
  if (!state.ok) throw new Error(state.error.message);
  return state.value;
}

function code(path: string): string {
  const state = ScanState.open(path, ENGINE, NOW);
  if (!state.ok) return state.error.code;
  state.value.close();
  return 'opened';
}

describe('ScanState', () => {
  it.each([
    ['in a file', newPath()],
    ['in passing', null],
  ])('finds %s what was seen, by the state of the file or by its content', (_where, path) => {
    const state = open(path);
    const digest = Buffer.alloc(32, 9);
    expect([state.findByStamp(STAMP), state.findByDigest(digest)]).toEqual([null, null]);
    state.store({ stamp: STAMP, digest, inspection: SEEN, lasting: true });
    expect([state.findByStamp(STAMP), state.findByDigest(digest)]).toEqual([SEEN, SEEN]);
    for (const key of ['device', 'inode', 'size', 'modified', 'changed'] as const) {
      expect(state.findByStamp({ ...STAMP, [key]: STAMP[key] - 1n })).toBeNull();
    }
    state.close();
  });

  it('keeps it for the next scan by the same engine and policy, and for no other', () => {
    const path = newPath();
    const first = open(path);
    first.store({ stamp: STAMP, digest: null, inspection: SEEN, lasting: true });
    first.close();
    const other = open(path, { engine: OTHER_ENGINE });
    expect(other.findByStamp(STAMP)).toBeNull();
    other.close();
    const second = open(path);
    expect(second.findByStamp(STAMP)).toEqual(SEEN);
    second.close();
  });

  it('forgets at the end what may not last', () => {
    const path = newPath();
    const first = open(path);
    first.store({ stamp: STAMP, digest: null, inspection: SEEN, lasting: false });
    expect(first.findByStamp(STAMP)).toEqual(SEEN);
    first.close();
    const second = open(path);
    expect(second.findByStamp(STAMP)).toBeNull();
    second.close();
  });

  it('forgets what no scan asked for in 90 days, and not what one did', () => {
    const path = newPath();
    const asked = { ...STAMP, inode: 1n };
    const first = open(path);
    for (const stamp of [STAMP, asked]) first.store({ stamp, digest: null, inspection: SEEN, lasting: true });
    first.close();
    const later = open(path, { now: NOW + 60 * DAY });
    expect(later.findByStamp(asked)).toEqual(SEEN);
    later.close();
    const last = open(path, { now: NOW + 120 * DAY });
    last.forgetOld();
    expect([last.findByStamp(STAMP), last.findByStamp(asked)]).toEqual([null, SEEN]);
    last.close();
  });

  it.runIf(process.platform !== 'win32')('is for its owner alone, also when it was not before', () => {
    const path = newPath();
    open(path).close();
    chmodSync(path, 0o666);
    open(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('holds no path and nothing of contents but masked samples', () => {
    const path = newPath();
    const state = open(path);
    state.store({ stamp: STAMP, digest: null, inspection: SEEN, lasting: true });
    state.close();
    expect(readFileSync(path, 'latin1')).toContain('a***@example.jp');
    expect(readFileSync(path, 'latin1')).not.toContain(folder);
  });

  it('is one process’s at a time', () => {
    const path = newPath();
    const state = open(path);
    expect(code(path)).toBe('DLP_STATE_IN_USE');
    state.close();
    expect(code(path)).toBe('opened');
  });

  it.each([
    ['text', (path: string) => writeFileSync(path, 'these are somebody’s notes\n'.repeat(200))],
    [
      'another database',
      (path: string) => {
        const database = new DatabaseSync(path);
        database.exec('CREATE TABLE notes (text); INSERT INTO notes VALUES (1)');
        database.close();
      },
    ],
    [
      'a state of a later version',
      (path: string) => {
        open(path).close();
        const database = new DatabaseSync(path);
        database.exec('PRAGMA user_version = 2');
        database.close();
      },
    ],
    [
      'a damaged state',
      (path: string) => {
        const state = open(path);
        for (let inode = 0n; inode < 200n; inode += 1n)
          state.store({ stamp: { ...STAMP, inode }, digest: null, inspection: SEEN, lasting: true });
        state.close();
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0xa5, 4096 * 4, 4096 * 8));
      },
    ],
  ])('refuses %s and leaves it as it is', (_what, make) => {
    const path = newPath();
    make(path);
    const before = readFileSync(path);
    expect(code(path)).toBe('DLP_STORE_IO');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('says that the disk is full, and keeps what it has', () => {
    const path = newPath();
    const state = open(path);
    state.store({ stamp: STAMP, digest: null, inspection: SEEN, lasting: true });
    state.commit();
    // SQLite's own way to be full (SQLITE_FULL), without a disk to fill.
    state.database.exec('PRAGMA max_page_count = 1');
    let error: unknown;
    try {
      for (let inode = 0n; inode < 5000n; inode += 1n)
        state.store({ stamp: { ...STAMP, inode }, digest: null, inspection: SEEN, lasting: true });
    } catch (thrown) {
      error = thrown;
    }
    expect(stateFailure(error, path)).toMatchObject({ code: 'DLP_STORE_FULL', retryable: true });
    state.close();
    const after = open(path);
    expect(after.findByStamp(STAMP)).toEqual(SEEN);
    after.close();
  });

  it.runIf(process.platform !== 'win32')('follows no link to a file of somebody’s', () => {
    const path = newPath();
    symlinkSync(join(folder, 'elsewhere'), path);
    expect(code(path)).toBe('DLP_FILE_PERMISSION');
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  it('says that there is no such folder', () => expect(code(join(folder, 'absent/state.db'))).toBe('DLP_FILE_NOT_FOUND'));
});

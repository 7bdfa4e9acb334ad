import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VolumeChange } from '../../src/core/ports.ts';
import { until } from './desktop.ts';
import { startWineNode, type WineNode, whyNoWine } from './wine/wine-node.ts';

// Slow: starts Windows' Node under Wine, some seconds each time.
const missing = whyNoWine();
if (missing !== null) console.log(`skipped test/integration/wine.test.ts: ${missing}`);

describe.skipIf(missing !== null)('the Windows adapters, under Wine', () => {
  let wine: WineNode;
  let folder: string;

  beforeAll(async () => {
    wine = await startWineNode();
    folder = mkdtempSync(join(tmpdir(), 'sekisho-wine-test-'));
  }, 120_000);
  afterAll(() => {
    wine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a drive that is there is a mounted volume, and unmounted when it goes', { timeout: 300_000 }, async () => {
    const report = join(folder, 'volumes');
    const lines = (): Record<string, unknown>[] =>
      existsSync(report)
        ? readFileSync(report, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : [];
    const changesOf = (letter: string): VolumeChange[] =>
      (lines() as unknown as VolumeChange[]).filter(
        (change) =>
          (change.kind === 'mounted' ? change.volume.id : change.kind === 'unmounted' ? change.volumeId : '') === `win32:${letter}`,
      );

    const stick = join(folder, 'stick');
    mkdirSync(stick);
    // Wine lists the drives it found when it started: this one is there first, and goes while the adapter watches.
    const drive = join(wine.drives, 'q:');
    symlinkSync(stick, drive);
    const ran = wine.run('test/integration/wine/volumes.ts', [`Z:${report}`, 'Q']);
    await until(() => changesOf('Q').length === 1, 'the drive to be seen');
    unlinkSync(drive);
    await ran;
    expect(lines().find((line) => 'started' in line)).toMatchObject({ started: true, os: 'win32' });
    expect(changesOf('C')).toEqual([]);
    expect(changesOf('Q')).toMatchObject([
      { kind: 'mounted', volume: { mountPoint: 'Q:\\', devicePath: '\\\\.\\Q:', readOnly: false } },
      { kind: 'unmounted' },
    ]);
  });

  test('the local server answers on its named pipe, one at a time', { timeout: 300_000 }, async () => {
    const report = join(folder, 'pipe');
    await wine.run('test/integration/wine/pipe.ts', [`Z:${report}`]);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      endpoint: expect.stringMatching(/^\\\\\.\\pipe\\/) as unknown,
      second: 'DLP_IPC_ENDPOINT',
      answer: { ok: true, value: { host: 'wine' } },
      seen: 'screen.lock-requested',
      peer: { admin: false },
      after: { ok: false, error: { code: 'DLP_IPC_CLOSED' } },
      errors: [],
    });
  });

  test.each([
    ['a folder of a drive', 'p:', 'data\\'],
    ['the root of a drive', 'r:', ''],
  ])('the watch guard encrypts and blocks in %s', { timeout: 300_000 }, async (_where, drive, below) => {
    const report = join(folder, `guard-${drive[0]}`);
    const stick = join(folder, `guarded-${drive[0]}`);
    mkdirSync(join(stick, below.replace('\\', '')), { recursive: true });
    symlinkSync(stick, join(wine.drives, drive));
    await wine.run('test/integration/wine/guard.ts', [`Z:${report}`, `${drive.toUpperCase()}\\${below}`]);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      outcomes: expect.arrayContaining([
        expect.objectContaining({ path: 'encrypt me.txt', action: 'encrypt', done: true }),
        expect.objectContaining({ path: 'block me.txt', action: 'block', done: true }),
        expect.objectContaining({ path: 'allow me.txt', action: 'allow', done: true }),
      ]) as unknown,
      names: ['allow me.txt', 'encrypt me.txt.age'],
      encrypted: ['encrypt me.txt.age'],
    });
  });
});

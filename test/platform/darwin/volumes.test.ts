import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VolumeChange } from '../../../src/core/ports.ts';
import { parseDiskInfo } from '../../../src/platform/darwin/diskutil.ts';
import { parseMountOutput } from '../../../src/platform/darwin/mount-output.ts';
import { DarwinVolumes } from '../../../src/platform/darwin/volumes.ts';

const recording = (name: string): string => readFileSync(join(import.meta.dirname, '../recordings', name), 'utf8');
const MOUNTS = recording('darwin-mount.txt');
const INFO: Readonly<Record<string, string>> = {
  '/dev/disk4s1': recording('darwin-stick.json'),
  '/dev/disk5s2': recording('darwin-image.json'),
};

describe('mount(8)', () => {
  test('names keep their own brackets and spaces', () => {
    const found = parseMountOutput(MOUNTS);
    expect(found).toHaveLength(8);
    expect(found[5]).toEqual({ source: '/dev/disk4s1', mountPoint: '/Volumes/MY STICK (1)', filesystem: 'msdos', readOnly: false });
    expect(found[6]).toMatchObject({ readOnly: true });
  });

  test('lines of no such form are left out', () => {
    expect(parseMountOutput('\nnonsense\n/dev/disk9 on relative (apfs)\n')).toEqual([]);
  });
});

test('diskutil: an answer of another shape is refused', () => {
  expect(parseDiskInfo('')).toMatchObject({ ok: false, error: { code: 'DLP_VOLUME_UNAVAILABLE' } });
  expect(parseDiskInfo('{"DeviceIdentifier":5}')).toMatchObject({ ok: false });
});

describe('the volumes of a Mac, with recorded programs', () => {
  let folder: string;
  let table: string;
  let asked: string[];
  let changes: VolumeChange[];
  let source: DarwinVolumes;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sekisho-volumes-'));
    table = MOUNTS;
    asked = [];
    changes = [];
    source = new DarwinVolumes({
      folder,
      run: (program, args, input) => {
        asked.push(program);
        if (program === '/sbin/mount') return Promise.resolve(table);
        // plutil's part: the recording is kept as the JSON it would make.
        return Promise.resolve(program === '/usr/bin/plutil' ? (input ?? null) : (INFO[args[2] ?? ''] ?? null));
      },
    });
  });
  afterEach(async () => {
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are the stick, the image and the share; not the system', async () => {
    await source.start((change) => changes.push(change));
    expect(changes).toEqual([
      {
        kind: 'mounted',
        volume: {
          id: 'darwin:disk4s1',
          mountPoint: '/Volumes/MY STICK (1)',
          devicePath: '/dev/disk4s1',
          filesystem: 'msdos',
          label: 'MY STICK',
          uuid: '5F2A1E0C-3E5B-3D8D-9F51-000000000001',
          bytesTotal: 15_728_640_000,
          readOnly: false,
          bus: 'usb',
          removable: true,
          device: { id: 'disk:disk4s1', bus: 'usb', classes: ['storage'] },
        },
      },
      { kind: 'mounted', volume: expect.objectContaining({ id: 'darwin:disk5s2', bus: 'virtual', readOnly: true }) as unknown },
      { kind: 'mounted', volume: expect.objectContaining({ mountPoint: '/Volumes/share', bus: 'network', removable: false }) as unknown },
    ]);
  });

  test('a change of the folder is the event, and what is known is not asked for again', async () => {
    await source.start((change) => changes.push(change));
    const before = asked.filter((program) => program.endsWith('diskutil')).length;
    const gone = new Promise<void>((resolve) => {
      const seen = setInterval(() => {
        if (!changes.some((change) => change.kind === 'unmounted')) return;
        clearInterval(seen);
        resolve();
      }, 5);
    });
    table = MOUNTS.replace(/^\/dev\/disk4s1.*\n/m, '');
    mkdirSync(join(folder, 'touched'));
    await gone;
    expect(changes.at(-1)).toEqual({ kind: 'unmounted', volumeId: 'darwin:disk4s1' });
    expect(asked.filter((program) => program.endsWith('diskutil'))).toHaveLength(before);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Volume } from '../../src/contracts/volume.ts';
import type { VolumeChange, VolumeSource } from '../../src/core/ports.ts';
import { loadPlatform } from '../../src/platform/index.ts';
import type { Platform } from '../../src/platform/types.ts';

const missing = whyNot();
if (missing !== null) console.log(`skipped test/integration/loop-hotplug.test.ts: ${missing}`);

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.geteuid?.() !== 0) return 'needs root, to mount';
  if (!existsSync('/dev/loop-control')) return 'needs loop devices (/dev/loop-control)';
  return null;
}

describe.skipIf(missing !== null)('volumes on real loop devices', () => {
  let folder: string;
  let image: string;
  let loop: string;
  let platform: Platform;
  let source: VolumeSource;
  let changes: VolumeChange[];

  beforeAll(async () => {
    platform = await loadPlatform();
    folder = mkdtempSync(join(tmpdir(), 'sekisho-loop-'));
    image = join(folder, 'image');
    execFileSync('truncate', ['-s', '8M', image]);
    execFileSync('mkfs.ext4', ['-q', '-L', 'practice', image]);
    loop = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  });
  afterAll(() => {
    execFileSync('losetup', ['--detach', loop]);
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    changes = [];
    source = platform.volumes();
    const started = await source.start((change) => changes.push(change));
    if (!started.ok) throw new Error(started.error.message);
    changes = [];
  });
  afterEach(async () => {
    await source.stop();
    for (const place of places()) execFileSync('umount', ['--lazy', place]);
  });

  /** Where the loop device is mounted now, newest first. findmnt writes odd bytes as `\xHH` and fails when there is nothing. */
  function places(): string[] {
    const { stdout } = spawnSync('findmnt', ['--noheadings', '--raw', '--output', 'TARGET', '--source', loop], { encoding: 'latin1' });
    const decode = (line: string): string =>
      line.replace(/\\x([0-9a-f]{2})/g, (_all, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Buffer.from(decode(line), 'latin1').toString())
      .toReversed();
  }

  function at(name: string): string {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    return place;
  }
  const mount = (...args: string[]): unknown => execFileSync('mount', args);
  const umount = (place: string): unknown => execFileSync('umount', [place]);

  async function next(count = 1): Promise<VolumeChange[]> {
    const deadline = Date.now() + 10_000;
    while (mine().length < count) {
      if (Date.now() > deadline) throw new Error(`saw only ${JSON.stringify(changes)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const seen = mine();
    changes = [];
    return seen;
  }
  /** Other tests may mount at the same time. */
  const mine = (): VolumeChange[] =>
    changes.filter((change) => (change.kind === 'mounted' ? change.volume.devicePath === loop : change.volumeId === volumeId()));
  const volumeId = (): string => `linux:7:${loop.replace('/dev/loop', '')}`;

  test('a mounted image is a virtual volume; unmounting takes it away', async () => {
    const place = at('plain');
    mount(loop, place);
    expect(await next()).toEqual([
      {
        kind: 'mounted',
        volume: expect.objectContaining({
          id: volumeId(),
          mountPoint: place,
          devicePath: loop,
          filesystem: 'ext4',
          bytesTotal: 8 * 1024 * 1024,
          readOnly: false,
          bus: 'virtual',
          removable: false,
        }) as unknown,
      },
    ]);
    umount(place);
    expect(await next()).toEqual([{ kind: 'unmounted', volumeId: volumeId() }]);
  });

  test.each([
    ['spaces', 'my stick  two'],
    ['a newline', 'line\nbreak'],
    ['a backslash and octal digits', 'back\\040slash'],
    ['Japanese', '外付け'],
  ])('a mount point with %s is reported as it is', async (_what, name) => {
    const place = at(name);
    mount(loop, place);
    expect(await next()).toMatchObject([{ kind: 'mounted', volume: { mountPoint: place } }]);
    execFileSync('umount', ['--no-canonicalize', place]);
    expect(await next()).toMatchObject([{ kind: 'unmounted' }]);
  });

  test('a second place of the same filesystem is no second volume, and takes over when the first goes', async () => {
    const first = at('first');
    const second = at('second');
    mount(loop, first);
    await next();
    mount('--bind', first, second);
    await source.rescan();
    expect(mine()).toEqual([]);
    umount(first);
    expect(await next(2)).toMatchObject([{ kind: 'unmounted' }, { kind: 'mounted', volume: { id: volumeId(), mountPoint: second } }]);
  });

  test('a remount read-only is reported under the same id', async () => {
    const place = at('remount');
    mount(loop, place);
    await next();
    mount('-o', 'remount,ro', place);
    expect(await next()).toMatchObject([{ kind: 'mounted', volume: { id: volumeId(), readOnly: true } }]);
    mount('-o', 'remount,rw', place);
    expect(await next()).toMatchObject([{ kind: 'mounted', volume: { id: volumeId(), readOnly: false } }]);
  });

  test('what is mounted over a volume hides it', async () => {
    const place = at('over');
    mount(loop, place);
    await next();
    mount('-t', 'tmpfs', 'tmpfs', place);
    expect(await next()).toMatchObject([{ kind: 'unmounted' }]);
    umount(place);
    expect(await next()).toMatchObject([{ kind: 'mounted', volume: { mountPoint: place } }]);
  });

  test('a volume present at the start is reported before start returns', async () => {
    const place = at('early');
    mount(loop, place);
    await next();
    const late: VolumeChange[] = [];
    const second = platform.volumes();
    await second.start((change) => late.push(change));
    await second.stop();
    expect(late).toContainEqual(
      expect.objectContaining({ kind: 'mounted', volume: expect.objectContaining({ mountPoint: place }) as unknown }),
    );
  });

  describe('denying', () => {
    async function mountedAt(...names: string[]): Promise<Volume> {
      for (const name of names) mount(loop, at(name));
      await source.rescan();
      const [first] = mine();
      if (first?.kind !== 'mounted') throw new Error('nothing was mounted');
      changes = [];
      return first.volume;
    }

    test('read-only holds at every place the volume is mounted', async () => {
      const found = await mountedAt('ro-one', 'ro-two');
      expect(await platform.denyVolume(found, 'read-only')).toEqual({ ok: true, value: undefined });
      for (const place of places()) expect(() => writeFileSync(join(place, 'x'), 'x')).toThrow(/EROFS/);
      expect(await next()).toMatchObject([{ kind: 'mounted', volume: { readOnly: true } }]);
    });

    test('block takes it away from every place', async () => {
      const found = await mountedAt('gone-one', 'gone\ntwo');
      expect(await platform.denyVolume(found, 'block')).toEqual({ ok: true, value: undefined });
      expect(places()).toEqual([]);
      expect(await next()).toMatchObject([{ kind: 'unmounted' }]);
    });

    test('a volume in use is taken from every path, and said to be in use', async () => {
      const found = await mountedAt('busy');
      const held = openSync(join(folder, 'busy', 'held'), 'w');
      expect(await platform.denyVolume(found, 'read-only')).toMatchObject({
        ok: false,
        error: { code: 'DLP_VOLUME_BUSY', retryable: true },
      });
      expect(await platform.denyVolume(found, 'block')).toMatchObject({ ok: false, error: { code: 'DLP_VOLUME_BUSY' } });
      closeSync(held);
      expect(places()).toEqual([]);
    });

    test('a volume that is gone already is denied', async () => {
      const found = await mountedAt('short');
      umount(join(folder, 'short'));
      expect(await platform.denyVolume(found, 'block')).toEqual({ ok: true, value: undefined });
    });
  });
});

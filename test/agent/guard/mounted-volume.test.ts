import { existsSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoopFilesystem, type LoopVolume, loopVolumeMissing, makeLoopVolume, run } from '../../integration/loop-volume.ts';
import { decrypted, type GuardHarness, makeHarness, namesIn } from './harness.ts';

const MIB = 1024 * 1024;
const MARKER = 'the-only-trace-of-the-plaintext';
const missing = loopVolumeMissing();
const fatMissing = loopVolumeMissing('vfat');
for (const reason of new Set([missing, fatMissing])) if (reason !== null) console.log(`mounted-volume.test.ts skips: ${reason}`);

let volume: LoopVolume;
let harness: GuardHarness;

afterEach(async () => {
  await harness.close();
  volume.close();
});

async function guardVolume(bytes: number, filesystem: LoopFilesystem = 'ext4'): Promise<void> {
  volume = makeLoopVolume(bytes, filesystem);
  harness = await makeHarness({ root: volume.path });
}

const put = (name: string, content: string | Buffer) => writeFileSync(join(volume.path, name), content);
const visible = async () => (await namesIn(volume.path)).filter((name) => name !== 'lost+found');
const done = () => harness.seen.filter(({ outcome }) => outcome.done);
const plaintext = (word: string, bytes: number) => Buffer.from(`${word} ${MARKER}`.padEnd(bytes, ` ${MARKER}`));

describe.skipIf(missing !== null)('a mounted volume', () => {
  it('keeps no plaintext byte of what was encrypted or blocked, anywhere on the medium', async () => {
    await guardVolume(16 * MIB);
    await harness.start();
    put('a.txt', plaintext('encrypt', 300_000));
    put('b.txt', plaintext('block', 5000));
    put('c.txt', plaintext('allow', 10));
    expect(volume.raw().includes(MARKER)).toBe(true);
    await harness.until(() => done().length === 3);
    expect(await visible()).toEqual(['a.txt.age', 'c.txt']);
    const rest = volume.raw().toString('latin1').split(MARKER).length - 1;
    expect(rest).toBe(1);
  });

  it('that is full still ends with the ciphertext on it, by way of the quarantine', async () => {
    await guardVolume(4 * MIB);
    put('list.txt', plaintext('encrypt', 400_000));
    const { bavail, bsize } = statfsSync(volume.path);
    put('filler', Buffer.concat([Buffer.from('allow'), Buffer.alloc((bavail - 40) * bsize)]));
    await harness.start();
    await harness.until(() => done().length === 2);
    const outcome = done().find(({ action }) => action === 'encrypt')?.outcome;
    expect(outcome).toMatchObject({ done: true, storedAs: 'list.txt.age' });
    expect(outcome).not.toHaveProperty('quarantineId');
    expect(await visible()).toEqual(['filler', 'list.txt.age']);
    expect(decrypted(join(volume.path, 'list.txt.age'))).toBe(plaintext('encrypt', 400_000).toString());
    expect(await harness.quarantine.list()).toEqual([]);
    expect(volume.raw().includes(MARKER)).toBe(false);
  });

  it('that is full to the last block leaves the file in the quarantine, none on the medium', async () => {
    await guardVolume(4 * MIB);
    // The ciphertext is a block larger than this file, and there is not one.
    const content = plaintext('encrypt', 409_600 - 10);
    put('list.txt', content);
    const { bavail, bsize } = statfsSync(volume.path);
    put('filler', Buffer.concat([Buffer.from('allow'), Buffer.alloc(bavail * bsize - 64 * 1024)]));
    try {
      for (let n = 0; n < 100; n += 1) put(`filler${n}`, Buffer.alloc(bsize));
    } catch {
      // Full: as wanted.
    }
    await harness.start();
    await harness.until(() => done().some(({ action }) => action === 'encrypt'));
    const outcome = done().find(({ action }) => action === 'encrypt')?.outcome;
    const [item] = await harness.quarantine.list();
    expect(outcome).toEqual({ done: true, sha256: item?.sha256, quarantineId: item?.id });
    expect((await visible()).filter((name) => name.startsWith('list') || name.startsWith('.'))).toEqual([]);
  });

  it('that is read-only keeps its files, and the failure is told', async () => {
    await guardVolume(8 * MIB);
    put('a.txt', 'block me');
    put('b.txt', 'encrypt me');
    volume.remount('ro');
    await harness.start();
    await harness.until(() => harness.seen.length === 2);
    for (const { outcome } of harness.seen) expect(outcome).toMatchObject({ done: false, gone: false, code: 'DLP_FILE_PERMISSION' });
    expect(await visible()).toEqual(['a.txt', 'b.txt']);
    expect(await harness.quarantine.list()).toEqual([]);
  });

  it('is not kept busy: it can be unmounted under a running guard', async () => {
    await guardVolume(8 * MIB);
    await harness.start();
    put('a.txt', 'encrypt me');
    await harness.until(() => done().length === 1);
    // Other programs of the machine may look at a fresh mount for a moment.
    await harness.until(() => volume.unmount());
    expect(existsSync(join(volume.path, 'a.txt.age'))).toBe(false);
  });

  it('is not left by way of another mount, and only regular files count', async () => {
    await guardVolume(8 * MIB);
    const inner = join(volume.path, 'inner');
    mkdirSync(inner);
    run('mount', '-t', 'tmpfs', 'tmpfs', inner);
    try {
      writeFileSync(join(inner, 'before.txt'), 'encrypt not me');
      await harness.start();
      writeFileSync(join(inner, 'after.txt'), 'encrypt not me');
      run('mkfifo', join(volume.path, 'fifo'));
      run('mknod', join(volume.path, 'null'), 'c', '1', '3');
      put('last.txt', 'allow');
      await harness.until(() => done().length === 1);
      expect(harness.arrivals.map(({ path }) => path)).toEqual(['last.txt']);
      expect(await namesIn(inner)).toEqual(['after.txt', 'before.txt']);
    } finally {
      run('umount', inner);
    }
  });
});

describe.skipIf(fatMissing !== null)('a FAT stick', () => {
  it('is guarded although it has no links, owners or fine times', async () => {
    await guardVolume(16 * MIB, 'vfat');
    await harness.start();
    put('a.txt', plaintext('encrypt', 30_000));
    put('b.txt', 'block');
    await harness.until(() => done().length === 2);
    put('a.txt', 'encrypt again');
    await harness.until(() => done().length === 3);
    expect(await visible()).toEqual(['a.txt (2).age', 'a.txt.age']);
    expect(decrypted(join(volume.path, 'a.txt (2).age'))).toBe('encrypt again');
    expect(harness.arrivals.filter(({ path }) => path.endsWith('.age'))).toEqual([]);
    expect(volume.raw().includes(MARKER)).toBe(false);
  });
});

import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decisionFor, decrypted, type GuardHarness, makeHarness, namesIn } from './harness.ts';

let harness: GuardHarness;
beforeEach(async () => {
  harness = await makeHarness();
});
afterEach(() => harness.close());

const at = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat([Buffer.from(harness.root), ...parts.flatMap((part) => [Buffer.from('/'), Buffer.from(part)])]);
const done = () => harness.seen.filter(({ outcome }) => outcome.done).length;
const posix = process.platform !== 'win32';

describe.skipIf(!posix)('names', () => {
  const names: readonly [title: string, name: Buffer, shown: string][] = [
    ['a newline', Buffer.from('a\nb.txt'), 'a\\u{000A}b.txt'],
    ['a right-to-left override', Buffer.from('a\u202etxt.exe'), 'a\\u{202E}txt.exe'],
    ['bytes that are not UTF-8', Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x74]), 'f\\xFF\\xFE.t'],
    ['Shift_JIS', Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]), '\\x83e\\x83X\\x83g'],
    ['dots and a backslash', Buffer.from('..\\..\\etc'), '..\\..\\etc'],
    ['our own prefix', Buffer.from(`.~sekisho-${'0'.repeat(32)}.tmp`), `.~sekisho-${'0'.repeat(32)}.tmp`],
    ['an editor’s backup', Buffer.from('notes.txt~'), 'notes.txt~'],
  ];

  it.each(names)('with %s are seen and encrypted', async (_title, name, shown) => {
    await harness.start();
    await writeFile(at(name), 'encrypt name');
    await harness.until(() => done() === 1);
    expect(harness.seen.at(-1)?.arrival.path).toBe(shown);
    expect(harness.seen.at(-1)?.outcome).toMatchObject({ done: true, storedAs: `${shown}.age` });
    expect(await namesIn(harness.root)).toEqual([Buffer.concat([name, Buffer.from('.age')]).toString('latin1')]);
    expect(decrypted(at(Buffer.concat([name, Buffer.from('.age')])))).toBe('encrypt name');
  });

  it('of 255 bytes are shortened before the extension, between characters', async () => {
    await harness.start();
    const name = `${'あ'.repeat(83)}a.txt`.slice(0, 255);
    await writeFile(at(name), 'encrypt long');
    await harness.until(() => done() === 1);
    const [stored = ''] = await namesIn(harness.root);
    expect(stored.length).toBeLessThanOrEqual(255);
    expect(Buffer.from(stored, 'latin1').toString()).toMatch(/^あ+\.txt\.age$/);
  });

  it('in a folder that is not UTF-8, made before and after the start, at any depth', async () => {
    const folder = Buffer.from([0xe9, 0x74, 0xe9]);
    mkdirSync(at(folder));
    await harness.start();
    await writeFile(at(folder, 'a.txt'), 'encrypt a');
    mkdirSync(at(folder, 'deep'));
    await writeFile(at(folder, 'deep', 'b.txt'), 'encrypt b');
    mkdirSync(at('plain'));
    mkdirSync(at('plain', folder));
    await writeFile(at('plain', folder, 'c.txt'), 'encrypt c');
    await harness.until(() => done() === 3);
    await writeFile(at('plain', folder, 'd.txt'), 'encrypt d');
    await harness.until(() => done() === 4);
    expect(existsSync(at(folder, 'deep', 'b.txt.age'))).toBe(true);
    expect(existsSync(at('plain', folder, 'd.txt'))).toBe(false);
  });
});

describe('between inspection and enforcement', () => {
  it('a file that changes is not touched and comes again', async () => {
    let changes = 0;
    harness.beforeEnforce = async () => {
      if (changes++ === 0) await writeFile(at('a.txt'), 'encrypt, and more than was inspected');
    };
    await harness.start();
    await writeFile(at('a.txt'), 'encrypt');
    await harness.until(() => done() === 1);
    expect(harness.seen[0]?.outcome).toMatchObject({ done: false, gone: true });
    expect(decrypted(at('a.txt.age'))).toBe('encrypt, and more than was inspected');
  });

  it('a file that goes is gone', async () => {
    harness.beforeEnforce = () => rm(at('a.txt'));
    await harness.start();
    await writeFile(at('a.txt'), 'encrypt');
    await harness.until(() => harness.seen.length === 1);
    expect(harness.seen[0]?.outcome).toMatchObject({ done: false, gone: true, code: 'DLP_FILE_NOT_FOUND' });
    expect(harness.guard.source(harness.seen[0]?.arrival.fileId ?? '')).toBeNull();
  });

  it.skipIf(!posix)('a symlink put in the folder’s place leads nowhere', async () => {
    const outside = join(harness.state, 'outside');
    mkdirSync(join(harness.root, 'folder'));
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'a.txt'), 'encrypt not me');
    harness.beforeEnforce = () => {
      renameSync(join(harness.root, 'folder'), join(harness.root, 'moved'));
      symlinkSync(outside, join(harness.root, 'folder'));
      harness.beforeEnforce = () => undefined;
    };
    await harness.start();
    await writeFile(at('folder', 'a.txt'), 'encrypt only me');
    await harness.until(() => done() === 1);
    expect(harness.seen[0]?.outcome).toMatchObject({ done: false, gone: true });
    expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('encrypt not me');
    expect(await namesIn(outside)).toEqual(['a.txt']);
    expect(decrypted(at('moved', 'a.txt.age'))).toBe('encrypt only me');
  });

  it.skipIf(!posix)('a symlink or a FIFO put in the file’s place is not opened', async () => {
    const secret = join(harness.state, 'secret');
    mkdirSync(harness.state, { recursive: true });
    writeFileSync(secret, 'encrypt not me');
    harness.beforeEnforce = async () => {
      await rename(at('a.txt'), at('elsewhere'));
      symlinkSync(secret, at('a.txt'));
      harness.beforeEnforce = () => undefined;
    };
    await harness.start();
    await writeFile(at('a.txt'), 'encrypt');
    await harness.until(() => done() === 1);
    expect(readFileSync(secret, 'utf8')).toBe('encrypt not me');
    expect(decrypted(at('elsewhere.age'))).toBe('encrypt');
  });
});

describe('failures', () => {
  it('a bad recipient ends in quarantine, not in the open', async () => {
    const broken = await makeHarness();
    await broken.guard.start((arrival) => {
      void broken.guard
        .enforce(arrival.fileId, { action: 'encrypt', recipients: [], decision: decisionFor(arrival, 'encrypt') })
        .then((outcome) => broken.seen.push({ arrival, action: 'encrypt', outcome }));
    });
    writeFileSync(join(broken.root, 'a.txt'), 'encrypt');
    await broken.until(() => broken.seen.length === 1);
    expect(broken.seen[0]?.outcome).toMatchObject({ done: true, quarantineId: expect.any(String) });
    expect(await namesIn(broken.root)).toEqual([]);
    await broken.close();
  });

  it('a full quarantine leaves the original and says so', async () => {
    const full = await makeHarness({ quarantineBytes: 100 });
    await full.start();
    writeFileSync(join(full.root, 'a.txt'), 'block me');
    await full.until(() => full.seen.length === 1);
    expect(full.seen[0]?.outcome).toMatchObject({ done: false, gone: false, code: 'DLP_QUARANTINE_FULL' });
    expect(readFileSync(join(full.root, 'a.txt'), 'utf8')).toBe('block me');
    expect(await namesIn(full.root)).toEqual(['a.txt']);
    await full.close();
  });

  it('a root that is not there is an error of the start', async () => {
    const nowhere = await makeHarness({ root: '/nonexistent/sekisho' });
    await expect(nowhere.start()).rejects.toThrow(/cannot be watched/);
    await nowhere.close();
  });
});

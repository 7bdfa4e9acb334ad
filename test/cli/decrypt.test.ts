import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encryptBytes, formatIdentityFile, generateIdentity } from '../../src/age/index.ts';
import { AGE_IS_INSTALLED } from '../age/stock-age.ts';
import { temporaryFolder } from '../age/temporary-files.ts';
import { ENTRY, runSekisho } from './age-commands.ts';

const { identity, recipient } = generateIdentity();
const content = randomBytes(200_000);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sealed: Buffer;
beforeEach(async () => {
  folder = await temporaryFolder();
  const encrypted = encryptBytes(content, [recipient]);
  if (!encrypted.ok) throw new Error(encrypted.error.message);
  sealed = encrypted.value;
  await writeFile(folder.file('list.csv.age'), sealed);
  await writeFile(folder.file('key'), formatIdentityFile(identity, new Date()));
});
afterEach(() => folder[Symbol.asyncDispose]());

const decrypt = (...args: string[]) => runSekisho(folder.path, 'decrypt', '--identity', 'key', ...args);
const names = async (): Promise<string[]> => (await readdir(folder.path)).toSorted();

describe('sekisho decrypt', () => {
  it('writes FILE from FILE.age, readable by its owner alone', async () => {
    expect(await decrypt('list.csv.age')).toMatchObject({ status: 0, stderr: '' });
    expect((await readFile(folder.file('list.csv'))).equals(content)).toBe(true);
    expect((await stat(folder.file('list.csv'))).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
  });

  it.skipIf(!AGE_IS_INSTALLED)('opens what the stock program wrote, telling as JSON what it did', async () => {
    spawnSync('age', ['-r', recipient, '-o', folder.file('theirs.age')], { input: content });
    const run = await decrypt('--json', '-o', 'out', 'theirs.age');
    expect(JSON.parse(run.stdout)).toEqual({ path: folder.file('out'), bytes: content.length });
    expect((await readFile(folder.file('out'))).equals(content)).toBe(true);
  });

  it('runs as a program', async () => {
    const args = [ENTRY, 'decrypt', '--identity', folder.file('key'), folder.file('list.csv.age')];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect((await readFile(folder.file('list.csv'))).equals(content)).toBe(true);
  });

  it('tries every identity of every key file', async () => {
    await writeFile(folder.file('other'), `${generateIdentity().identity}\n${generateIdentity().identity}\n`);
    expect((await runSekisho(folder.path, 'decrypt', '--identity', 'other', '--identity', 'key', 'list.csv.age')).status).toBe(0);
  });

  it.each([
    ['cut off', () => sealed.subarray(0, -1), 'DLP_AGE_PAYLOAD'],
    ['cut off between two chunks', () => sealed.subarray(0, -(200_000 % 65536) - 16), 'DLP_AGE_PAYLOAD'],
    ['followed by garbage', () => Buffer.concat([sealed, Buffer.from('garbage')]), 'DLP_AGE_PAYLOAD'],
    ['no age file', () => Buffer.from('name,number\n'), 'DLP_AGE_HEADER'],
    ['empty', () => Buffer.alloc(0), 'DLP_AGE_HEADER'],
  ])('leaves no output of a file that is %s', async (_, spoiled, code) => {
    await writeFile(folder.file('list.csv.age'), spoiled());
    expect(await decrypt('list.csv.age')).toMatchObject({ status: 2, stderr: expect.stringContaining(code) });
    expect(await names()).toEqual(['key', 'list.csv.age']);
  });

  it('keeps the output that was there when decrypting fails, even with --force', async () => {
    await writeFile(folder.file('list.csv'), 'precious');
    expect(await decrypt('list.csv.age')).toMatchObject({ status: 2, stderr: expect.stringContaining('DLP_FILE_EXISTS') });
    await writeFile(folder.file('list.csv.age'), sealed.subarray(0, -1));
    expect((await decrypt('--force', 'list.csv.age')).status).toBe(2);
    expect(await readFile(folder.file('list.csv'), 'utf8')).toBe('precious');
  });

  it('says when the identity is not one of the recipients', async () => {
    await writeFile(folder.file('key'), generateIdentity().identity);
    expect(await decrypt('--json', 'list.csv.age')).toMatchObject({ status: 2, stdout: expect.stringContaining('DLP_AGE_NO_MATCH') });
    expect(await names()).toEqual(['key', 'list.csv.age']);
  });

  it('asks for a name when FILE does not end in .age', async () => {
    await writeFile(folder.file('sealed'), sealed);
    expect(await decrypt('sealed')).toMatchObject({ status: 2, stderr: expect.stringContaining('-o') });
    expect((await decrypt('-o', 'out', 'sealed')).status).toBe(0);
  });

  it('wants a key file that holds an identity', async () => {
    expect(await runSekisho(folder.path, 'decrypt', 'list.csv.age')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--identity'),
    });
    expect(await runSekisho(folder.path, 'decrypt', '--identity', 'list.csv.age', 'list.csv.age')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('DLP_AGE_IDENTITY'),
    });
    expect(await runSekisho(folder.path, 'decrypt', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Example:') });
  });
});

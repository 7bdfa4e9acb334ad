import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decryptBytes, generateIdentity } from '../../src/age/index.ts';
import { temporaryFolder } from '../age/temporary-files.ts';
import { ENTRY, runSekisho } from './age-commands.ts';

const { identity, recipient } = generateIdentity();
const onUnix = process.platform !== 'win32';
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(folder.file('list.csv'), 'name,number\n');
});
afterEach(() => folder[Symbol.asyncDispose]());

const encrypt = (...args: string[]) => runSekisho(folder.path, 'encrypt', '--recipient', recipient, ...args);
const opened = async (name: string): Promise<string> => {
  const plaintext = decryptBytes(await readFile(folder.file(name)), [identity]);
  return plaintext.ok ? plaintext.value.toString() : plaintext.error.code;
};

describe('sekisho encrypt', () => {
  it('writes FILE.age beside FILE, with its permissions, and leaves FILE', async () => {
    await chmod(folder.file('list.csv'), 0o640);
    expect(await encrypt('list.csv')).toMatchObject({ status: 0, stderr: '' });
    expect(await opened('list.csv.age')).toBe('name,number\n');
    expect(await readFile(folder.file('list.csv'), 'utf8')).toBe('name,number\n');
    expect((await stat(folder.file('list.csv.age'))).mode).toBe((await stat(folder.file('list.csv'))).mode);
    expect((await readdir(folder.path)).toSorted()).toEqual(['list.csv', 'list.csv.age']);
  });

  it('tells as JSON what it did, for several recipients', async () => {
    const run = await encrypt('--recipient', generateIdentity().recipient, '-o', 'out.age', '--json', 'list.csv');
    expect(JSON.parse(run.stdout)).toEqual({ path: folder.file('out.age'), bytes: 12, recipients: 2 });
  });

  it('replaces an output only with --force', async () => {
    await writeFile(folder.file('list.csv.age'), 'precious');
    expect(await encrypt('list.csv')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('DLP_FILE_EXISTS') });
    expect(await readFile(folder.file('list.csv.age'), 'utf8')).toBe('precious');
    expect((await encrypt('--force', 'list.csv')).status).toBe(0);
    expect(await opened('list.csv.age')).toBe('name,number\n');
  });

  it.skipIf(!onUnix)('replaces a symbolic link, not what it points to', async () => {
    await writeFile(folder.file('precious'), 'precious');
    await symlink('precious', folder.file('list.csv.age'));
    expect((await encrypt('list.csv')).status).toBe(2);
    expect((await encrypt('--force', 'list.csv')).status).toBe(0);
    expect(await readFile(folder.file('precious'), 'utf8')).toBe('precious');
    expect(await opened('list.csv.age')).toBe('name,number\n');
  });

  it('never replaces the file it reads', async () => {
    expect(await encrypt('--force', '-o', 'list.csv', 'list.csv')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('DLP_CLI_USAGE'),
    });
    expect(await readFile(folder.file('list.csv'), 'utf8')).toBe('name,number\n');
  });

  it('refuses what is no file, in a sentence', async () => {
    await mkdir(folder.file('folder'));
    expect((await encrypt('folder')).stderr).toContain('Only files can be taken');
    expect((await encrypt('missing')).stderr).toContain('The file is not there');
    expect((await encrypt('-o', 'folder', 'list.csv')).stderr).toContain('The output is a folder');
    expect((await encrypt('-o', join('nowhere', 'out.age'), 'list.csv')).stderr).toContain('DLP_FILE_NOT_FOUND');
    expect(JSON.parse((await encrypt('--json', 'missing')).stdout)).toMatchObject({ error: { code: 'DLP_FILE_NOT_FOUND' } });
    expect((await readdir(folder.path)).toSorted()).toEqual(['folder', 'list.csv']);
  });

  it.skipIf(!onUnix)('refuses devices and does not hang on pipes', async () => {
    spawnSync('mkfifo', [folder.file('pipe')]);
    expect((await encrypt('pipe')).stderr).toContain('Only files can be taken');
    expect((await encrypt('-o', 'out.age', '/dev/null')).stderr).toContain('Only files can be taken');
  });

  it('names a wrong recipient by number, lest a pasted secret be shown', async () => {
    const run = await encrypt('--recipient', identity, 'list.csv');
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('Recipient 2') });
    expect(run.stderr).not.toContain(identity);
    expect(await readdir(folder.path)).toEqual(['list.csv']);
  });

  it.skipIf(!onUnix)('shows a hostile name harmlessly and takes it', async () => {
    const hostile = 'a\nb\u202Excod.exe';
    await writeFile(folder.file(hostile), 'x');
    const run = await encrypt(hostile);
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('a\\u{000A}b\\u{202E}xcod.exe.age');
    expect(await opened(`${hostile}.age`)).toBe('x');
    const long = 'n'.repeat(255);
    await writeFile(folder.file(long), 'x');
    expect(await encrypt(long)).toMatchObject({ status: 2, stderr: expect.stringContaining('ENAMETOOLONG') });
    expect((await encrypt('-o', 'short.age', long)).status).toBe(0);
  });

  it.skipIf(!onUnix)('leaves nothing behind when interrupted', async () => {
    await truncate(folder.file('list.csv'), 8 * 1024 ** 3);
    const child = spawn(process.execPath, [ENTRY, 'encrypt', '--recipient', recipient, folder.file('list.csv')], { stdio: 'ignore' });
    await expect.poll(async () => (await readdir(folder.path)).some((name) => name.endsWith('.tmp')), { timeout: 10_000 }).toBe(true);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(2);
    expect(await readdir(folder.path)).toEqual(['list.csv']);
    await rm(folder.file('list.csv'));
  });

  it('wants a file and a recipient', async () => {
    expect(await runSekisho(folder.path, 'encrypt', 'list.csv')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--recipient'),
    });
    expect(await encrypt()).toMatchObject({ status: 2, stderr: expect.stringContaining('file') });
    expect(await runSekisho(folder.path, 'encrypt', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Example:') });
  });
});

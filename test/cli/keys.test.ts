import { spawnSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIdentityFile, recipientOf } from '../../src/age/index.ts';
import { AGE_IS_INSTALLED } from '../age/stock-age.ts';
import { temporaryFolder } from '../age/temporary-files.ts';
import { runSekisho } from './age-commands.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());
const keys = (...args: string[]) => runSekisho(folder.path, 'keys', ...args);

describe('sekisho keys', () => {
  it('generate writes a private identity file and shows its recipient', async () => {
    const run = await keys('generate', '-o', 'made.key');
    expect(run.status).toBe(0);
    const identities = parseIdentityFile(await readFile(folder.file('made.key'), 'utf8'));
    const recipient = recipientOf((identities.ok && identities.value[0]) || '');
    expect(recipient.ok && run.stdout).toBe(`Public key: ${recipient.ok ? recipient.value : ''}\n`);
    expect((await stat(folder.file('made.key'))).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect((await keys('recipient', 'made.key')).stdout).toBe(run.stdout.replace('Public key: ', ''));
  });

  it('generate never replaces a file', async () => {
    await writeFile(folder.file('old.key'), 'an old key');
    const run = await keys('generate', '-o', 'old.key');
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('DLP_FILE_EXISTS') });
    expect(await readFile(folder.file('old.key'), 'utf8')).toBe('an old key');
  });

  it('generate prints to standard output what age-keygen would', async () => {
    expect((await keys('generate')).stdout).toMatch(/^# created: \S+Z\n# public key: age1\S{58}\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$/);
    expect(JSON.parse((await keys('generate', '--json')).stdout)).toMatchObject({
      identity: expect.any(String),
      recipient: expect.any(String),
    });
  });

  it.skipIf(!AGE_IS_INSTALLED)('agree with age-keygen', async () => {
    await writeFile(folder.file('stock.key'), spawnSync('age-keygen').stdout);
    const recipient = spawnSync('age-keygen', ['-y', folder.file('stock.key')], { encoding: 'utf8' }).stdout;
    expect((await keys('recipient', 'stock.key')).stdout).toBe(recipient);
    expect(JSON.parse((await keys('recipient', 'stock.key', '--json')).stdout)).toEqual({ recipients: [recipient.trim()] });
  });

  it('recipient refuses a file that holds no identity, without showing it', async () => {
    await writeFile(folder.file('broken.key'), '# mine\nAGE-SECRET-KEY-1BROKEN\n');
    const run = await keys('recipient', 'broken.key');
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('Line 2') });
    expect(run.stderr).not.toContain('BROKEN');
    expect(await keys('recipient', 'missing.key')).toMatchObject({ status: 2, stderr: expect.stringContaining('DLP_FILE_NOT_FOUND') });
    expect(await keys('recipient', '.')).toMatchObject({ status: 2, stderr: expect.stringContaining('This is a folder') });
  });

  it('show an example in their help', async () => {
    expect(await keys('generate', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Example:') });
    expect(await keys('recipient', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Example:') });
  });
});

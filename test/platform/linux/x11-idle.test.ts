import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readX11Idle } from '../../../src/platform/linux/x11-idle.ts';

const NOBODY = 65_534;
const missing = whyNot();
if (missing !== null) console.log(`skipped test/platform/linux/x11-idle.test.ts: ${missing}`);

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.geteuid?.() !== 0) return 'needs root, to look into the session of another account';
  const absent = ['Xvfb', 'xauth', 'xprintidle', 'setpriv'].find((program) => spawnSync('which', [program]).status !== 0);
  return absent === undefined ? null : `needs ${absent}`;
}

describe.skipIf(missing !== null)("another account's display that asks for a cookie", () => {
  let folder: string;
  let display: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sekisho-x11-'));
    chmodSync(folder, 0o755);
    const authority = join(folder, 'authority');
    writeFileSync(authority, '');
    const cookie = randomBytes(16).toString('hex');
    const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '320x240x8', '-nolisten', 'tcp', '-auth', authority, '-noreset'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(server);
    // The server reads the file when the first client comes.
    const [number] = (await once(server.stdout, 'data')) as [Buffer];
    display = `:${number.toString().trim()}`;
    execFileSync('xauth', ['-q', '-f', authority, 'add', display, '.', cookie]);
    chmodSync(authority, 0o600);
    chownSync(authority, NOBODY, NOBODY);
    const environment = { PATH: process.env['PATH'], DISPLAY: display, XAUTHORITY: authority };
    const program = spawn(
      'setpriv',
      ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups', 'sh', '-c', 'echo up; sleep 60'],
      {
        env: environment,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    children.push(program);
    await once(program.stdout, 'data');
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('is asked as that account, with the cookie its programs use', async () => {
    expect(await readX11Idle({ uid: NOBODY, display, leader: 0 })).toBeGreaterThanOrEqual(0);
  });

  test('is closed to root without it', async () => {
    expect(await readX11Idle({ uid: 0, display, leader: 0 })).toBeNull();
  });

  test('is never asked as root for an account that nobody knows', async () => {
    expect(await readX11Idle({ uid: 45_678, display, leader: 0 })).toBeNull();
  });

  test.each(['--help', '', 'host:0;id', ':0\n'])('a display named %j is not asked at all', async (name) => {
    expect(await readX11Idle({ uid: NOBODY, display: name, leader: 0 })).toBeNull();
  });
});

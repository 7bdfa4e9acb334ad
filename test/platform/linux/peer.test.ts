import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountName, accountOf } from '../../../src/platform/linux/accounts.ts';
import { peerOf } from '../../../src/platform/linux/peer.ts';

const isRoot = process.geteuid?.() === 0;
const isLinux = process.platform === 'linux';
const otherUser = isRoot && spawnSync('which', ['setpriv']).status === 0;
if (isLinux && !otherUser)
  console.log('skipped in test/platform/linux/peer.test.ts: another account needs root and setpriv (Debian package util-linux)');

describe.skipIf(!isLinux)('who connected', () => {
  let folder: string;
  let path: string;
  let server: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sekisho-peer-'));
    chmodSync(folder, 0o755);
    path = join(folder, 'socket');
    server = createServer();
    server.listen(path);
    await once(server, 'listening');
    chmodSync(path, 0o666);
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function accepted(connect: () => unknown): Promise<Socket> {
    const arriving = once(server, 'connection');
    connect();
    const [socket] = (await arriving) as [Socket];
    return socket;
  }

  test('is this very process, with its account', async () => {
    const client = createConnection(path);
    const socket = await accepted(() => client);
    expect(peerOf(socket)).toEqual({
      ok: true,
      value: { uid: process.geteuid?.(), pid: process.pid, name: userInfo().username, admin: true },
    });
    client.destroy();
    socket.destroy();
  });

  test.skipIf(!otherUser)('is another account when it is one, and no administrator', async () => {
    const script = `require('node:net').createConnection(${JSON.stringify(path)}); setInterval(() => 0, 1000)`;
    const child = spawn('setpriv', [
      '--reuid',
      '65534',
      '--regid',
      '65534',
      '--clear-groups',
      '/bin/sh',
      '-c',
      `exec "$0" -e "$1"`,
      process.execPath,
      script,
    ]);
    const socket = await accepted(() => child);
    expect(peerOf(socket)).toEqual({ ok: true, value: { uid: 65_534, pid: child.pid, name: 'nobody', admin: false } });
    child.kill('SIGKILL');
    socket.destroy();
  });

  test('cannot be told of a TCP connection or of a closed one', async () => {
    const tcp = createServer().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const address = tcp.address();
    const arriving = once(tcp, 'connection');
    const client = createConnection(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
    const [socket] = (await arriving) as [Socket];
    expect(peerOf(socket)).toMatchObject({ ok: false, error: { code: 'DLP_IPC_PEER' } });
    client.destroy();
    socket.destroy();
    await once(socket, 'close');
    expect(peerOf(socket)).toMatchObject({ ok: false, error: { code: 'DLP_IPC_PEER' } });
    tcp.close();
  });
});

test.skipIf(!isLinux)('accounts: known by name, or by their number', () => {
  expect(accountOf(0)).toEqual({ name: 'root', uid: 0, gid: 0 });
  expect(accountName(0)).toBe('root');
  expect(accountName(3_999_999_999)).toBe('uid 3999999999');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ok } from '../../../src/contracts/result.ts';
import { connectIpc } from '../../../src/node/ipc-client.ts';
import { closers, connect, endpoint, folder, helloLine, serve, start, STATUS, until, useIpcFolder } from './harness.ts';

useIpcFolder();
if (process.geteuid?.() !== 0) console.log('skipped in test/agent/ipc/endpoint.test.ts: giving a socket to another account needs root');

describe.skipIf(process.platform === 'win32')('the socket', () => {
  test('stands in a folder that only the agent can change', async () => {
    await serve();
    const mine = process.geteuid?.() === 0;
    expect(lstatSync(join(folder, 'run')).mode & 0o777).toBe(mine ? 0o755 : 0o700);
    expect(lstatSync(endpoint).mode & 0o777).toBe(mine ? 0o666 : 0o600);
  });

  test('is refused in a folder that others can change', async () => {
    mkdirSync(join(folder, 'run'));
    chmodSync(join(folder, 'run'), 0o777);
    expect(await start()).toMatchObject({ ok: false, error: { code: 'DLP_IPC_ENDPOINT' } });
  });

  test('is refused through a folder that is a link', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'run'));
    expect(await start()).toMatchObject({ ok: false, error: { code: 'DLP_IPC_ENDPOINT' } });
    expect(existsSync(join(folder, 'elsewhere', 'agent.sock'))).toBe(false);
  });

  test('replaces what a killed agent left', async () => {
    mkdirSync(join(folder, 'run'), { mode: 0o755 });
    const script = `require('node:net').createServer().listen(${JSON.stringify(endpoint)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script]), 'exit');
    expect(lstatSync(endpoint).isSocket()).toBe(true);
    await serve();
    expect(await (await connect()).request('status.get', {})).toEqual(ok(STATUS));
  });

  test('never takes the place of a live server, a file, or a link to one', async () => {
    mkdirSync(join(folder, 'run'), { mode: 0o755 });
    const other = createServer();
    other.listen(endpoint);
    await once(other, 'listening');
    expect(await start()).toMatchObject({ ok: false, error: { code: 'DLP_IPC_ENDPOINT' } });
    expect(other.listening && existsSync(endpoint)).toBe(true);
    other.close();
    await once(other, 'close');

    const precious = join(folder, 'precious');
    writeFileSync(precious, 'kept');
    for (const place of [() => writeFileSync(endpoint, 'kept'), () => symlinkSync(precious, endpoint)]) {
      rmSync(endpoint, { force: true });
      place();
      expect(await start()).toMatchObject({ ok: false, error: { code: 'DLP_IPC_ENDPOINT' } });
      expect(existsSync(endpoint)).toBe(true);
    }
  });

  test('is gone after closing, and clients are told', async () => {
    const server = await serve();
    const client = await connect();
    const asked = client.request('status.get', {});
    await asked;
    await server.close();
    await until(() => !existsSync(endpoint));
    expect(await client.request('status.get', {})).toMatchObject({ ok: false, error: { code: 'DLP_IPC_CLOSED' } });
  });

  test.skipIf(process.geteuid?.() !== 0)('of another user is not taken for the agent by a client', async () => {
    await serve();
    lchownSync(endpoint, 65_534, 65_534);
    expect(await connectIpc(endpoint, { build: 'test' })).toMatchObject({ ok: false, error: { code: 'DLP_IPC_PEER' } });
  });
});

test('a client of an agent that is not there, or speaks another version, says so', async () => {
  expect(await connectIpc(endpoint, { build: 'test' })).toMatchObject({ ok: false, error: { code: 'DLP_IPC_CLOSED', retryable: true } });
  mkdirSync(join(folder, 'run'));
  const stranger = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(helloLine(2));
  });
  closers.push(() => stranger.close());
  stranger.listen(endpoint);
  await once(stranger, 'listening');
  expect(await connectIpc(endpoint, { build: 'test' })).toMatchObject({
    ok: false,
    error: { code: 'DLP_IPC_PROTOCOL', message: 'The agent (test) speaks another version. Update the program.' },
  });
});

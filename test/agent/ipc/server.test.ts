import { createConnection, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { mayUse } from '../../../src/agent/ipc/dispatch.ts';
import { failure } from '../../../src/contracts/errors.ts';
import { ipcMethods } from '../../../src/contracts/ipc.ts';
import { err, ok } from '../../../src/contracts/result.ts';
import { connectIpc, type IpcEventMessage } from '../../../src/node/ipc-client.ts';
import type { PeerIdentity } from '../../../src/platform/types.ts';
import {
  ALICE,
  closers,
  connect,
  endpoint,
  errors,
  EVENT,
  handlers,
  helloLine,
  HOLD,
  raw,
  serve,
  STATUS,
  until,
  useIpcFolder,
} from './harness.ts';

useIpcFolder();

describe('requests', () => {
  test('are answered by the handler of their method, for the peer the kernel names', async () => {
    await serve();
    const client = await connect();
    expect(client.agentBuild).toBe('0.1.0');
    expect(await client.request('status.get', {})).toEqual(ok(STATUS));
    expect(await client.request('events.list', { limit: 10 })).toEqual(ok({ events: [EVENT] }));
    expect(await client.request('file.justify', { holdId: HOLD, justification: 'the customer asked' })).toEqual(ok({ released: true }));
  });

  test('many at once each get their own answer', async () => {
    await serve({
      handlers: handlers({
        'events.list': async ({ limit }) => {
          await new Promise((resolve) => setTimeout(resolve, limit % 7));
          return ok({ events: Array.from({ length: limit % 4 }, () => EVENT) });
        },
      }),
    });
    const client = await connect();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => client.request('events.list', { limit: index + 1 })));
    expect(answers.map((answer) => (answer.ok ? answer.value.events.length : -1))).toEqual(
      Array.from({ length: 200 }, (_, index) => (index + 1) % 4),
    );
  });

  test("a handler's failure crosses without its cause", async () => {
    const secret = new Error('/home/alice/secret');
    await serve({
      handlers: handlers({ 'status.get': () => err(failure('DLP_STORE_IO', 'The disk failed.', { retryable: true, cause: secret })) }),
    });
    const client = await connect();
    expect(await client.request('status.get', {})).toEqual(err({ code: 'DLP_STORE_IO', message: 'The disk failed.', retryable: true }));
  });

  test('a handler that throws or answers wrongly is an internal error, reported to the log, and the agent lives', async () => {
    await serve({
      handlers: handlers({
        'status.get': () => {
          throw new Error('bug');
        },
        'events.list': () => ok({ events: [{ ...EVENT, time: 'yesterday' }] }),
      }),
    });
    const client = await connect();
    for (const answer of [await client.request('status.get', {}), await client.request('events.list', { limit: 1 })])
      expect(answer).toMatchObject({ ok: false, error: { code: 'DLP_INTERNAL' } });
    expect(errors.map((error) => error.code)).toEqual(['DLP_INTERNAL', 'DLP_INTERNAL']);
    expect(await client.request('session.report-idle', { idleMillis: 1, locked: false })).toEqual(ok({}));
  });

  test('an answer larger than a message may be is refused, not sent', async () => {
    const events = Array.from({ length: 8000 }, () => EVENT);
    await serve({ handlers: handlers({ 'events.list': () => ok({ events }) }) });
    const client = await connect();
    expect(await client.request('events.list', { limit: 500 })).toMatchObject({ ok: false, error: { code: 'DLP_INTERNAL' } });
    expect(await client.request('status.get', {})).toEqual(ok(STATUS));
  });

  test('a handler that never answers costs the caller its time limit only', async () => {
    await serve({ handlers: handlers({ 'status.get': () => new Promise(() => undefined) }) });
    const connected = await connectIpc(endpoint, { build: 'test', requestTimeoutMillis: 50 });
    if (!connected.ok) throw new Error(connected.error.message);
    closers.push(() => connected.value.close());
    expect(await connected.value.request('status.get', {})).toMatchObject({ ok: false, error: { code: 'DLP_IPC_TIMEOUT' } });
    expect(await connected.value.request('events.list', { limit: 1 })).toMatchObject({ ok: true });
  });
});

describe('a hostile client', () => {
  test.each([
    ['speaks before its hello', `${JSON.stringify({ kind: 'request', id: 1, method: 'status.get', params: {} })}\n`],
    ['says something more in its hello', `${JSON.stringify({ kind: 'hello', protocol: 1, build: 'x', admin: true })}\n`],
    ['sends what is no JSON', 'GET / HTTP/1.1\r\n\r\n'],
    ['nests too deep', `${'['.repeat(10_000)}\n`],
  ])('that %s is hung up on without a word', async (_name, bytes) => {
    await serve();
    expect(await raw(bytes)).toBe('');
  });

  test('that sends a request without parameters is hung up on after the greeting', async () => {
    await serve();
    const request = JSON.stringify({ kind: 'request', id: 1, method: 'status.get' });
    expect(await raw(`${helloLine()}${request}\n`)).toBe(`{"kind":"hello","protocol":1,"build":"0.1.0"}\n`);
  });

  test('of another protocol number is told ours, then hung up on', async () => {
    await serve();
    expect(await raw(helloLine(2))).toBe(`{"kind":"hello","protocol":1,"build":"0.1.0"}\n`);
  });

  test('that sends an endless line is hung up on at the limit', async () => {
    const server = await serve();
    const answer = await raw(helloLine() + 'x'.repeat(2_000_000));
    expect(answer.split('\n').length).toBeLessThanOrEqual(2);
    await until(() => server.connections().length === 0);
  });

  test.each([
    ['an unknown method', 'agent.stop', {}, 'DLP_IPC_METHOD'],
    ['a name from the prototype', 'constructor', {}, 'DLP_IPC_METHOD'],
    ['a parameter too many', 'status.get', { as: 'root' }, 'DLP_IPC_PARAMS'],
    ['a limit out of range', 'events.list', { limit: 1e9 }, 'DLP_IPC_PARAMS'],
    ['a number for parameters', 'events.list', 5, 'DLP_IPC_PARAMS'],
  ])('that sends %s gets the error and the handler does not run', async (_name, method, params, code) => {
    let runs = 0;
    const counted = { 'events.list': () => ok({ events: Array.from({ length: (runs += 1) }, () => EVENT) }) };
    await serve({ handlers: handlers(counted) });
    const socket = createConnection(endpoint);
    closers.push(() => socket.destroy());
    socket.write(helloLine() + `${JSON.stringify({ kind: 'request', id: 7, method, params })}\n`);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await until(() => text.split('\n').length === 3);
    expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({ kind: 'response', id: 7, ok: false, error: { code } });
    expect(runs).toBe(0);
  });

  test('the kernel does not vouch for is refused before its hello', async () => {
    await serve({ peerOf: () => err(failure('DLP_IPC_PEER', 'The system does not say who connected.')) });
    expect(await raw(helloLine())).toBe('');
    expect(errors.map((error) => error.code)).toEqual(['DLP_IPC_PEER']);
  });

  test('cannot take the places of others: connections are limited per account, not for administrators', async () => {
    let peer: PeerIdentity = ALICE;
    const server = await serve({ peerOf: () => ok(peer) });
    for (let index = 0; index < 16; index += 1) await connect();
    expect(await connectIpc(endpoint, { build: 'one too many' })).toMatchObject({ ok: false, error: { code: 'DLP_IPC_CLOSED' } });
    peer = { uid: 1001, pid: 2, name: 'bob', admin: false };
    await connect();
    peer = { uid: 0, pid: 3, name: 'root', admin: true };
    await connect();
    expect(server.connections()).toHaveLength(18);
  });
});

test('privileges: an ordinary account has list and modify, an administrator all', () => {
  const root: PeerIdentity = { uid: 0, pid: 1, name: 'root', admin: true };
  expect(['list', 'modify', 'admin'].map((each) => mayUse(ALICE, each as 'list', 2000))).toEqual([true, true, false]);
  // The agent's own account can do anything to it anyway.
  expect(mayUse(ALICE, 'admin', 1000)).toBe(true);
  expect(['list', 'modify', 'admin'].map((each) => mayUse(root, each as 'list'))).toEqual([true, true, true]);
  expect(Object.values(ipcMethods).every(({ privilege }) => ['list', 'modify', 'admin'].includes(privilege))).toBe(true);
});

describe('events', () => {
  test('reach the clients that the filter lets through, in order', async () => {
    let peer: PeerIdentity = ALICE;
    const server = await serve({ peerOf: () => ok(peer) });
    const alice: IpcEventMessage[] = [];
    const bob: IpcEventMessage[] = [];
    await connect((event) => alice.push(event));
    peer = { uid: 1001, pid: 2, name: 'bob', admin: false };
    await connect((event) => bob.push(event));
    server.broadcast('event.recorded', EVENT, ({ name }) => name === 'alice');
    server.broadcast('screen.lock-warned', { inMillis: 30_000 });
    await until(() => alice.length === 2 && bob.length === 1);
    expect(alice.map((event) => event.type)).toEqual(['event.recorded', 'screen.lock-warned']);
    expect(bob).toEqual([{ type: 'screen.lock-warned', data: { inMillis: 30_000 } }]);
  });

  test('can be sent to one client, and connections coming and going are told', async () => {
    const seen: string[] = [];
    await serve({
      onConnected: (connection) => {
        seen.push(`+${connection.id}`);
        connection.send('screen.lock-requested', {});
      },
      onDisconnected: (connection) => seen.push(`-${connection.id}`),
    });
    const got: string[] = [];
    const client = await connect((event) => got.push(event.type));
    await until(() => got.length === 1);
    client.close();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['+1', '-1']);
    expect(got).toEqual(['screen.lock-requested']);
  });

  test('of a wrong shape never leave the agent', async () => {
    const server = await serve();
    const got: string[] = [];
    await connect((event) => got.push(event.type));
    server.broadcast('screen.lock-warned', { inMillis: -1 });
    server.broadcast('screen.lock-warned', { inMillis: 1 });
    await until(() => got.length === 1);
    expect(errors).toHaveLength(1);
  });

  test('a client that does not read loses its oldest and is told how many; others lose none', async () => {
    const server = await serve();
    const slow = createConnection(endpoint);
    closers.push(() => slow.destroy());
    slow.write(helloLine());
    await until(() => server.connections().length === 1);
    slow.pause();
    let quick = 0;
    await connect((event) => {
      if (event.type === 'event.recorded') quick += 1;
    });
    const total = 6000;
    for (let sent = 0; sent < total; sent += 1) {
      server.broadcast('event.recorded', EVENT);
      if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => quick === total);

    const lines = readLines(slow);
    slow.resume();
    let last = 0;
    await until(() => {
      const events = lines().filter((line) => line.kind === 'event');
      const arrived = events.filter((line) => line.type === 'event.recorded').length;
      const dropped = events.filter((line) => line.type === 'gap').reduce((sum, line) => sum + (line.data?.dropped ?? 0), 0);
      last = events.at(-1)?.sequence ?? 0;
      expect(events.map((line) => line.sequence)).toEqual(events.map((_, index) => index + 1));
      return dropped > 0 && arrived + dropped === total;
    });
    expect(last).toBeGreaterThan(0);
    slow.write(`${JSON.stringify({ kind: 'request', id: 1, method: 'status.get', params: {} })}\n`);
    await until(() => lines().some((line) => line.kind === 'response' && line.ok === true));
  });
});

interface Line {
  readonly kind: string;
  readonly type?: string;
  readonly sequence?: number;
  readonly ok?: boolean;
  readonly data?: { readonly dropped?: number };
}

function readLines(socket: Socket): () => Line[] {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () =>
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
}

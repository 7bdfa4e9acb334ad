import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/agent/system-clock.ts';
import { afterEach, beforeEach } from 'vitest';
import type { IpcHandlers } from '../../../src/agent/ipc/dispatch.ts';
import { type IpcServer, type IpcServerOptions, startIpcServer } from '../../../src/agent/ipc/server.ts';
import { type Failure, failure } from '../../../src/contracts/errors.ts';
import { type AgentStatus, IPC_PROTOCOL, type OwnEvent } from '../../../src/contracts/ipc.ts';
import { err, ok } from '../../../src/contracts/result.ts';
import { connectIpc, type IpcClient, type IpcEventMessage } from '../../../src/node/ipc-client.ts';
import type { PeerIdentity } from '../../../src/platform/types.ts';

export const STATUS: AgentStatus = {
  version: '0.1.0',
  agent: null,
  host: 'pc-1',
  started: '2026-04-01T00:00:00.000Z',
  policy: null,
  policyTitle: null,
  collector: { enrolled: false, url: null, lastContact: null, spooled: 0 },
  volumes: [],
  screenLock: null,
  gaps: [],
};
export const EVENT: OwnEvent = {
  id: '0195f000-0000-7000-8000-000000000001',
  time: '2026-04-01T00:00:00.000Z',
  body: { type: 'agent.stopped', severity: 'info', data: { reason: 'x'.repeat(200) } },
};
export const HOLD = '0195f000-0000-7000-8000-000000000002';
export const ALICE: PeerIdentity = { uid: 1000, pid: 1, name: 'alice', admin: false };

/** Where the test under way has its server, and what must be closed after it. */
export let folder: string;
export let endpoint: string;
export let errors: Failure[];
export let closers: (() => unknown)[];

/** Each test gets a folder of its own; everything opened through this file is closed after it. */
export function useIpcFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sekisho-ipc-'));
    endpoint = join(folder, 'run', 'agent.sock');
    errors = [];
    closers = [];
  });
  afterEach(async () => {
    for (const close of closers.toReversed()) await close();
    rmSync(folder, { recursive: true, force: true });
  });
}

export function handlers(change: Partial<IpcHandlers> = {}): IpcHandlers {
  return {
    'status.get': () => ok(STATUS),
    'events.list': (_params, connection) => ok({ events: connection.peer.name === 'alice' ? [EVENT] : [] }),
    'file.justify': ({ holdId }) => (holdId === HOLD ? ok({ released: true }) : err(failure('DLP_QUARANTINE_MISSING', 'No such hold.'))),
    'session.report-idle': () => ok({}),
    'session.report-lock': () => ok({}),
    'quarantine.report-restored': () => ok({}),
    ...change,
  };
}

export function start(change: Partial<IpcServerOptions> = {}): ReturnType<typeof startIpcServer> {
  return startIpcServer({
    endpoint,
    peerOf: () => ok(ALICE),
    handlers: handlers(),
    clock: systemClock,
    build: '0.1.0',
    onError: (error) => errors.push(error),
    ...change,
  });
}

export async function serve(change: Partial<IpcServerOptions> = {}): Promise<IpcServer> {
  const started = await start(change);
  if (!started.ok) throw new Error(started.error.message);
  closers.push(() => started.value.close());
  return started.value;
}

export async function connect(onEvent?: (event: IpcEventMessage) => void): Promise<IpcClient> {
  const connected = await connectIpc(endpoint, { build: 'test', ...(onEvent === undefined ? {} : { onEvent }) });
  if (!connected.ok) throw new Error(connected.error.message);
  closers.push(() => connected.value.close());
  return connected.value;
}

/** A client that sends exactly these bytes; resolves with all it was sent once the server hangs up. */
export async function raw(bytes: string | Uint8Array): Promise<string> {
  const socket = createConnection(endpoint);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(chunks).toString();
}

export const helloLine = (protocol = IPC_PROTOCOL): string => `${JSON.stringify({ kind: 'hello', protocol, build: 'test' })}\n`;

export async function until(reached: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!reached()) {
    if (Date.now() > deadline) throw new Error('the condition was not reached');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

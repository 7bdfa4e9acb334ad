import { writeFileSync } from 'node:fs';
import { systemClock } from '../../../src/agent/system-clock.ts';
import { startIpcServer } from '../../../src/agent/ipc/server.ts';
import type { AgentStatus } from '../../../src/contracts/ipc.ts';
import { ok } from '../../../src/contracts/result.ts';
import { connectIpc } from '../../../src/node/ipc-client.ts';
import { loadPlatform } from '../../../src/platform/index.ts';

// Runs inside Wine: the agent's server on the named pipe of this platform, and a client of it. Writes what happened to the file named first.

const [report = ''] = process.argv.slice(2);
const platform = await loadPlatform();
const status: AgentStatus = {
  version: '0.1.0',
  agent: null,
  host: 'wine',
  started: '2026-04-01T00:00:00.000Z',
  policy: null,
  policyTitle: null,
  collector: { enrolled: false, url: null, lastContact: null, spooled: 0 },
  volumes: [],
  screenLock: null,
  gaps: platform.gaps(),
};
const options: Parameters<typeof startIpcServer>[0] = {
  endpoint: platform.paths.ipcEndpoint,
  peerOf: (socket) => platform.peerOf(socket),
  handlers: {
    'status.get': () => ok(status),
    'events.list': () => ok({ events: [] }),
    'file.justify': () => ok({ released: true }),
    'session.report-idle': () => ok({}),
    'session.report-lock': () => ok({}),
    'quarantine.report-restored': () => ok({}),
  },
  clock: systemClock,
  build: 'wine-test',
  onError: (error) => errors.push(error.code),
};
const errors: string[] = [];
const server = await startIpcServer(options);
const second = await startIpcServer(options);
const event = Promise.withResolvers<string>();
const client = await connectIpc(platform.paths.ipcEndpoint, { build: 'test', onEvent: ({ type }) => event.resolve(type) });

if (!server.ok || !client.ok) {
  writeFileSync(report, JSON.stringify({ server, client }));
} else {
  const answer = await client.value.request('status.get', {});
  server.value.broadcast('screen.lock-requested', {});
  const seen = await event.promise;
  const peer = server.value.connections()[0]?.peer;
  await server.value.close();
  const after = await client.value.request('status.get', {});
  writeFileSync(
    report,
    JSON.stringify({
      endpoint: platform.paths.ipcEndpoint,
      second: second.ok ? 'taken' : second.error.code,
      answer,
      seen,
      peer,
      after,
      errors,
    }),
  );
}
process.exit(0);

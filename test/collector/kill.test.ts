import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { createSync } from '../../src/agent/sync/index.ts';
import { openForReading } from '../../src/collector/store/database.ts';
import { STORE_FILE } from '../../src/collector/store/store.ts';
import { MemorySpool } from '../agent/sync/memory-spool.ts';
import { enrolled, makeOrganisation, temporaryFolder } from './support.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/sekisho.js', import.meta.url));
const EVENTS = 1000;
const KILLS = 4;

interface Running {
  readonly child: ChildProcess;
  readonly agentUrl: string;
}

async function run(args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [PROGRAM, 'collector', 'run', ...args, '--console-port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, agentUrl: (JSON.parse(line) as { agentUrl: string }).agentUrl };
}

async function kill({ child }: Running, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

it('a collector killed with -9 during an upload of 1,000 events has each exactly once, and the chain verifies', async () => {
  const organisation = await makeOrganisation();
  const state = temporaryFolder('collector');
  const where = ['--org', organisation.folder, '--state', state];
  let running = await run([...where, '--agent-port', '0']);
  const port = new URL(running.agentUrl).port;
  const agent = await enrolled(state, organisation, running.agentUrl);
  const spool = new MemorySpool(agent.agent);
  const sync = createSync({
    enrolment: agent,
    spool,
    clock: { now: Date.now, after: (millis, work) => clearTimeout.bind(null, setTimeout(work, millis)) },
    version: '0.1.0',
    os: 'test',
    policy: () => undefined,
    guards: () => [],
    onPolicy: async () => true,
    onCommand: () => undefined,
    report: () => undefined,
    retry: { firstMillis: 20, longestMillis: 200 },
  });
  sync.start();
  for (let kills = 0; kills < KILLS; kills += 1) {
    const before = spool.acknowledged;
    // In small portions, so that requests are under way at every moment; the kill comes in the midst of them.
    const adding = setInterval(() => spool.add(5), 1);
    await vi.waitFor(() => expect(spool.acknowledged).toBeGreaterThan(before + 20), { timeout: 20_000, interval: 1 });
    await kill(running, 'SIGKILL');
    clearInterval(adding);
    running = await run([...where, '--agent-port', port]);
  }
  const missing = EVENTS - spool.chain.events.length;
  if (missing > 0) spool.add(missing);
  const total = spool.chain.events.length;
  await vi.waitFor(() => expect(spool.acknowledged).toBe(total), { timeout: 30_000, interval: 20 });
  await sync.stop();
  await kill(running, 'SIGTERM');

  const database = openForReading(`${state}/${STORE_FILE}`);
  const stored = database.prepare('SELECT sequence, lower(hex(hash)) AS hash FROM events ORDER BY row').all();
  database.close();
  const sent = spool.chain.events.map(({ sequence, hash }) => ({ sequence, hash }));
  expect(stored.map((row) => ({ ...row }))).toEqual(sent);

  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'events', 'verify', '--store', state, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ agent: agent.agent, events: total, first: 1, last: total, problems: [], notes: [] });
  expect(total).toBeGreaterThanOrEqual(EVENTS);
}, 120_000);

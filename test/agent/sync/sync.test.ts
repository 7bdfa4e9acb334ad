import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Enrolment } from '../../../src/agent/enrolment/index.ts';
import { createSync, type Sync, type SyncOptions, type SyncStatus } from '../../../src/agent/sync/index.ts';
import { fittingBatch } from '../../../src/agent/sync/batch.ts';
import { administration, type RunningCollector } from '../../../src/collector/index.ts';
import type { Command } from '../../../src/contracts/command.ts';
import type { PolicyReference } from '../../../src/contracts/verdict.ts';
import type { Clock } from '../../../src/core/ports.ts';
import type { Organisation } from '../../../src/pki/index.ts';
import { collectorOn, enrolled, makeOrganisation, temporaryFolder } from '../../collector/support.ts';
import { ConsoleClient, signedRelease } from '../../collector/console-client.ts';
import { MemorySpool } from './memory-spool.ts';

const clock: Clock = {
  now: Date.now,
  after: (millis, run) => {
    const timer = setTimeout(run, millis);
    return () => clearTimeout(timer);
  },
};
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

const state = temporaryFolder('collector');
let organisation: Organisation;
let collector: RunningCollector;
let admin: ConsoleClient;
let agent: Enrolment;
let spool: MemorySpool;
let sync: Sync;
let policy: PolicyReference | undefined;
const offered: string[] = [];
const commands: Command[] = [];
const statuses: SyncStatus[] = [];

beforeAll(async () => {
  organisation = await makeOrganisation();
  collector = await collectorOn(state, organisation);
  await administration(state).putUser('hanako', 'admin', 'correct horse battery');
  admin = await ConsoleClient.signedIn(collector.consoleUrl, 'hanako', 'correct horse battery');
});
beforeEach(async () => {
  agent = await enrolled(state, organisation, collector.agentUrl);
  spool = new MemorySpool(agent.agent);
  policy = undefined;
  for (const list of [offered, commands, statuses]) list.length = 0;
});
afterEach(() => sync.stop());
afterAll(() => collector.stop());

function begin(more: Partial<SyncOptions> = {}): Sync {
  sync = createSync({
    enrolment: agent,
    spool,
    clock,
    version: '0.1.0',
    os: 'Debian 12',
    policy: () => policy,
    guards: () => [{ volume: 'linux:8:17', mode: 'watch', state: 'ready' }],
    onPolicy: async (envelope) => {
      offered.push(envelope);
      return true;
    },
    onCommand: (command) => {
      commands.push(command);
    },
    report: (status) => {
      statuses.push(status);
    },
    retry: { firstMillis: 20, longestMillis: 200 },
    ...more,
  });
  sync.start();
  return sync;
}

describe('the sync', () => {
  it('uploads what waits, then each event as it is appended', async () => {
    spool.add(1200);
    begin();
    await until(() => expect(spool.acknowledged).toBe(1200));
    spool.add(1);
    await until(() => expect(spool.acknowledged).toBe(1201));
    expect(sync.status()).toMatchObject({ online: true, failure: null });
    expect((await admin.fleet()).agents.find((one) => one.agent === agent.agent)).toMatchObject({
      storedThrough: 1201,
      version: '0.1.0',
      guards: [{ volume: 'linux:8:17', mode: 'watch', state: 'ready' }],
      drift: false,
    });
  });

  it('hears of a pushed policy and of a command while it waits, and tells what became of them', async () => {
    begin();
    await until(() => expect(sync.status().online).toBe(true));
    const envelope = signedRelease(organisation, 1);
    expect(await admin.post('/api/policies', envelope)).toMatchObject({ status: 200, body: { name: 'test-policy', version: 1 } });
    await until(() => expect(offered).toHaveLength(1));
    expect(JSON.parse(offered[0] ?? '')).toEqual(envelope);
    policy = { name: 'test-policy', version: 1 };

    const issued = await admin.post('/api/commands', { agent: agent.agent, body: { kind: 'volumes.rescan' } });
    await until(() => expect(commands).toEqual([issued.body]));
    sync.reportCommand(commands[0]?.id ?? '', true);
    await until(async () => {
      const fleet = await admin.fleet();
      expect(fleet.agents.find((one) => one.agent === agent.agent)).toMatchObject({ policy, drift: false });
    });
    sync.refresh();
    await delay(200);
    expect(commands).toHaveLength(1);
    expect(offered).toHaveLength(1);
  });

  it('offers a policy that was refused again at the next exchange, and does not press the collector meanwhile', async () => {
    begin({
      onPolicy: async (envelope) => {
        offered.push(envelope);
        return false;
      },
    });
    await until(() => expect(offered).toHaveLength(1));
    await delay(300);
    expect(offered).toHaveLength(1);
    sync.refresh();
    await until(() => expect(offered).toHaveLength(2));
  });

  it('reports once that it is refused, and why, and keeps every event', async () => {
    spool.add(3);
    administration(state).revoke(agent.agent);
    begin();
    await until(() => expect(statuses.at(-1)).toMatchObject({ online: false, failure: { code: 'DLP_AUTH_REVOKED', retryable: false } }));
    await delay(500);
    expect(statuses).toHaveLength(1);
    expect(spool.acknowledged).toBe(0);
  });

  it('still gets policies when its events are refused as a fork', async () => {
    spool.add(2);
    begin();
    await until(() => expect(spool.acknowledged).toBe(2));
    await sync.stop();
    offered.length = 0;
    spool = new MemorySpool(agent.agent);
    spool.add(3);
    spool.pending = () => spool.chain.events;
    begin();
    await until(() => expect(statuses.at(-1)).toMatchObject({ online: false, failure: { code: 'DLP_INGEST_FORK' } }));
    expect(offered).toHaveLength(1);
  });

  it('believes nobody but a collector of its organisation', async () => {
    const other = await makeOrganisation();
    const impostor = await collectorOn(temporaryFolder('impostor'), other);
    spool.add(1);
    begin({ enrolment: { ...agent, url: impostor.agentUrl } });
    await until(() => expect(statuses.at(-1)).toMatchObject({ online: false, failure: { code: 'DLP_SYNC_OFFLINE' } }));
    expect(spool.acknowledged).toBe(0);
    await impostor.stop();
  });

  it('survives a collector that goes away and comes back elsewhere in time', async () => {
    const folder = temporaryFolder('collector');
    const first = await collectorOn(folder, organisation);
    agent = await enrolled(folder, organisation, first.agentUrl);
    spool = new MemorySpool(agent.agent);
    spool.add(10);
    begin();
    await until(() => expect(spool.acknowledged).toBe(10));
    await until(() => expect(statuses.at(-1)?.online).toBe(true));
    await first.stop();
    spool.add(10);
    await until(() => expect(statuses.at(-1)?.online).toBe(false));
    const second = await collectorOn(folder, organisation, { agentPort: Number(new URL(first.agentUrl).port) });
    await until(() => expect(spool.acknowledged).toBe(20));
    await until(() => expect(statuses.map(({ online }) => online)).toEqual([true, false, true]));
    await sync.stop();
    await second.stop();
  });

  it('stops at once, also while it waits for news or before the next try', async () => {
    begin();
    await until(() => expect(sync.status().online).toBe(true));
    await sync.stop();
    begin({ enrolment: { ...agent, url: 'https://127.0.0.1:1' }, retry: { firstMillis: 3_600_000, longestMillis: 3_600_000 } });
    await until(() => expect(statuses.at(-1)?.online).toBe(false));
    await sync.stop();
  });
});

describe('a batch', () => {
  it('is cut before it grows too large, and is never empty', async () => {
    const events = spool.add(10);
    const size = Buffer.byteLength(JSON.stringify(events[0]));
    expect(fittingBatch(events, size * 3 + 30)).toEqual(events.slice(0, 3));
    expect(fittingBatch(events, 1)).toEqual(events.slice(0, 1));
    expect(fittingBatch(events)).toEqual(events);
    expect(fittingBatch([])).toEqual([]);
    begin();
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { v7 as uuidv7 } from 'uuid';
import { enroll, type Enrolment } from '../src/agent/enrolment/index.ts';
import { buildAgentApi } from '../src/collector/agent-api/build-agent-api.ts';
import { administration, startCollector } from '../src/collector/index.ts';
import { IndexFolder } from '../src/collector/index-folder.ts';
import { Signals } from '../src/collector/signals.ts';
import { openStore } from '../src/collector/store/store.ts';
import { eventsResponse } from '../src/contracts/collector-api.ts';
import { type AgentEvent, type EventBody, GENESIS_HASH } from '../src/contracts/event.ts';
import { sealEvent } from '../src/node/event-chain.ts';
import { createOrganisation, type Organisation, privateKeyFromPem, signChainHead } from '../src/pki/index.ts';
import type { LoadJob, LoadResult, Sender } from './ingest-load.ts';
import type { Bench, BenchRow } from './types.ts';

const AGENTS = 8;
const BATCHES = 10;
/** What the collector asks agents for. */
const BATCH_SIZE = 500;
const EVENTS = AGENTS * BATCHES * BATCH_SIZE;

export const bench: Bench = {
  name: 'ingest',
  title: `Ingest: ${EVENTS.toLocaleString('en')} events of ${AGENTS} agents in batches of ${BATCH_SIZE}, acknowledged when durable`,
  async run(report) {
    const root = mkdtempSync(join(tmpdir(), 'sekisho-bench-ingest-'));
    try {
      await runAll(root, report);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function runAll(root: string, report: (row: BenchRow) => void): Promise<void> {
  const organisation = await makeOrganisation(root);
  const bare = await measureBare(root, organisation);
  const peer = { unit: 'events/s', peer: 'bare node:http that only parses', peerValue: bare };
  const overTls = await measureCollector(root, organisation);
  report({ what: 'collector, mutual TLS, SQLite synchronous=FULL', value: overTls, ratio: overTls / bare, ...peer });
  const overHttp = await measureHttp(root, organisation);
  report({ what: 'the same API over plain HTTP', value: overHttp, ratio: overHttp / bare, ...peer });
}

async function makeOrganisation(root: string): Promise<Organisation> {
  const made = await createOrganisation(join(root, 'org'), 'Bench');
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

/** The peer: the same bodies, parsed and forgotten. */
async function measureBare(root: string, organisation: Organisation): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: unknown[] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ accepted: events.length, duplicates: 0, storedThrough: 0 }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const senders = await withCollector(join(root, 'bare'), organisation, (_url, agents) => agents.map((agent) => senderOf(root, agent)));
  const rate = await load({ url: `http://127.0.0.1:${port}/`, senders });
  server.close();
  server.closeAllConnections();
  return rate;
}

function measureCollector(root: string, organisation: Organisation): Promise<number> {
  return withCollector(join(root, 'tls'), organisation, (url, agents) => {
    const senders = agents.map((agent) => ({ ...senderOf(root, agent), key: agent.privateKey, cert: agent.certificate }));
    return load({ url: `${url}/v1/events`, ca: organisation.authority.certificate, senders });
  });
}

/** Without TLS the address says which agent it is; all else is the same. */
async function measureHttp(root: string, organisation: Organisation): Promise<number> {
  const state = join(root, 'http');
  const agents = await withCollector(state, organisation, (_url, enrolled) => enrolled);
  const store = await openStore(state, (error) => {
    throw error;
  });
  const certificates = new Map(agents.map((agent) => [agent.agent, new X509Certificate(agent.certificate)]));
  const dependencies = {
    store,
    organisation,
    signals: new Signals(),
    indexes: await IndexFolder.open(join(state, 'indexes')),
    now: Date.now,
  };
  const app = await buildAgentApi(dependencies, {
    peerCertificate: (request) => certificates.get(new URL(request.url, 'http://x').searchParams.get('agent') ?? '') ?? null,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const senders = agents.map((agent) => ({ ...senderOf(root, agent), path: `?agent=${agent.agent}` }));
  const rate = await load({ url: `${url}/v1/events`, senders });
  await app.close();
  await store.close();
  return rate;
}

async function withCollector<T>(
  state: string,
  organisation: Organisation,
  work: (url: string, agents: readonly Enrolment[]) => T | Promise<T>,
): Promise<T> {
  const onLost = (error: Error): void => {
    throw error;
  };
  const collector = await startCollector({ state, organisation, host: '127.0.0.1', agentPort: 0, consolePort: 0, onLost });
  try {
    const agents: Enrolment[] = [];
    for (let n = 0; n < AGENTS; n += 1) {
      const { token } = administration(state).addToken(organisation, collector.agentUrl, 60_000);
      const result = await enroll({ token, stateFolder: join(state, `agent-${n}`), host: `pc-${n}`, os: 'bench' });
      if (!result.ok) throw new Error(result.error.message);
      agents.push(result.value);
    }
    return await work(collector.agentUrl, agents);
  } finally {
    await collector.stop();
  }
}

/** A new chain for the agent, its batches written to files so that the sending process has nothing to compute. */
function senderOf(root: string, agent: Enrolment): Sender {
  const key = privateKeyFromPem(agent.privateKey);
  let last: Pick<AgentEvent, 'sequence' | 'hash'> = { sequence: 0, hash: GENESIS_HASH };
  const bodies = Array.from({ length: BATCHES }, () => {
    const events = Array.from({ length: BATCH_SIZE }, () => {
      const event = eventAfter(last, agent);
      last = event;
      return event;
    });
    const path = join(root, `${uuidv7()}.json`);
    writeFileSync(path, JSON.stringify({ batch: uuidv7(), events, head: signChainHead(last, key) }));
    return path;
  });
  return { bodies };
}

function eventAfter(last: Pick<AgentEvent, 'sequence' | 'hash'>, { agent, host }: Enrolment): AgentEvent {
  const sequence = last.sequence + 1;
  return sealEvent({
    format: 'sekisho-event/1',
    id: uuidv7(),
    agent,
    sequence,
    time: new Date(1_770_000_000_000 + sequence * 1000).toISOString(),
    host,
    body: encrypted(sequence),
    previousHash: last.hash,
  });
}

const encrypted = (n: number): EventBody => ({
  type: 'file.encrypted',
  severity: 'medium',
  data: {
    actor: { name: `user${n % 500}`, basis: 'session' },
    file: { path: `営業部/2026/顧客名簿-${n}.xlsx`, bytes: 18_944 + n, modified: '2026-04-01T01:02:03.004Z' },
    volume: {
      id: 'linux:8:17',
      filesystem: 'vfat',
      label: 'STICK',
      bytesTotal: 15_728_640_000,
      bus: 'usb',
      device: {
        id: 'usb:1-4.2',
        bus: 'usb',
        classes: ['storage'],
        vendorId: '0781',
        productId: '5581',
        productName: 'Ultra',
        serial: '4C530001230506117342',
      },
    },
    type: 'xlsx',
    findings: [
      {
        detector: 'jp.my-number',
        confidence: 'high',
        count: 12,
        distinct: 11,
        samples: ['12********18'],
        where: [{ sheet: '名簿', cell: 'B2' }],
        reasons: ['check-digit', 'column-header'],
      },
      {
        detector: 'jp.phone',
        confidence: 'medium',
        count: 12,
        distinct: 12,
        samples: ['090-****-**12'],
        where: [{ sheet: '名簿', cell: 'D2' }],
        reasons: ['context-word'],
      },
    ],
    persons: { from: 11, to: 12 },
    unreadable: [],
    verdict: { action: 'encrypt', rule: 'personal-data', severity: 'medium' },
    policy: { name: 'default', version: 7 },
    guard: 'watch',
    present: false,
    exposureMillis: 41,
    storedAs: `営業部/2026/顧客名簿-${n}.xlsx.age`,
  },
});

/** Events a second, each of them acknowledged. Throws when one was not. */
async function load(job: LoadJob): Promise<number> {
  const child: ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream } = spawn(
    process.execPath,
    [join(import.meta.dirname, 'ingest-load.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.stdin.end(JSON.stringify(job));
  const { millis, answers } = (await json(child.stdout)) as LoadResult;
  const accepted = answers.reduce((sum, answer) => sum + eventsResponse.parse(JSON.parse(answer)).accepted, 0);
  if (accepted !== EVENTS) throw new Error(`${accepted} of ${EVENTS} events were acknowledged`);
  return EVENTS / (millis / 1000);
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Enrolment } from '../../src/agent/enrolment/index.ts';
import type { RunningCollector } from '../../src/collector/index.ts';
import { openForReading } from '../../src/collector/store/database.ts';
import { STORE_FILE } from '../../src/collector/store/store.ts';
import type { AgentEvent } from '../../src/contracts/event.ts';
import { sealEvent } from '../../src/node/event-chain.ts';
import type { Organisation } from '../../src/pki/index.ts';
import {
  batchOf,
  call,
  collectorOn,
  encryptedBody,
  enrolled,
  makeOrganisation,
  type RawAnswer,
  temporaryFolder,
  TestChain,
} from './support.ts';

const state = temporaryFolder('collector');
let organisation: Organisation;
let collector: RunningCollector;
let agent: Enrolment;
let chain: TestChain;

beforeAll(async () => {
  organisation = await makeOrganisation();
  collector = await collectorOn(state, organisation);
});
beforeEach(async () => {
  agent = await enrolled(state, organisation, collector.agentUrl);
  chain = new TestChain(agent.agent);
});
afterAll(() => collector.stop());

const send = (events: readonly AgentEvent[], head?: AgentEvent): Promise<RawAnswer> =>
  call(`${collector.agentUrl}/v1/events`, agent, { body: batchOf(agent, events, head) });

const refused = (code: string) => ({ body: { code, retryable: false } });

function storedRows(sql: string, ...values: (string | number)[]): unknown[] {
  const database = openForReading(`${state}/${STORE_FILE}`);
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

const storedSequences = (): unknown[] =>
  storedRows(
    'SELECT sequence FROM events JOIN agents ON agents.row = events.agent WHERE agents.agent = ? ORDER BY sequence',
    agent.agent,
  ).map((row) => (row as { sequence: number }).sequence);

describe('events over mutual TLS', () => {
  it('are taken over in order and acknowledged through the last', async () => {
    chain.grow(3);
    expect(await send(chain.events)).toMatchObject({ status: 200, body: { accepted: 3, duplicates: 0, storedThrough: 3 } });
    expect(storedSequences()).toEqual([1, 2, 3]);
  });

  it('sent again are counted and not stored again', async () => {
    chain.grow(4);
    await send(chain.events.slice(0, 3));
    expect(await send(chain.events)).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 3, storedThrough: 4 } });
    expect(storedSequences()).toEqual([1, 2, 3, 4]);
  });

  it('sent at the same moment on many connections are stored once each', async () => {
    chain.grow(50);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(chain.events)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const accepted = answers.map(({ body }) => (body as { accepted: number }).accepted);
    expect(accepted.toSorted((a, b) => b - a)).toEqual([50, 0, 0, 0, 0, 0, 0, 0]);
    expect(storedSequences()).toHaveLength(50);
  });

  it('may come with a gap, which keeps the acknowledgement back until it is filled', async () => {
    chain.grow(5);
    expect(await send(chain.events.slice(3))).toMatchObject({ status: 200, body: { storedThrough: 0 } });
    expect(await send(chain.events.slice(0, 2))).toMatchObject({ status: 200, body: { storedThrough: 2 } });
    expect(await send(chain.events.slice(2, 3))).toMatchObject({ status: 200, body: { storedThrough: 5 } });
  });

  it('may lack a range that a later event declares with the hash it ended on', async () => {
    chain.grow(4);
    const [first, , lost, last] = chain.events;
    if (first === undefined || lost === undefined || last === undefined) throw new Error('four events');
    const ranges = [{ from: 2, to: 3, lastHash: lost.hash }];
    const dropped = { info: 0, low: 0, medium: 2, high: 0 };
    const declaration = chain.append({ type: 'spool.overflowed', severity: 'high', data: { ranges, dropped } });
    expect(await send([first, last])).toMatchObject({ body: { storedThrough: 1 } });
    expect(await send([declaration])).toMatchObject({ body: { storedThrough: 5 } });
  });

  it('are not acknowledged over a gap that is declared with another hash', async () => {
    chain.grow(4);
    const ranges = [{ from: 2, to: 3, lastHash: 'a'.repeat(64) }];
    const declaration = chain.append({
      type: 'spool.overflowed',
      severity: 'high',
      data: { ranges, dropped: { info: 0, low: 0, medium: 2, high: 0 } },
    });
    const kept = chain.events.filter(({ sequence }) => sequence === 1 || sequence === 4);
    expect(await send([...kept, declaration])).toMatchObject({ status: 200, body: { storedThrough: 1 } });
  });
});

describe('a batch is refused whole, and nothing of it is stored,', () => {
  it('when an event says it is by another agent', async () => {
    const other = new TestChain('agent-of-somebody-else');
    other.grow(1);
    expect(await send(other.events)).toMatchObject({ status: 403, ...refused('DLP_INGEST_IDENTITY') });
  });

  it('when an event was altered', async () => {
    chain.grow(3);
    const altered = chain.events.map((event) => (event.sequence === 2 ? { ...event, host: 'pc-2' } : event));
    expect(await send(altered)).toMatchObject({ status: 409, ...refused('DLP_INGEST_CHAIN') });
    expect(storedSequences()).toEqual([]);
  });

  it('when an event is not linked to the one before it, in the batch or in the store', async () => {
    chain.grow(2);
    const second = chain.events[1];
    if (second === undefined) throw new Error('two events');
    const { hash: _hash, ...content } = second;
    const unlinked = sealEvent({ ...content, previousHash: 'b'.repeat(64) });
    expect(await send([...chain.events.slice(0, 1), unlinked])).toMatchObject({ status: 409, ...refused('DLP_INGEST_CHAIN') });
    await send(chain.events.slice(0, 1));
    expect(await send([unlinked])).toMatchObject({ status: 409, ...refused('DLP_INGEST_CHAIN') });
    expect(storedSequences()).toEqual([1]);
  });

  it('when its first event has a chain before the first', async () => {
    chain.grow(1);
    const [first] = chain.events;
    if (first === undefined) throw new Error('one event');
    const { hash: _hash, ...content } = first;
    expect(await send([sealEvent({ ...content, previousHash: 'c'.repeat(64) })])).toMatchObject({
      status: 409,
      ...refused('DLP_INGEST_CHAIN'),
    });
  });

  it('when an id is used twice', async () => {
    const [first] = chain.grow(1);
    const { hash: _hash, ...content } = chain.append(encryptedBody('b.xlsx'));
    const twin = sealEvent({ ...content, id: first?.id ?? '' });
    expect(await send([...chain.events.slice(0, 1), twin])).toMatchObject({ status: 409, ...refused('DLP_INGEST_CHAIN') });
  });

  it('when the order is wrong', async () => {
    chain.grow(2);
    expect(await send(chain.events.toReversed(), chain.events[1])).toMatchObject({ status: 409, ...refused('DLP_INGEST_CHAIN') });
  });

  it('when the head is signed by another key, or is of another chain, or lies before the last event', async () => {
    chain.grow(2);
    const stranger = await enrolled(state, organisation, collector.agentUrl, 'pc-9');
    const foreign = { body: batchOf(stranger, chain.events) };
    expect(await call(`${collector.agentUrl}/v1/events`, agent, foreign)).toMatchObject({ status: 400, ...refused('DLP_INGEST_HEAD') });
    const otherFuture = chain.fork();
    const [other] = otherFuture.grow(1);
    chain.grow(1);
    expect(await send(chain.events, other)).toMatchObject({ status: 400, ...refused('DLP_INGEST_HEAD') });
    expect(await send(chain.events, chain.events[0])).toMatchObject({ status: 400, ...refused('DLP_INGEST_HEAD') });
    expect(storedSequences()).toEqual([]);
  });

  it('when a field is unknown, at any depth, or the body is no JSON, or is not UTF-8', async () => {
    chain.grow(1);
    const good = batchOf(agent, chain.events);
    const deep = structuredClone(good) as unknown as { events: { body: { data: Record<string, unknown> } }[] };
    Object.assign(deep.events[0]?.body.data ?? {}, { extra: 1 });
    const latin1 = Buffer.from(JSON.stringify(good).replace('pc-1', 'pc-é'), 'latin1');
    for (const body of [{ ...good, extra: 1 }, deep, '{"batch":', latin1, '[]', 'null']) {
      expect(await call(`${collector.agentUrl}/v1/events`, agent, { body })).toMatchObject({ status: 400, ...refused('DLP_INGEST_BODY') });
    }
    expect(storedSequences()).toEqual([]);
  });
});

describe('two futures of one chain', () => {
  it('are a fork: the second is refused and kept as evidence', async () => {
    chain.grow(2);
    const other = chain.fork();
    chain.grow(2);
    other.grow(1);
    await send(chain.events);
    const forged = other.events.at(-1);
    expect(await send(other.events.slice(-1))).toMatchObject({ status: 409, ...refused('DLP_INGEST_FORK') });
    const evidence = storedRows(
      'SELECT sequence, lower(hex(offered_hash)) AS offered FROM forks JOIN agents ON agents.row = forks.agent WHERE agents.agent = ?',
      agent.agent,
    );
    expect(evidence).toEqual([{ sequence: 3, offered: forged?.hash }]);
    expect(storedSequences()).toEqual([1, 2, 3, 4]);
  });

  it('are seen even when the first was only promised by a signed head', async () => {
    chain.grow(1);
    const other = chain.fork();
    const [promised] = chain.grow(1);
    other.grow(1);
    await send(chain.events.slice(0, 1), promised);
    expect(await send(other.events.slice(-1))).toMatchObject({ status: 409, ...refused('DLP_INGEST_FORK') });
    expect(await send(chain.events)).toMatchObject({ status: 200, body: { accepted: 1, storedThrough: 2 } });
  });
});

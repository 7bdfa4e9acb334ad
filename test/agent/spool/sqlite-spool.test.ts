import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool } from '../../../src/agent/spool/open-spool.ts';
import type { OpenSpool } from '../../../src/agent/spool/sqlite-spool.ts';
import type { AgentEvent, EventBody } from '../../../src/contracts/event.ts';
import type { Severity } from '../../../src/contracts/ids.ts';
import { ChainVerifier } from '../../../src/node/event-chain.ts';
import { decision } from './decision.ts';

const AT = '2026-11-22T03:04:05.678Z';
let folder: string;
let spool: OpenSpool | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-spool-'));
});
afterEach(() => {
  spool?.close();
  spool = undefined;
  rmSync(folder, { recursive: true });
});

function open(maxBytes = 10_000_000): OpenSpool {
  spool?.close();
  spool = openSpool({ path: join(folder, 'spool.db'), agent: 'agent-1', host: 'pc-1', maxBytes });
  return spool;
}

function stopped(reason: string, severity: Severity = 'info'): EventBody {
  return { type: 'agent.stopped', severity, data: { reason: reason.slice(0, 256) } };
}

function problems(events: readonly AgentEvent[]) {
  const verifier = new ChainVerifier();
  for (const event of events) verifier.accept(event);
  return verifier.finish();
}

describe('append', () => {
  it('seals a chain that verifies and goes on over a reopening', () => {
    open().append(AT, stopped('one'));
    open().append(AT, stopped('two'));
    const events = open().pending(0, 10);
    expect(events.map((event) => [event.sequence, event.body.data])).toEqual([
      [1, { reason: 'one' }],
      [2, { reason: 'two' }],
    ]);
    expect(problems(events)).toEqual([]);
    expect(spool?.head()).toEqual({ sequence: 2, hash: events[1]?.hash });
  });

  it('keeps hostile text exactly, lone surrogates too', () => {
    const text = 'a\u0000\u202e\ud800"\\\n日本';
    open().append(AT, stopped(text));
    const events = open().pending(0, 1);
    expect(events[0]?.body.data).toEqual({ reason: text });
    expect(problems(events)).toEqual([]);
  });

  it('tells listeners after the event is stored, until they leave', () => {
    const spooled = open();
    const seen: number[] = [];
    const leave = spooled.onAppend(() => seen.push(spooled.count()));
    spooled.append(AT, stopped('one'));
    spooled.append(AT, stopped('two'));
    leave();
    spooled.append(AT, stopped('three'));
    expect(seen).toEqual([1, 2]);
  });

  it('changes nothing when an event cannot be stored', () => {
    const spooled = open();
    spooled.append(AT, stopped('one'));
    const impossible = { type: 'agent.stopped', severity: 'info', data: { reason: Number.NaN } } as unknown as EventBody;
    expect(() => spooled.append(AT, impossible)).toThrow(TypeError);
    spooled.append(AT, stopped('two'));
    expect(problems(open().pending(0, 10))).toEqual([]);
    expect(spool?.count()).toBe(2);
  });
});

describe('intents', () => {
  it('stay over a reopening and go with the event that settles them', () => {
    open().addIntent({ fileId: 'file-1', action: 'encrypt', decision });
    expect(open().intents()).toEqual([{ fileId: 'file-1', action: 'encrypt', decision }]);
    spool?.append(AT, stopped('other'), 'file-2');
    expect(spool?.intents()).toHaveLength(1);
    spool?.append(AT, stopped('its own'), 'file-1');
    expect(open().intents()).toEqual([]);
    spool?.addIntent({ fileId: 'file-3', action: 'block', decision });
    spool?.dropIntent('file-3');
    expect(spool?.intents()).toEqual([]);
  });
});

describe('acknowledge', () => {
  it('moves pending on and keeps the newest for the own page', () => {
    const spooled = open();
    for (let n = 1; n <= 5; n += 1) spooled.append(AT, stopped(`${n}`));
    spooled.acknowledge(3);
    spooled.acknowledge(2);
    expect(spooled.count()).toBe(2);
    expect(
      open()
        .pending(0, 10)
        .map((event) => event.sequence),
    ).toEqual([4, 5]);
    const newest = spool?.recent(2) ?? [];
    expect(newest.map((event) => event.sequence)).toEqual([5, 4]);
    expect(spool?.recent(10, newest[1]?.id).map((event) => event.sequence)).toEqual([3, 2, 1]);
  });

  it('prunes acknowledged events beyond a number', () => {
    const spooled = open();
    for (let n = 1; n <= 2100; n += 1) spooled.append(AT, stopped('x'));
    spooled.acknowledge(2100);
    expect(spooled.recent(5000)).toHaveLength(2000);
    expect(spooled.head()?.sequence).toBe(2100);
  });
});

describe('handing out', () => {
  it('gives each event once, when it is on disk, over a reopening too', async () => {
    const spooled = open();
    const taken: unknown[] = [];
    const take = (events: readonly AgentEvent[]) => taken.push(...events.map((event) => event.sequence));
    spooled.append(AT, stopped('one'));
    spooled.append(AT, stopped('two'));
    await spooled.synced();
    spooled.handOut(take);
    spooled.handOut(take);
    expect(spooled.count()).toBe(0);
    spooled.append(AT, stopped('three'));
    await spooled.synced();
    spooled.handOut(take);
    open().handOut(take);
    expect(taken).toEqual([1, 2, 3]);
    expect(problems(spool?.recent(10).toReversed() ?? [])).toEqual([]);
  });

  it('gives what was taken last again after a crash, and knows it by its id', async () => {
    const spooled = open();
    spooled.append(AT, stopped('one'));
    spooled.append(AT, stopped('two'));
    await spooled.synced();
    const taken: AgentEvent[] = [];
    spooled.handOut((events) => void taken.push(...events));
    // What a killed process leaves.
    for (const file of ['spool.db', 'spool.db-wal', 'spool.db.head']) copyFileSync(join(folder, file), join(folder, `left-${file}`));
    const left = openSpool({ path: join(folder, 'left-spool.db'), agent: 'agent-1', host: 'pc-1', maxBytes: 10_000_000 });
    try {
      left.acknowledge(left.find(taken[0]?.id ?? '') ?? 0);
      const again: AgentEvent[] = [];
      left.handOut((events) => void again.push(...events));
      expect(again).toEqual(taken.slice(1));
      expect(left.find('019aa000-0000-7000-8000-000000000001')).toBeUndefined();
    } finally {
      left.close();
    }
  });
});

describe('overflow', () => {
  const filler = 'x'.repeat(200);

  it('drops the oldest of the lowest severity, says exactly what, and the chain verifies', () => {
    const spooled = open(65_536);
    const severities: Severity[] = ['info', 'low', 'info', 'medium', 'high'];
    for (let n = 0; n < 600; n += 1) spooled.append(AT, stopped(filler, severities[n % severities.length]));
    const events = open(65_536).pending(0, 10_000);
    expect(problems(events)).toEqual([]);
    const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0);
    expect(bytes).toBeLessThanOrEqual(65_536 * 1.1);
    const overflows = events.filter((event) => event.body.type === 'spool.overflowed');
    expect(overflows.length).toBeGreaterThan(0);
    expect(overflows.length).toBeLessThan(60);
    const dropped = overflows.reduce(
      (sum, event) => sum + (event.body.type === 'spool.overflowed' ? Object.values(event.body.data.dropped).reduce((a, b) => a + b) : 0),
      0,
    );
    expect(events.length + dropped).toBe(spool?.head()?.sequence);
    const lastOverflow = overflows.at(-1)?.sequence ?? 0;
    const kept = (severity: Severity) =>
      events.filter((event) => event.sequence < lastOverflow && event.body.type === 'agent.stopped' && event.body.severity === severity)
        .length;
    expect(kept('high')).toBeGreaterThan(kept('medium'));
    expect(kept('info')).toBeLessThanOrEqual(1);
  });

  it('does not drop what the collector may already hold', () => {
    const spooled = open(65_536);
    for (let n = 0; n < 20; n += 1) spooled.append(AT, stopped(filler));
    const batch = spooled.pending(0, 10);
    for (let n = 0; n < 300; n += 1) spooled.append(AT, stopped(filler, 'low'));
    expect(spooled.pending(0, 10)).toEqual(batch);
    const rest = spooled.pending(10, 10_000);
    expect(problems([...batch, ...rest])).toEqual([]);
    expect(rest.some((event) => event.sequence === 11)).toBe(false);
  });

  it('follows a bound made smaller by policy', () => {
    const spooled = open();
    for (let n = 0; n < 400; n += 1) spooled.append(AT, stopped(filler));
    spooled.setMaxBytes(70_000);
    expect(spooled.count()).toBeLessThan(200);
    expect(problems(spooled.pending(0, 10_000))).toEqual([]);
  });

  it('prunes nothing that waits, whatever was acknowledged', () => {
    const spooled = open(65_536);
    const sent: AgentEvent[] = [];
    for (let n = 0; n < 500; n += 1) {
      spooled.append(AT, stopped(filler, n % 3 === 0 ? 'medium' : 'info'));
      if (n % 50 !== 0) continue;
      const batch = spooled.pending(sent.at(-1)?.sequence ?? 0, 20);
      sent.push(...batch);
      spooled.acknowledge(sent.at(-1)?.sequence ?? 0);
    }
    sent.push(...spooled.pending(sent.at(-1)?.sequence ?? 0, 10_000));
    expect(problems(sent)).toEqual([]);
  });
});

describe('a lost database', () => {
  it('is moved aside and the chain goes on behind every number used, saying which are missing', () => {
    const spooled = open();
    const before: AgentEvent[] = [];
    for (let n = 1; n <= 5; n += 1) before.push(spooled.append(AT, stopped(`${n}`)));
    spooled.acknowledge(2);
    spooled.close();
    spool = undefined;
    for (const suffix of ['-wal', '-shm']) rmSync(join(folder, `spool.db${suffix}`), { force: true });
    writeFileSync(join(folder, 'spool.db'), Buffer.alloc(8192, 'not a database'));
    const opened = open();
    expect(opened.movedAside).toMatch(/spool\.db\.corrupt-/);
    expect(readdirSync(folder)).toContain(opened.movedAside?.slice(folder.length + 1));
    const next = opened.append(AT, stopped('after'));
    expect(next.sequence).toBeGreaterThan(10_005);
    const whole = [...before.slice(0, 2), ...opened.pending(0, 10)];
    expect(problems(whole)).toEqual([]);
    expect(whole[2]?.body).toMatchObject({ type: 'spool.overflowed', data: { ranges: [{ from: 3, lastHash: before[4]?.hash }] } });
  });

  it('is noticed when the file is simply gone', () => {
    open().append(AT, stopped('one'));
    spool?.close();
    spool = undefined;
    rmSync(join(folder, 'spool.db'));
    const opened = open();
    expect(opened.head()?.sequence).toBeGreaterThan(1);
    expect(opened.movedAside).toBeNull();
  });

  it('is not mistaken for a sound one with a torn head file', () => {
    open().append(AT, stopped('one'));
    spool?.close();
    spool = undefined;
    writeFileSync(join(folder, 'spool.db.head'), 'torn');
    expect(open().append(AT, stopped('two')).sequence).toBe(2);
  });
});

it('refuses the spool of another agent', () => {
  open().append(AT, stopped('one'));
  spool?.close();
  spool = undefined;
  expect(() => openSpool({ path: join(folder, 'spool.db'), agent: 'agent-2', host: 'pc', maxBytes: 1e6 })).toThrow(/belongs/);
});

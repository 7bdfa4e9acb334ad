import { describe, expect, test } from 'vitest';
import { failure } from '../../src/contracts/errors.ts';
import { type AgentEvent, type EventBody, GENESIS_HASH } from '../../src/contracts/event.ts';
import type { EnforcementOutcome } from '../../src/contracts/input.ts';
import { err, ok } from '../../src/contracts/result.ts';
import type { EnforcementOrder, FileArrival, Guard, InspectionRequest, Inspector, Intent, Spool } from '../../src/core/ports.ts';
import { Engine } from '../../src/agent/engine.ts';
import { sealEvent } from '../../src/node/event-chain.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeSessions } from '../fakes/fake-sessions.ts';
import { inspectionOf, RECIPIENT, samplePolicy, STICK, USER } from '../core/samples.ts';

const MINUTE = 60_000;
const STAMP = { device: 1n, inode: 2n, size: 3n, modified: 4n, changed: 5n };

/** Everything the engine does, in order, so that tests can ask what came before what. */
function rig() {
  const log: string[] = [];
  const events: EventBody[] = [];
  const intents: Intent[] = [];
  const disk = { full: false };
  const outcomes = new Map<string, EnforcementOutcome>();
  const clock = new FakeClock();
  const sessions = new FakeSessions();
  let arrive: (arrival: FileArrival) => void = () => undefined;

  const spool: Spool & { synced: () => Promise<void> } = {
    append(time, body, settles): AgentEvent {
      if (disk.full) throw new Error('database or disk is full');
      log.push(`event ${body.type}${settles === undefined ? '' : ` settles ${settles}`}`);
      events.push(body);
      const id = '019aa000-0000-7000-8000-000000000001';
      return sealEvent({ format: 'sekisho-event/1', id, agent: 'pc-1', sequence: 1, time, host: 'pc-1', body, previousHash: GENESIS_HASH });
    },
    addIntent(intent) {
      log.push(`intent ${intent.fileId}`);
      intents.push(intent);
    },
    synced() {
      log.push('on disk');
      return Promise.resolve();
    },
    dropIntent: (fileId) => log.push(`dropped ${fileId}`),
    intents: () => intents,
    close: () => undefined,
  };
  const guard: Guard = {
    mode: 'watch',
    start(report) {
      arrive = report;
      return Promise.resolve(ok(undefined));
    },
    source: (fileId) => (fileId === 'gone' ? null : { path: new TextEncoder().encode(`/stick/${fileId}`), stamp: STAMP }),
    again: (fileId) => log.push(`again ${fileId}`),
    enforce(fileId, order: EnforcementOrder) {
      log.push(`enforce ${fileId} ${order.action}`);
      return Promise.resolve({ done: true, ...(order.action === 'encrypt' ? { storedAs: `${fileId}.age` } : {}) });
    },
    release: () => Promise.resolve(ok('back')),
    outcomes: () => outcomes,
    settled: (fileId) => log.push(`settled ${fileId}`),
    stop() {
      log.push('guard stopped');
      return Promise.resolve();
    },
  };
  const engine = new Engine({
    clock,
    spool,
    guardChoice: 'watch',
    createGuard: () => guard,
    inspector: {
      inspect: (({ name }: InspectionRequest) =>
        Promise.resolve(name === 'swapped' ? null : inspectionOf(name === 'secret' ? 'jp.my-number' : undefined))) as Inspector['inspect'],
      close: () => Promise.resolve(),
    },
    denyVolume: () => Promise.resolve(err(failure('DLP_FILE_PERMISSION', 'not root'))),
    sessions,
    notify: (_to, { action }) => log.push(`notify ${action}`),
    warnScreenLock: () => log.push('warned'),
    fetchPolicy: () => log.push('fetch'),
    rescanVolumes: () => Promise.resolve(),
    reportCommand: (_id, good) => log.push(`command ${good}`),
    fatal: (error) => log.push(`fatal ${String(error)}`),
  });
  const apply = (): void =>
    engine.report({ kind: 'policy.applied', policy: samplePolicy(), reference: { name: 'sample', version: 1 }, recipients: [RECIPIENT] });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const arrival = (fileId: string) =>
    arrive({ fileId, path: fileId, bytes: 1, modified: '2026-04-01T00:00:00.000Z', actor: USER, present: false });
  return { engine, disk, clock, sessions, log, intents, outcomes, events, apply, settle, arrival };
}

describe('a file through the engine', () => {
  test('its intent is durable before it is touched, and its event closes the intent', async () => {
    const { engine, log, apply, settle, arrival } = rig();
    apply();
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    log.length = 0;
    arrival('secret');
    await settle();
    await settle();
    expect(log).toEqual([
      'intent secret',
      'on disk',
      'enforce secret encrypt',
      'event file.encrypted settles secret',
      'on disk',
      'notify encrypt',
      'settled secret',
    ]);
  });

  test('one that nothing is done to needs no intent', async () => {
    const { engine, log, apply, settle, arrival } = rig();
    apply();
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    log.length = 0;
    arrival('harmless');
    await settle();
    await settle();
    expect(log).toEqual(['enforce harmless record', 'event file.recorded settles harmless', 'on disk', 'settled harmless']);
  });

  test('what an earlier run did and could not tell of is told now, once', async () => {
    const { engine, log, intents, outcomes, apply, settle, arrival } = rig();
    apply();
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    arrival('secret');
    await settle();
    const [intent] = intents;
    engine.report({ kind: 'volume.unmounted', volumeId: STICK.id });
    intents.splice(0, intents.length, { ...(intent as Intent), fileId: 'earlier' });
    outcomes.set('earlier', { done: true, storedAs: 'secret.age' });
    log.length = 0;
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    expect(log).toContain('event file.encrypted settles earlier');
    expect(log).toContain('settled earlier');
  });

  test('one that was exchanged for another gets no verdict and is looked at again', async () => {
    const { engine, log, apply, settle, arrival } = rig();
    apply();
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    log.length = 0;
    arrival('swapped');
    await settle();
    expect(log).toEqual(['again swapped']);
    expect(engine.state.files).toEqual({});
  });

  test('one that vanished before inspection leaves nothing behind', async () => {
    const { engine, apply, settle, arrival } = rig();
    apply();
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    arrival('gone');
    await settle();
    expect(engine.state.files).toEqual({});
  });

  test('a spool that takes no more ends the agent; whoever reported does not see it thrown', () => {
    const { engine, disk, log } = rig();
    disk.full = true;
    engine.report({ kind: 'agent.stopping', reason: 'test' });
    expect(log).toEqual(['fatal Error: database or disk is full']);
  });

  test('a volume that cannot be denied is told, not fatal', async () => {
    const { engine, events, log, settle, apply } = rig();
    apply();
    engine.report({ kind: 'volume.mounted', volume: STICK });
    await settle();
    engine.report({ kind: 'guard.failed', volumeId: STICK.id, code: 'DLP_GUARD_START', reason: 'no' });
    await settle();
    expect(events.map(({ type }) => type)).toContain('source.failed');
    expect(log.filter((line) => line.startsWith('fatal'))).toEqual([]);
  });
});

describe('idleness through the engine (lock after 10m, warn 30s)', () => {
  test('locks once when the limit is reached, however long it goes on', async () => {
    const { clock, sessions, log, apply, settle, engine } = rig();
    apply();
    sessions.login('s1', 'hanako');
    engine.report({ kind: 'session.seen', session: 's1', actor: USER });
    for (let minute = 0; minute < 40; minute += 1) {
      clock.advance(MINUTE / 2);
      sessions.setIdle('s1', (minute + 1) * (MINUTE / 2));
      await settle();
    }
    expect(sessions.locks).toEqual(['s1']);
    expect(log.filter((line) => line === 'event screen.locked')).toHaveLength(1);
    expect(log.filter((line) => line === 'warned')).toHaveLength(1);
  });

  test('activity before the limit prevents it', async () => {
    const { clock, sessions, apply, settle, engine } = rig();
    apply();
    sessions.login('s1', 'hanako');
    engine.report({ kind: 'session.seen', session: 's1', actor: USER });
    for (let minute = 0; minute < 60; minute += 1) {
      clock.advance(MINUTE);
      sessions.setIdle('s1', (minute % 9) * MINUTE);
      await settle();
    }
    expect(sessions.locks).toEqual([]);
  });
});

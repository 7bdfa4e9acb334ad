import { describe, expect, test } from 'vitest';
import type { AgentInput } from '../../src/contracts/input.ts';
import { applied, AT, eventTypes, play, samplePolicy, started, USER } from './samples.ts';

const MINUTE = 60_000;
const seen: AgentInput = { kind: 'session.seen', at: AT, session: 's1', actor: USER };
const idle = (idleMillis: number, locked = false): AgentInput => ({ kind: 'session.idle', at: AT, session: 's1', idleMillis, locked });
const result = (ok: boolean): AgentInput => ({
  kind: 'session.lock-result',
  at: AT,
  session: 's1',
  ok,
  ...(ok ? {} : { code: 'X', reason: 'no' }),
});
const ready = [started, applied(), seen];

describe('the idle lock (after 10m, warn 30s)', () => {
  test('asks for the idle time when it could first matter, not before', () => {
    expect(play(ready).last).toEqual([{ kind: 'readIdle', session: 's1' }]);
    expect(play([...ready, idle(3 * MINUTE)]).last).toEqual([{ kind: 'setTimer', timer: 'idle:s1', millis: 6.5 * MINUTE }]);
  });

  test('warns once, then locks once, then tells', () => {
    const warned = play([...ready, idle(9.5 * MINUTE)]);
    expect(eventTypes(warned.last)).toEqual(['screen.lock-warned']);
    expect(warned.last).toEqual(expect.arrayContaining([{ kind: 'warnScreenLock', session: 's1', inMillis: 30_000 }]));
    expect(eventTypes(play([idle(9.8 * MINUTE)], warned.state).last)).toEqual([]);
    const locking = play([idle(10 * MINUTE)], warned.state);
    expect(locking.last).toEqual([{ kind: 'lockScreen', session: 's1' }]);
    expect(play([idle(11 * MINUTE)], locking.state).last).toEqual([]);
    const locked = play([result(true)], locking.state);
    expect(locked.last[0]).toMatchObject({ body: { type: 'screen.locked', data: { idleMillis: 10 * MINUTE, actor: USER } } });
  });

  test('activity after the warning prevents the lock', () => {
    const { last, state } = play([...ready, idle(9.5 * MINUTE), idle(1000)]);
    expect(last).toEqual([{ kind: 'setTimer', timer: 'idle:s1', millis: 9.5 * MINUTE - 1000 }]);
    expect(state.sessions['s1']?.phase).toBe('active');
  });

  test('a session locked by its own user is left alone', () => {
    const { last } = play([...ready, idle(20 * MINUTE, true)]);
    expect(last.map((effect) => effect.kind)).toEqual(['setTimer']);
  });

  test('a lock that fails is told once and tried again', () => {
    const first = play([...ready, idle(10 * MINUTE), result(false)]);
    expect(eventTypes(first.last)).toEqual(['screen.lock-failed']);
    const second = play([idle(11 * MINUTE), result(false)], first.state);
    expect(eventTypes(second.last)).toEqual([]);
    expect(second.last).toEqual([{ kind: 'setTimer', timer: 'idle:s1', millis: 30_000 }]);
    expect(eventTypes(play([idle(12 * MINUTE), result(true), idle(13 * MINUTE), result(false)], second.state).last)).toEqual([
      'screen.lock-failed',
    ]);
  });

  test('a policy without screen-lock asks nothing and stops asking', () => {
    const { 'screen-lock': _lock, ...open } = samplePolicy();
    expect(play([...ready, applied(open as never, 2)]).last).toEqual(expect.arrayContaining([{ kind: 'clearTimer', timer: 'idle:s1' }]));
  });

  test('an unreadable idle time is one event, and asking goes on', () => {
    const failed: AgentInput = { kind: 'source.failed', at: AT, source: 'sessions', code: 'DLP_SESSION_UNAVAILABLE', reason: 'no bus' };
    const first = play([...ready, failed]);
    expect(eventTypes(first.last)).toEqual(['source.failed']);
    expect(first.last).toEqual(expect.arrayContaining([{ kind: 'setTimer', timer: 'idle:s1', millis: 30_000 }]));
    expect(eventTypes(play([failed], first.state).last)).toEqual([]);
  });
});

import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { SessionChange } from '../../src/core/ports.ts';
import { TraySessions } from '../../src/platform/tray-sessions.ts';

let now: number;
let sessions: TraySessions;
let changes: SessionChange[];

beforeEach(async () => {
  now = 1_000_000;
  changes = [];
  sessions = new TraySessions(() => now);
  await sessions.start((change) => changes.push(change));
});

const alice = { name: 'alice', basis: 'session' } as const;

describe('sessions told by their trays', () => {
  test('come and go with the tray', () => {
    sessions.connected('1', alice, () => true);
    sessions.disconnected('1');
    sessions.disconnected('1');
    expect(changes).toEqual([
      { kind: 'seen', session: '1', actor: alice },
      { kind: 'ended', session: '1' },
    ]);
  });

  test('a tray that was there before the start is seen', async () => {
    const early = new TraySessions(() => now);
    early.connected('1', alice, () => true);
    const seen: SessionChange[] = [];
    await early.start((change) => seen.push(change));
    expect(seen).toHaveLength(1);
  });

  test('a report is believed for a while, then not: the tray may have been ended', async () => {
    sessions.connected('1', alice, () => true);
    expect(await sessions.readIdle('1')).toMatchObject({ ok: false, error: { code: 'DLP_SESSION_UNAVAILABLE' } });
    sessions.idleReported('1', { idleMillis: 5000, locked: true });
    expect(await sessions.readIdle('1')).toEqual({ ok: true, value: { idleMillis: 5000, locked: true } });
    expect(sessions.idleOf('alice')?.idleMillis).toBe(5000);
    expect(sessions.idleOf('bob')).toBeNull();
    now += 90_001;
    expect(await sessions.readIdle('1')).toMatchObject({ ok: false });
    expect(sessions.idleOf('alice')).toBeNull();
  });

  test('of several trays of one user the most active counts', () => {
    sessions.connected('1', alice, () => true);
    sessions.connected('2', alice, () => true);
    sessions.idleReported('1', { idleMillis: 9000, locked: false });
    sessions.idleReported('2', { idleMillis: 100, locked: false });
    expect(sessions.idleOf('alice')?.idleMillis).toBe(100);
  });
});

describe('locking through a tray', () => {
  test('succeeds when the tray says so, and asks it once', async () => {
    const ask = vi.fn<() => boolean>(() => true);
    sessions.connected('1', alice, ask);
    const locking = sessions.lock('1');
    sessions.lockReported('1', { ok: true });
    expect(await locking).toEqual({ ok: true, value: undefined });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test('fails when the tray says so, goes away, or is not there', async () => {
    sessions.connected('1', alice, () => true);
    const refused = sessions.lock('1');
    sessions.lockReported('1', { ok: false, reason: 'no locker installed' });
    expect(await refused).toMatchObject({
      ok: false,
      error: { code: 'DLP_LOCK_FAILED', message: expect.stringContaining('no locker') as unknown },
    });

    const left = sessions.lock('1');
    sessions.disconnected('1');
    expect(await left).toMatchObject({ ok: false, error: { code: 'DLP_LOCK_FAILED' } });
    expect(await sessions.lock('1')).toMatchObject({ ok: false });

    sessions.connected('2', alice, () => false);
    expect(await sessions.lock('2')).toMatchObject({ ok: false });
  });

  test('fails when the tray never answers', async () => {
    vi.useFakeTimers();
    try {
      sessions.connected('1', alice, () => true);
      const locking = sessions.lock('1');
      await vi.runAllTimersAsync();
      expect(await locking).toMatchObject({ ok: false, error: { code: 'DLP_LOCK_FAILED' } });
    } finally {
      vi.useRealTimers();
    }
  });
});

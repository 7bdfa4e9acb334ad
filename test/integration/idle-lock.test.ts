import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionChange, SessionControl } from '../../src/core/ports.ts';
import { loadPlatform } from '../../src/platform/index.ts';
import { TraySessions } from '../../src/platform/tray-sessions.ts';
import { type LoginBus, type Screen, startLoginBus, startScreen, until, whyNoDesktop } from './desktop.ts';

const missing = whyNoDesktop();
if (missing !== null) console.log(`skipped test/integration/idle-lock.test.ts: ${missing}`);

const UID = process.geteuid?.() ?? 0;

describe.skipIf(missing !== null)('sessions of a real D-Bus and a real X server', () => {
  let screen: Screen;
  let bus: LoginBus;
  let sessions: SessionControl;
  let tray: TraySessions;
  let changes: SessionChange[];

  beforeAll(async () => {
    screen = await startScreen();
  });
  afterAll(async () => {
    await screen.stop();
  });
  beforeEach(async () => {
    bus = await startLoginBus();
    process.env['DBUS_SYSTEM_BUS_ADDRESS'] = bus.address;
    tray = new TraySessions(Date.now);
    sessions = (await loadPlatform()).sessions(tray);
    changes = [];
  });
  afterEach(async () => {
    await sessions.stop();
    await bus.stop();
    delete process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  });

  const start = (): ReturnType<SessionControl['start']> => sessions.start((change) => changes.push(change));
  const addAlice = (): Promise<void> => bus.addSession({ id: 'c1', user: 'alice', uid: UID, display: screen.display });

  async function idleOf(session: string): Promise<number> {
    const idle = await sessions.readIdle(session);
    if (!idle.ok) throw new Error(idle.error.message);
    return idle.value.idleMillis;
  }

  test('those there at the start are seen, with their user; those without a screen are not', async () => {
    await addAlice();
    await bus.addSession({ id: 'c2', user: 'bob', uid: 12_345, type: 'tty' });
    expect(await start()).toEqual({ ok: true, value: undefined });
    expect(changes).toEqual([{ kind: 'seen', session: 'c1', actor: { name: 'alice', basis: 'session' } }]);
  });

  test('those that come and go later are told', async () => {
    await start();
    expect(changes).toEqual([]);
    await addAlice();
    await until(() => changes.length === 1, 'the session to be seen');
    await bus.removeSession('c1');
    await until(() => changes.length === 2, 'the session to end');
    expect(changes.map((change) => change.kind)).toEqual(['seen', 'ended']);
  });

  test('idle time grows while nobody moves, and activity ends it', async () => {
    await addAlice();
    await start();
    await screen.touch();
    let longest = 0;
    await until(async () => (longest = await idleOf('c1')) > 700, 'idle time to grow');
    await screen.touch();
    expect(await idleOf('c1')).toBeLessThan(longest);
  });

  test('a Wayland session goes by its hint, whatever its X display says', async () => {
    await bus.addSession({ id: 'w1', user: 'alice', uid: UID, type: 'wayland', display: screen.display });
    await start();
    await until(async () => (await idleOf('w1')) === 0, 'no hint to mean activity');
    const since = (Date.now() - 3_600_000) * 1000;
    await bus.setProperty('w1', 'IdleSinceHint', ['t', String(since)]);
    await bus.setProperty('w1', 'IdleHint', ['b', 'true']);
    expect(await idleOf('w1')).toBeGreaterThanOrEqual(3_600_000);
    tray.connected('tray', { name: 'alice', basis: 'session' }, () => true);
    tray.idleReported('tray', { idleMillis: 42, locked: false });
    expect(await idleOf('w1')).toBe(42);
  });

  test('locking reaches the login manager once for each call, for that session alone', async () => {
    await addAlice();
    await bus.addSession({ id: 'c3', user: 'bob', uid: 12_345, display: ':77' });
    await start();
    expect(await bus.locks()).toEqual([]);
    expect(await sessions.lock('c1')).toEqual({ ok: true, value: undefined });
    expect(await bus.locks()).toEqual(['c1']);
  });

  test('a locked session says so', async () => {
    await addAlice();
    await start();
    expect(await sessions.readIdle('c1')).toMatchObject({ ok: true, value: { locked: false } });
    await bus.setProperty('c1', 'LockedHint', ['b', 'true']);
    expect(await sessions.readIdle('c1')).toMatchObject({ ok: true, value: { locked: true } });
  });

  test('an unknown session is refused, and a display that answers nobody is activity, not a hang', async () => {
    await bus.addSession({ id: 'c4', user: 'alice', uid: UID, display: ':4242' });
    await start();
    expect(await sessions.readIdle('nobody')).toMatchObject({ ok: false, error: { code: 'DLP_SESSION_UNAVAILABLE' } });
    expect(await sessions.lock('nobody')).toMatchObject({ ok: false, error: { code: 'DLP_LOCK_FAILED' } });
    expect(await idleOf('c4')).toBe(0);
  });

  test('when the bus dies its sessions end and questions fail, without a throw', async () => {
    await addAlice();
    await start();
    await bus.stop();
    await until(() => changes.length === 2, 'the sessions to end');
    expect(changes.at(-1)).toEqual({ kind: 'ended', session: 'c1' });
    expect(await sessions.readIdle('c1')).toMatchObject({ ok: false, error: { code: 'DLP_SESSION_UNAVAILABLE' } });
  });
});

describe.skipIf(process.platform !== 'linux')('without a bus', () => {
  beforeEach(() => {
    process.env['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=/nonexistent/bus';
  });
  afterEach(() => {
    delete process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  });

  test('there are no sessions, and that is said', async () => {
    const sessions = (await loadPlatform()).sessions();
    expect(await sessions.start(() => undefined)).toMatchObject({ ok: false, error: { code: 'DLP_SESSION_UNAVAILABLE', retryable: true } });
    await sessions.stop();
  });

  test('the trays stand in where there are any', async () => {
    const tray = new TraySessions(Date.now);
    const sessions = (await loadPlatform()).sessions(tray);
    const changes: SessionChange[] = [];
    expect(await sessions.start((change) => changes.push(change))).toMatchObject({ ok: true });
    let asked = 0;
    tray.connected('tray:1', { name: 'alice', basis: 'session' }, () => (asked += 1) > 0);
    tray.idleReported('tray:1', { idleMillis: 1000, locked: false });
    expect(changes).toMatchObject([{ kind: 'seen', session: 'tray:1' }]);
    expect(await sessions.readIdle('tray:1')).toEqual({ ok: true, value: { idleMillis: 1000, locked: false } });
    const locking = sessions.lock('tray:1');
    tray.lockReported('tray:1', { ok: true });
    expect(await locking).toMatchObject({ ok: true });
    expect(asked).toBe(1);
    await sessions.stop();
  });
});

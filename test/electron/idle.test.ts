import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IdleReporter, lockToReportFor, nextLook } from '../../electron/main/idle.ts';
import { lockCommand, lockScreen } from '../../electron/main/screen-lock.ts';
import { reconnectDelay } from '../../electron/main/reconnect.ts';
import { sampleStatus } from './samples.ts';

const monitor = vi.hoisted(() => ({ current: null as EventEmitter | null }));
vi.mock('electron', () => ({
  get powerMonitor() {
    return monitor.current;
  },
}));

const SETTING = { afterMillis: 300_000, warnMillis: 30_000 };

class Monitor extends EventEmitter {
  idle = 0;
  getSystemIdleTime(): number {
    return this.idle;
  }
}

describe('lockToReportFor', () => {
  it.each(['session-needs-tray', 'session-bus-missing', 'x11-idle-missing', 'wayland-idle-coarse'])(
    'reports where the agent says %s',
    (gap) => {
      expect(lockToReportFor(sampleStatus({ gaps: [gap] }))).toEqual(SETTING);
    },
  );

  it('does not where the agent sees for itself, locks nothing or is away', () => {
    expect(lockToReportFor(sampleStatus({ gaps: ['raw-device-writes'] }))).toBeNull();
    expect(lockToReportFor(sampleStatus({ gaps: ['session-needs-tray'], screenLock: null }))).toBeNull();
    expect(lockToReportFor(null)).toBeNull();
  });
});

describe('nextLook', () => {
  it('comes when the warning is due, then when the lock is', () => {
    expect([nextLook(260_000, SETTING), nextLook(280_000, SETTING), nextLook(0, SETTING)]).toEqual([10_000, 20_000, 30_000]);
  });

  it('is never more than once a second and never later than the agent forgets', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (idle, afterMillis, warnMillis) => {
        const millis = nextLook(idle, { afterMillis, warnMillis });
        expect(millis).toBeGreaterThanOrEqual(1000);
        expect(millis).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});

describe('IdleReporter', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('reports at once, again on time, and on lock and unlock', () => {
    const power = new Monitor();
    const reports: object[] = [];
    const reporter = new IdleReporter((report) => reports.push(report), power as unknown as PowerMonitor);
    reporter.follow(SETTING);
    power.idle = 260;
    vi.advanceTimersByTime(30_000);
    power.emit('lock-screen');
    power.idle = 0;
    power.emit('unlock-screen');
    expect(reports).toEqual([
      { idleMillis: 0, locked: false },
      { idleMillis: 260_000, locked: false },
      { idleMillis: 260_000, locked: true },
      { idleMillis: 0, locked: false },
    ]);
  });

  it('is silent when nobody asks, and not doubled by the same setting again', () => {
    const power = new Monitor();
    const report = vi.fn<() => void>();
    const reporter = new IdleReporter(report, power as unknown as PowerMonitor);
    reporter.follow(null);
    power.emit('lock-screen');
    expect(report).not.toHaveBeenCalled();
    reporter.follow({ ...SETTING });
    reporter.follow({ ...SETTING });
    expect(report).toHaveBeenCalledOnce();
    reporter.follow(null);
    vi.advanceTimersByTime(600_000);
    expect(report).toHaveBeenCalledOnce();
  });
});

describe('the OS’s lock', () => {
  it('is called by absolute path', () => {
    expect(lockCommand('win32', { SystemRoot: 'C:\\WINDOWS' })).toMatchObject({
      file: 'C:\\WINDOWS\\System32\\rundll32.exe',
      arguments: ['user32.dll,LockWorkStation'],
    });
    expect(lockCommand('linux', { XDG_SESSION_ID: 'c2' })).toMatchObject({ file: '/usr/bin/loginctl', arguments: ['lock-session', 'c2'] });
    expect(lockCommand('darwin', {})).toMatchObject({ file: '/usr/bin/pmset', arguments: ['displaysleepnow'] });
    expect(lockCommand('aix', {})).toBeNull();
  });

  it('is done when the program says so, where its word counts', async () => {
    expect(await lockScreen({ file: '/bin/true', arguments: [], confirmedByEvent: false })).toEqual({ ok: true, value: undefined });
    expect(await lockScreen({ file: '/bin/false', arguments: [], confirmedByEvent: false })).toMatchObject({
      ok: false,
      error: { code: 'DLP_LOCK_FAILED' },
    });
    expect(await lockScreen({ file: '/nowhere/lock', arguments: [], confirmedByEvent: false })).toMatchObject({ ok: false });
    expect(await lockScreen(null)).toMatchObject({ ok: false });
  });

  it('is done when the OS tells of it, where the program’s word says nothing', async () => {
    monitor.current = new EventEmitter();
    const locking = lockScreen({ file: '/bin/true', arguments: [], confirmedByEvent: true });
    monitor.current.emit('lock-screen');
    expect(await locking).toEqual({ ok: true, value: undefined });
    expect(monitor.current.listenerCount('lock-screen')).toBe(0);
  });
});

describe('reconnectDelay', () => {
  it('grows to half a minute and is never the same for all', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
        const delay = reconnectDelay(failures, random);
        expect(delay).toBeGreaterThanOrEqual(250);
        expect(delay).toBeLessThanOrEqual(30_000);
        expect(reconnectDelay(failures + 1, random)).toBeGreaterThanOrEqual(delay);
      }),
    );
    expect(reconnectDelay(3, 0)).not.toBe(reconnectDelay(3, 0.9));
  });
});

import { type PowerMonitor, powerMonitor } from 'electron';
import type { AgentStatus, IpcParams } from '../../src/contracts/ipc.ts';

type IdleReport = IpcParams<'session.report-idle'>;
type ScreenLock = NonNullable<AgentStatus['screenLock']>;

const SOONEST_MILLIS = 1000;
const LATEST_MILLIS = 30_000;

// By these the agent says that it cannot see this session's input itself, or only roughly.
const ASKING_GAPS: readonly string[] = ['session-needs-tray', 'session-bus-missing', 'x11-idle-missing', 'wayland-idle-coarse'];

/** The screen lock to report idle time for; null where there is none or the agent sees for itself. */
export function lockToReportFor(status: AgentStatus | null): ScreenLock | null {
  return status?.gaps.some((gap) => ASKING_GAPS.includes(gap)) ? status.screenLock : null;
}

/**
 * When to look again, in milliseconds: when the warning would be due if nobody touched anything, at most every second, and
 * often enough that the agent can tell a tray that has died from a person who is away.
 */
export function nextLook(idleMillis: number, setting: ScreenLock): number {
  const dueIn = setting.afterMillis - setting.warnMillis - idleMillis;
  return Math.max(SOONEST_MILLIS, Math.min(LATEST_MILLIS, dueIn > 0 ? dueIn : setting.afterMillis - idleMillis));
}

/** Tells the agent how long this session has been idle, where it asks for that. The agent decides what follows. */
export class IdleReporter {
  readonly #report: (report: IdleReport) => void;
  readonly #monitor: PowerMonitor;
  #setting: ScreenLock | null = null;
  #locked = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(report: (report: IdleReport) => void, monitor: PowerMonitor = powerMonitor) {
    this.#report = report;
    this.#monitor = monitor;
    this.#monitor.on('lock-screen', () => this.#setLocked(true));
    this.#monitor.on('unlock-screen', () => this.#setLocked(false));
    this.#monitor.on('resume', () => this.#look());
  }

  /** Null stops the reports. */
  follow(setting: ScreenLock | null): void {
    const changed = setting?.afterMillis !== this.#setting?.afterMillis || setting?.warnMillis !== this.#setting?.warnMillis;
    this.#setting = setting;
    if (changed) this.#look();
  }

  #setLocked(locked: boolean): void {
    this.#locked = locked;
    this.#look();
  }

  #look(): void {
    clearTimeout(this.#timer);
    const setting = this.#setting;
    if (setting === null) return;
    const idleMillis = this.#monitor.getSystemIdleTime() * 1000;
    this.#report({ idleMillis, locked: this.#locked });
    this.#timer = setTimeout(() => this.#look(), nextLook(idleMillis, setting));
  }
}

import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { SessionChange, SessionControl } from '../../core/ports.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { TraySessions } from '../tray-sessions.ts';
import { connectSystemBus, type DBusSignal, type SystemBus } from './dbus.ts';
import { combineIdle } from './idle-time.ts';
import { listSessions, LOGIND_SIGNALS, type LoginSession, lockSession, readSession } from './logind.ts';
import { readX11Idle } from './x11-idle.ts';

const SCREEN_TYPES = new Set(['x11', 'wayland', 'mir']);
const RECONNECT_MILLIS = 5000;

const noSession = (): Failure => failure('DLP_SESSION_UNAVAILABLE', 'This login session is not known.');

/**
 * Login sessions from systemd-logind. Locking is asked of the session's own screen locker through it. On a system without
 * logind the trays are all there is: their sessions then stand in.
 */
export class LinuxSessions implements SessionControl {
  readonly #tray: TraySessions | null;
  #bus: SystemBus | null = null;
  #report: ((change: SessionChange) => void) | null = null;
  #paths = new Map<string, string>();
  readonly #looks = new OneAtATime(() => this.#look());
  #retry: NodeJS.Timeout | undefined;
  #standIn: TraySessions | null = null;

  constructor(tray: TraySessions | null) {
    this.#tray = tray;
  }

  async start(report: (change: SessionChange) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    const connected = await this.#connect();
    if (connected.ok) return connected;
    this.#report = null;
    this.#standIn = this.#tray;
    return this.#standIn === null ? connected : this.#standIn.start(report);
  }

  async readIdle(session: string): Promise<Result<{ idleMillis: number; locked: boolean }, Failure>> {
    if (this.#standIn !== null) return this.#standIn.readIdle(session);
    const read = await this.#read(session);
    if (!read.ok) return read;
    const found = read.value;
    // Under Wayland the X display sees only what X programs get: away for hours, while someone types.
    const hasOwnDisplay = found.display !== '' && found.type !== 'wayland';
    const x11Millis = hasOwnDisplay ? await readX11Idle(found) : null;
    const clocks = { realtime: Date.now() * 1000, monotonic: Number(process.hrtime.bigint() / 1000n) };
    return ok(combineIdle({ session: found, x11Millis, tray: this.#tray?.idleOf(found.userName) ?? null, clocks }));
  }

  async lock(session: string): Promise<Result<void, Failure>> {
    if (this.#standIn !== null) return this.#standIn.lock(session);
    if (this.#bus === null || !this.#paths.has(session)) return err(failure('DLP_LOCK_FAILED', noSession().message));
    return lockSession(this.#bus, session);
  }

  async stop(): Promise<void> {
    this.#report = null;
    await this.#standIn?.stop();
    clearTimeout(this.#retry);
    this.#bus?.close();
    this.#bus = null;
    await this.#looks.idle();
    this.#paths.clear();
  }

  async #connect(): Promise<Result<void, Failure>> {
    const connected = await connectSystemBus({ onSignal: (signal) => this.#onSignal(signal), onLost: () => this.#onLost() });
    if (!connected.ok) return connected;
    if (this.#report === null) {
      connected.value.close();
      return ok(undefined);
    }
    this.#bus = connected.value;
    const subscribed = await connected.value.subscribe(LOGIND_SIGNALS);
    const listed = subscribed.ok ? await listSessions(connected.value) : subscribed;
    if (!listed.ok) {
      this.#bus = null;
      connected.value.close();
      return listed;
    }
    await this.#looks.run();
    return ok(undefined);
  }

  /** Sessions that are opened, closed, or turn into ones with a screen (as when X starts late). */
  #onSignal(signal: DBusSignal): void {
    if (signal.path.startsWith('/org/freedesktop/login1')) void this.#looks.run();
  }

  #onLost(): void {
    this.#bus = null;
    this.#forget([...this.#paths.keys()]);
    if (this.#report === null) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#reconnect(), RECONNECT_MILLIS).unref();
  }

  async #reconnect(): Promise<void> {
    if (this.#report === null) return;
    const connected = await this.#connect();
    if (!connected.ok && this.#report !== null) this.#retry = setTimeout(() => void this.#reconnect(), RECONNECT_MILLIS).unref();
  }

  async #look(): Promise<void> {
    const bus = this.#bus;
    const listed = bus === null ? null : await listSessions(bus);
    if (bus === null || listed === null || !listed.ok) return;
    const present = new Set<string>();
    for (const { id, path } of listed.value) {
      const read = await readSession(bus, path);
      if (!read.ok || !hasScreen(read.value)) continue;
      present.add(id);
      if (this.#paths.has(id)) continue;
      this.#paths.set(id, path);
      this.#report?.({ kind: 'seen', session: id, actor: { name: read.value.userName.slice(0, 256), basis: 'session' } });
    }
    this.#forget([...this.#paths.keys()].filter((id) => !present.has(id)));
  }

  #forget(sessions: readonly string[]): void {
    for (const session of sessions) {
      this.#paths.delete(session);
      this.#report?.({ kind: 'ended', session });
    }
  }

  async #read(session: string): Promise<Result<LoginSession, Failure>> {
    const path = this.#paths.get(session);
    if (this.#bus === null || path === undefined) return err(noSession());
    return readSession(this.#bus, path);
  }
}

/** A person at a screen: no greeter, no SSH login, no text console (which nothing here could lock). */
function hasScreen({ sessionClass, type, display, remote }: LoginSession): boolean {
  return sessionClass.startsWith('user') && !remote && (SCREEN_TYPES.has(type) || display !== '');
}

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

// A desktop to test against: a real D-Bus daemon with python-dbusmock's logind on it, and a real X server without a screen.

const run = promisify(execFile);
const PYTHON = '/usr/bin/python3';
const LOGIND = 'org.freedesktop.login1';
const LOGIND_PATH = '/org/freedesktop/login1';
const MOCK = 'org.freedesktop.DBus.Mock';
const WAIT_MILLIS = 60_000;

/** What is missing for these helpers, as a sentence; null when all is there. */
export function whyNoDesktop(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  const programs = { 'dbus-daemon': 'dbus', busctl: 'systemd', Xvfb: 'xvfb', xprintidle: 'xprintidle', xdotool: 'xdotool' };
  for (const [program, debianPackage] of Object.entries(programs))
    if (spawnSync('which', [program]).status !== 0) return `needs ${program} (Debian package ${debianPackage})`;
  const hasMock = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import dbusmock, gi']).status === 0;
  return hasMock ? null : 'needs python-dbusmock (Debian package python3-dbusmock)';
}

export interface FakeSession {
  readonly id: string;
  readonly user: string;
  readonly uid: number;
  /** `x11`, `wayland`, `tty`. */
  readonly type?: string;
  readonly display?: string;
}

/** A system bus with a logind that has no sessions yet. */
export interface LoginBus {
  /** For DBUS_SYSTEM_BUS_ADDRESS. */
  readonly address: string;
  addSession(session: FakeSession): Promise<void>;
  removeSession(id: string): Promise<void>;
  /** `value` as busctl takes it, e.g. `['b', 'true']`. */
  setProperty(id: string, name: string, value: readonly [type: string, value: string]): Promise<void>;
  /** The session ids that LockSession was called with, in order. */
  locks(): Promise<string[]>;
  stop(): Promise<void>;
}

const CONFIG = (socket: string): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
  </policy>
</busconfig>`;

export async function startLoginBus(): Promise<LoginBus> {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-bus-'));
  const socket = join(folder, 'bus');
  const address = `unix:path=${socket}`;
  writeFileSync(join(folder, 'bus.conf'), CONFIG(socket));
  const daemon = spawn('dbus-daemon', [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--nopidfile'], { stdio: 'ignore' });
  await until(() => existsSync(socket), 'the bus to listen');
  const environment = { PATH: process.env['PATH'], DBUS_SYSTEM_BUS_ADDRESS: address };
  const mock = spawn(PYTHON, ['-m', 'dbusmock', '--system', '--template', 'logind'], { stdio: 'ignore', env: environment });

  const busctl = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run('busctl', [`--address=${address}`, '--json=short', ...args]);
    return stdout.trim() === '' ? null : (JSON.parse(stdout) as unknown);
  };
  const callMock = (path: string, method: string, ...args: string[]): Promise<unknown> =>
    busctl('call', LOGIND, path, MOCK, method, ...args);
  const announce = (signal: 'SessionNew' | 'SessionRemoved', id: string): Promise<unknown> =>
    callMock(LOGIND_PATH, 'EmitSignal', 'sssav', `${LOGIND}.Manager`, signal, 'so', '2', 's', id, 'o', sessionPath(id));
  const answers = (): Promise<boolean> =>
    busctl('call', LOGIND, LOGIND_PATH, `${LOGIND}.Manager`, 'ListSessions').then(
      () => true,
      () => false,
    );
  await until(answers, 'the login manager to appear');

  const setProperty: LoginBus['setProperty'] = async (id, name, [type, value]) => {
    await callMock(sessionPath(id), 'UpdateProperties', 'sa{sv}', `${LOGIND}.Session`, '1', name, type, value);
  };
  return {
    address,
    setProperty,
    async addSession({ id, user, uid, type = 'x11', display = '' }) {
      await callMock(LOGIND_PATH, 'AddSession', 'ssusb', id, 'seat0', String(uid), user, 'true');
      await setProperty(id, 'Type', ['s', type]);
      await setProperty(id, 'Display', ['s', display]);
      await announce('SessionNew', id);
    },
    async removeSession(id) {
      await callMock(LOGIND_PATH, 'RemoveObject', 's', sessionPath(id));
      await announce('SessionRemoved', id);
    },
    async locks() {
      const reply = (await callMock(LOGIND_PATH, 'GetMethodCalls', 's', 'LockSession')) as { data: [[number, { data: string }[]][]] };
      return reply.data[0].map(([, args]) => args[0]?.data ?? '');
    },
    async stop() {
      await end(mock);
      await end(daemon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const sessionPath = (id: string): string => `${LOGIND_PATH}/session/${id}`;

export interface Screen {
  /** For DISPLAY, e.g. `:99`. */
  readonly display: string;
  /** Moves the pointer, as a person would. */
  touch(): Promise<void>;
  stop(): Promise<void>;
}

/** An X server that draws into memory, on a display number that is free. It must not start afresh when its last client leaves. */
export async function startScreen(): Promise<Screen> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '320x240x8', '-nolisten', 'tcp', '-ac', '-noreset'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = (await once(server.stdout, 'data')) as [Buffer];
  const display = `:${number.toString().trim()}`;
  let x = 10;
  return {
    display,
    async touch() {
      x = x === 10 ? 50 : 10;
      await run('xdotool', ['mousemove', String(x), '20'], { env: { PATH: process.env['PATH'], DISPLAY: display } });
    },
    stop: () => end(server),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Waits for an event outside this process that tells nobody when it has happened. */
export async function until(reached: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + WAIT_MILLIS;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import { type PowerMonitor, powerMonitor } from 'electron';
import { type Failure, failure } from '../../src/contracts/errors.ts';
import { err, ok, type Result } from '../../src/contracts/result.ts';

export interface LockCommand {
  readonly file: string;
  readonly arguments: readonly string[];
  /** The command's exit says nothing; the OS tells of the lock itself. */
  readonly confirmedByEvent: boolean;
}

const CONFIRMATION_MILLIS = 10_000;

/** The OS's own locks, by absolute path: a program of the same name earlier on the PATH must not be run instead. */
const LOCKS: Readonly<Partial<Record<NodeJS.Platform, (environment: NodeJS.ProcessEnv) => LockCommand>>> = {
  win32: (environment) => ({
    file: win32.join(environment['SystemRoot'] ?? String.raw`C:\Windows`, 'System32', 'rundll32.exe'),
    arguments: ['user32.dll,LockWorkStation'],
    confirmedByEvent: true,
  }),
  // The display's sleep locks the screen where the password is asked for at once; the event tells whether it did.
  darwin: () => ({ file: '/usr/bin/pmset', arguments: ['displaysleepnow'], confirmedByEvent: true }),
  linux: (environment) => ({
    file: '/usr/bin/loginctl',
    arguments: ['lock-session', ...(environment['XDG_SESSION_ID'] ? [environment['XDG_SESSION_ID']] : [])],
    confirmedByEvent: false,
  }),
};

export const lockCommand = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): LockCommand | null =>
  LOCKS[platform]?.(environment) ?? null;

/** Locks this session. Fails with DLP_LOCK_FAILED when the OS refuses or, where it would tell, does not tell of a lock. */
export async function lockScreen(command = lockCommand(process.platform, process.env)): Promise<Result<void, Failure>> {
  if (command === null) return err(failure('DLP_LOCK_FAILED', 'this system has no screen lock that Sekisho knows'));
  const confirmed = command.confirmedByEvent ? lockEvent(powerMonitor) : Promise.resolve(true);
  const error = await run(command);
  if (error !== null) return err(failure('DLP_LOCK_FAILED', `the system's screen lock failed: ${error.message}`, { cause: error }));
  return (await confirmed) ? ok(undefined) : err(failure('DLP_LOCK_FAILED', 'the system did not confirm that the screen is locked'));
}

const run = (command: LockCommand): Promise<Error | null> =>
  new Promise((resolve) => {
    execFile(command.file, [...command.arguments], { timeout: CONFIRMATION_MILLIS, windowsHide: true }, resolve);
  });

function lockEvent(monitor: PowerMonitor): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onLock = (): void => resolve(true);
  monitor.once('lock-screen', onLock);
  const timer = setTimeout(() => resolve(false), CONFIRMATION_MILLIS);
  return promise.finally(() => {
    clearTimeout(timer);
    monitor.off('lock-screen', onLock);
  });
}

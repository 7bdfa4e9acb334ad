import { execFile } from 'node:child_process';
import { join } from 'node:path';
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

/** The OS's own lock, by absolute path: a program of the same name earlier on the PATH must not be run instead. */
export function lockCommand(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): LockCommand | null {
  switch (platform) {
    case 'win32':
      return {
        file: join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', 'rundll32.exe'),
        arguments: ['user32.dll,LockWorkStation'],
        confirmedByEvent: true,
      };
    case 'darwin':
      return { file: '/usr/bin/pmset', arguments: ['displaysleepnow'], confirmedByEvent: true };
    case 'linux': {
      const session = environment['XDG_SESSION_ID'];
      return { file: '/usr/bin/loginctl', arguments: ['lock-session', ...(session ? [session] : [])], confirmedByEvent: false };
    }
    default:
      return null;
  }
}

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

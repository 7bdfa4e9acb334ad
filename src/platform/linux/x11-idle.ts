import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { accountOf } from './accounts.ts';

const PROGRAM = 'xprintidle';
const TIMEOUT_MILLIS = 3000;
const MAX_ENVIRONMENT_BYTES = 262_144;
const PATHS = `/usr/local/bin${delimiter}/usr/bin${delimiter}/bin`;

export interface X11Session {
  readonly uid: number;
  /** `:0` */
  readonly display: string;
  /** The session's first process, 0 when unknown. */
  readonly leader: number;
}

export function hasX11Idle(): boolean {
  return PATHS.split(delimiter).some((folder) => isExecutable(join(folder, PROGRAM)));
}

/**
 * Milliseconds since the last key press or pointer move on an X display (the XScreenSaver extension); null when it cannot
 * be told. Asked by a program of its own, as the session's user and with a time limit: a display belongs to its user, who
 * could hang or attack whoever talks to it.
 */
export async function readX11Idle(session: X11Session): Promise<number | null> {
  if (!/^[\w.-]*:\d+(?:\.\d+)?$/.test(session.display)) return null;
  const identity = process.geteuid?.() === 0 && session.uid !== 0 ? accountOf(session.uid) : null;
  const authority = await findAuthority(session);
  const environment = { PATH: PATHS, DISPLAY: session.display, ...(authority === null ? {} : { XAUTHORITY: authority }) };
  const output = await run({
    env: environment,
    timeout: TIMEOUT_MILLIS,
    killSignal: 'SIGKILL',
    cwd: '/',
    maxBuffer: 1024,
    ...(identity === null ? {} : { uid: identity.uid, gid: identity.gid }),
  });
  return output !== null && /^\d{1,15}\s*$/.test(output) ? Number(output) : null;
}

function run(options: Parameters<typeof execFile>[2] & object): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(PROGRAM, [], { ...options, encoding: 'utf8' }, (error, stdout) => resolve(error === null ? stdout : null));
  });
}

/** Where the session's programs keep the display's cookie: told by the environment of any of them. */
async function findAuthority({ uid, display, leader }: X11Session): Promise<string | null> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of [String(leader), ...processes]) {
    const owner = await stat(`/proc/${pid}`).catch(() => null);
    if (owner?.uid !== uid) continue;
    const environment = await readEnvironment(pid);
    const authority = environment.get('XAUTHORITY');
    if (environment.get('DISPLAY') === display && authority?.startsWith('/') === true) return authority;
  }
  return null;
}

async function readEnvironment(pid: string): Promise<Map<string, string>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  if (text.length > MAX_ENVIRONMENT_BYTES) return new Map();
  return new Map(
    text.split('\0').map((entry): [string, string] => {
      const equals = entry.indexOf('=');
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

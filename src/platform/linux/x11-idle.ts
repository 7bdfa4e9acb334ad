import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { accountOf } from './accounts.ts';

const PROGRAM = 'xprintidle';
const TIMEOUT_MILLIS = 3000;
const MAX_OUTPUT_BYTES = 65_536;
const MAX_PROCESSES = 200;
/** One, but for a user with several displays. */
const MAX_AUTHORITIES = 4;
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
  const identity = identityOf(session.uid);
  if (identity === null) return null;
  for (const authority of [...(await findAuthorities(session, identity)), null]) {
    const environment = { DISPLAY: session.display, ...(authority === null ? {} : { XAUTHORITY: authority }) };
    const output = await run(PROGRAM, [], environment, identity);
    if (output !== null && /^\d{1,15}\s*$/.test(output)) return Number(output);
  }
  return null;
}

type Identity = { readonly uid?: number; readonly gid?: number };

/** Never root for somebody else's display. */
function identityOf(uid: number): Identity | null {
  if (process.geteuid?.() !== 0 || uid === 0) return {};
  const account = accountOf(uid);
  return account === null ? null : { uid, gid: account.gid };
}

function run(program: string, args: readonly string[], environment: Record<string, string>, identity: Identity): Promise<string | null> {
  const options = {
    ...identity,
    encoding: 'utf8',
    env: { PATH: PATHS, LC_ALL: 'C', ...environment },
    cwd: '/',
    timeout: TIMEOUT_MILLIS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  } as const;
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout) => resolve(error === null || stdout !== '' ? stdout : null));
  });
}

/**
 * Where the session's programs keep the display's cookie, by the environment of any of them. Read by a program of its own
 * too: a process can lay its environment where reading it never ends.
 */
async function findAuthorities({ uid, leader }: X11Session, identity: Identity): Promise<string[]> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const own: string[] = [];
  for (const pid of [String(leader), ...processes.toReversed()]) {
    const owner = await stat(`/proc/${pid}`).catch(() => null);
    if (owner?.uid === uid) own.push(`/proc/${pid}/environ`);
    if (own.length === MAX_PROCESSES) break;
  }
  if (own.length === 0) return [];
  const found = await run('grep', ['--null-data', '--no-filename', '--no-messages', '--text', '^XAUTHORITY=/', ...own], {}, identity);
  const values = (found ?? '').split('\0').filter((entry) => entry.startsWith('XAUTHORITY='));
  return [...new Set(values.map((entry) => entry.slice('XAUTHORITY='.length)))].slice(0, MAX_AUTHORITIES);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import { dirname } from 'node:path';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';

const OTHERS_MAY_WRITE = 0o022;
const PROBE_MILLIS = 2000;

const refuse = (message: string, cause?: unknown): Result<never, Failure> =>
  err(failure('DLP_IPC_ENDPOINT', message, cause === undefined ? {} : { cause }));

/** Listens on a Unix socket or a named pipe. Never takes the place of a live server or of a file that is no socket. */
export async function listenOn(server: Server, endpoint: string): Promise<Result<void, Failure>> {
  if (process.platform === 'win32') return listenOnPipe(server, endpoint);
  const cleared = await clearPath(endpoint);
  if (!cleared.ok) return cleared;
  const listening = await listen(server, { path: endpoint });
  // Every logged-in user's tray may connect to root's agent; what each may do is decided by who the kernel says it is.
  if (listening.ok) await chmod(endpoint, process.geteuid?.() === 0 ? 0o666 : 0o600);
  return listening;
}

/** Windows gives a client whichever server made the pipe's next instance: two servers of one name would share its clients. */
async function listenOnPipe(server: Server, endpoint: string): Promise<Result<void, Failure>> {
  if ((await probe(endpoint)) === 'live') return refuse(`Another agent answers at ${endpoint}. Stop it first.`);
  return listen(server, { path: endpoint, readableAll: true, writableAll: true });
}

async function clearPath(endpoint: string): Promise<Result<void, Failure>> {
  const folder = dirname(endpoint);
  await mkdir(folder, { recursive: true, mode: process.geteuid?.() === 0 ? 0o755 : 0o700 });
  const folderStat = await lstat(folder);
  // In a folder that another account can change, the socket could be replaced by that account's own.
  if (!folderStat.isDirectory() || folderStat.uid !== process.geteuid?.() || (folderStat.mode & OTHERS_MAY_WRITE) !== 0)
    return refuse(`The folder ${folder} must be a real folder that only the agent's account can change.`);
  const present = await lstat(endpoint).catch(() => null);
  if (present === null) return ok(undefined);
  if (!present.isSocket()) return refuse(`${endpoint} is there and is no socket; it was left alone.`);
  const state = await probe(endpoint);
  if (state === 'live') return refuse(`Another agent answers at ${endpoint}. Stop it first.`);
  if (state === 'unclear') return refuse(`Something at ${endpoint} neither answers nor refuses; it was left alone.`);
  await unlink(endpoint);
  return ok(undefined);
}

/** `dead`: the kernel knows of nobody listening, as after a crash. */
function probe(endpoint: string): Promise<'live' | 'dead' | 'unclear'> {
  return new Promise((resolve) => {
    const socket = createConnection(endpoint);
    const finish = (state: 'live' | 'dead' | 'unclear'): void => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(PROBE_MILLIS, () => finish('unclear'));
    socket.once('connect', () => finish('live'));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNREFUSED' ? 'dead' : 'unclear'));
  });
}

function listen(server: Server, options: { path: string; readableAll?: boolean; writableAll?: boolean }): Promise<Result<void, Failure>> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve(refuse(`The agent cannot listen at ${options.path} (${error.code ?? 'unknown error'}).`, error));
    server.once('error', failed);
    server.listen(options, () => {
      server.off('error', failed);
      resolve(ok(undefined));
    });
  });
}

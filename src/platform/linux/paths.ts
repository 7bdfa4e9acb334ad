import { join } from 'node:path';
import type { PlatformPaths } from '../types.ts';

export interface PathsInput {
  readonly root: boolean;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The system's own folders for the service; the XDG base directories for an ordinary user. */
export function linuxPaths({ root, home, environment }: PathsInput): PlatformPaths {
  if (root) return below('/var/lib/sekisho', '/run/sekisho');
  const state = join(absolute(environment['XDG_STATE_HOME']) ?? join(home, '.local/state'), 'sekisho');
  const runtime = absolute(environment['XDG_RUNTIME_DIR']);
  return below(state, runtime === undefined ? join(state, 'run') : join(runtime, 'sekisho'));
}

function below(state: string, runtime: string): PlatformPaths {
  return {
    agentState: join(state, 'agent'),
    collectorState: join(state, 'collector'),
    orgState: join(state, 'org'),
    ipcEndpoint: join(runtime, 'agent.sock'),
    serviceEndpoint: '/run/sekisho/agent.sock',
  };
}

/** The XDG specification has relative paths ignored. */
const absolute = (path: string | undefined): string | undefined => (path?.startsWith('/') === true ? path : undefined);

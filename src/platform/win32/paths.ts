import { win32 } from 'node:path';
import type { PlatformPaths } from '../types.ts';

export interface WindowsPathsInput {
  readonly admin: boolean;
  readonly userName: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The service's folders below ProgramData, an ordinary user's below LocalAppData. Only administrators and SYSTEM can make
 * a pipe below the protected prefix, so its name alone tells a client that it is the agent's.
 */
export function windowsPaths({ admin, userName, home, environment }: WindowsPathsInput): PlatformPaths {
  const base = admin
    ? (environment['ProgramData'] ?? String.raw`C:\ProgramData`)
    : (environment['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local'));
  const state = win32.join(base, 'Sekisho');
  const pipe = admin ? SERVICE_PIPE : `sekisho-agent-${userName.replaceAll(/[^A-Za-z0-9.-]/g, '_')}`;
  return {
    agentState: win32.join(state, 'agent'),
    collectorState: win32.join(state, 'collector'),
    orgState: win32.join(state, 'org'),
    ipcEndpoint: pipePath(pipe),
    serviceEndpoint: pipePath(SERVICE_PIPE),
  };
}

const SERVICE_PIPE = String.raw`ProtectedPrefix\Administrators\sekisho-agent`;

function pipePath(name: string): string {
  return String.raw`\\.\pipe` + `\\${name}`;
}

import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the installed agent listens (docs/spec/ipc.md section 1). */
export const INSTALLED_ENDPOINT: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: '/run/sekisho/agent.sock',
  darwin: '/var/run/sekisho/agent.sock',
  win32: String.raw`\\.\pipe\ProtectedPrefix\Administrators\sekisho-agent`,
};

/** Where the agent listens. `practice`: named by the user, who may then be the agent's owner too. */
export interface AgentEndpoint {
  readonly path: string;
  readonly practice: boolean;
}

/** The address of the installed agent, or of a practice agent where the environment names one. */
export function agentEndpoint(environment: NodeJS.ProcessEnv, installed: string): AgentEndpoint {
  const practice = environment['SEKISHO_ENDPOINT'];
  return practice ? { path: practice, practice: true } : { path: installed, practice: false };
}

/** Whom the agent's address belongs to. `self`: this user, or on Windows anyone, where the name does not prove the system. */
export type EndpointOwner = 'system' | 'self' | 'stranger' | 'absent';

// The kernel lets administrators and SYSTEM alone create pipes below this prefix, so the name itself proves the owner.
const PROTECTED_PIPE = String.raw`\\.\pipe\protectedprefix\administrators` + '\\';
const PIPE = String.raw`\\.\pipe` + '\\';

/**
 * Looks who owns the socket or pipe before a word is said to it: else any program of the user could sit there, feed the tray
 * lies and collect the reasons people type. A socket is only as good as its folder, which must not be open to others either.
 */
export async function ownerOf(endpoint: string, uid: number | undefined = process.getuid?.()): Promise<EndpointOwner> {
  if (endpoint.startsWith(PIPE)) return endpoint.toLowerCase().startsWith(PROTECTED_PIPE) ? 'system' : 'self';
  const socket = await lstat(endpoint).catch(() => null);
  const folder = await lstat(dirname(endpoint)).catch(() => null);
  if (socket === null || folder === null) return 'absent';
  if (!socket.isSocket() || !folder.isDirectory() || isOpenToOthers(folder.mode)) return 'stranger';
  if (socket.uid === 0 && folder.uid === 0) return 'system';
  if (socket.uid === uid && folder.uid === uid) return 'self';
  return 'stranger';
}

const isOpenToOthers = (mode: number): boolean => (mode & 0o022) !== 0;

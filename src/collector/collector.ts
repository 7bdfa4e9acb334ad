import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Organisation } from '../pki/index.ts';
import { buildAgentApi } from './agent-api/build-agent-api.ts';
import { buildConsoleApi } from './console-api/build-console-api.ts';
import type { Dependencies } from './dependencies.ts';
import { IndexFolder } from './index-folder.ts';
import { serverIdentity } from './server-certificate.ts';
import { Signals } from './signals.ts';
import { openStore } from './store/store.ts';

export interface CollectorOptions {
  /** Folder of the store and the listener's key. */
  readonly state: string;
  readonly organisation: Organisation;
  /** The address agents are listened for on. */
  readonly host: string;
  /** Names and addresses the agents know the collector by, besides `host` and loopback. */
  readonly names?: readonly string[];
  /** 0 takes a free one. */
  readonly agentPort: number;
  readonly consoleHost?: string;
  readonly consolePort: number;
  readonly consoleTls?: { readonly key: string; readonly cert: string };
  readonly consoleRoot?: string;
  readonly log?: FastifyBaseLogger;
  /** The store died: nothing can be taken over any more. The process should end and be started again. */
  readonly onLost: (error: Error) => void;
}

export interface RunningCollector {
  readonly agentUrl: string;
  readonly consoleUrl: string;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/** Opens the store and listens for agents and for the console. Resolves once both answer. */
export async function startCollector(options: CollectorOptions): Promise<RunningCollector> {
  await mkdir(options.state, { recursive: true, mode: 0o700 });
  const now = Date.now;
  const tls = await serverIdentity({
    state: options.state,
    authority: options.organisation.authority,
    names: namesOf(options),
    now: now(),
  });
  const store = await openStore(options.state, options.onLost);
  const signals = new Signals();
  const indexes = await IndexFolder.open(join(options.state, 'indexes'));
  const dependencies: Dependencies = { store, organisation: options.organisation, signals, indexes, now };
  const log = options.log === undefined ? {} : { log: options.log };
  const agents = await buildAgentApi(dependencies, { tls, ...log });
  const console = await buildConsoleApi(dependencies, {
    ...(options.consoleTls === undefined ? {} : { tls: options.consoleTls }),
    ...(options.consoleRoot === undefined ? {} : { consoleRoot: options.consoleRoot }),
    ...log,
  });
  const stop = async (): Promise<void> => {
    signals.stop();
    await Promise.all([agents.close(), console.close()]);
    await store.close();
  };
  try {
    await agents.listen({ host: options.host, port: options.agentPort });
    await console.listen({ host: options.consoleHost ?? LOOPBACK, port: options.consolePort });
  } catch (error) {
    await stop();
    throw error;
  }
  const scheme = options.consoleTls === undefined ? 'http' : 'https';
  return { agentUrl: address('https', agents), consoleUrl: address(scheme, console), stop };
}

function namesOf({ host, names = [] }: CollectorOptions): [string, ...string[]] {
  const own = ANY_ADDRESS.has(host) ? [] : [host];
  return ['localhost', ...new Set([LOOPBACK, '::1', ...own, ...names].filter((name) => name !== 'localhost'))];
}

function address(scheme: string, app: FastifyInstance): string {
  const bound = app.server.address();
  if (!isAddress(bound)) throw new Error('the server listens on no address');
  const host = ANY_ADDRESS.has(bound.address) ? LOOPBACK : bound.address;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound.port}`;
}

function isAddress(bound: AddressInfo | string | null): bound is AddressInfo {
  return bound !== null && typeof bound !== 'string';
}

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { must, sekisho, Service } from './sekisho.ts';
import { makeStick, type Stick } from './stick.ts';

const REPO = resolve(import.meta.dirname, '../..');

/** The whole product on one machine: organisation, collector, one enrolled agent, a stick. */
export interface Practice {
  readonly folders: Folders;
  readonly stick: Stick;
  /** The agent's local socket. */
  readonly endpoint: string;
  readonly collector: Service;
  readonly agent: Service;
  readonly login: { readonly name: string; readonly password: string };
  stop(): Promise<void>;
}

export interface Folders {
  readonly root: string;
  readonly organisation: string;
  readonly collector: string;
  readonly agent: string;
  readonly recording: string;
}

export interface PracticeOptions {
  /** Everything lies below it. Kept folders go on where they were left. */
  readonly root: string;
  readonly policy: string;
  readonly consolePort: number;
  readonly agentPort: number;
  readonly say: (what: string) => void;
  readonly ended?: (service: string) => void;
}

const ADMIN = 'admin';

export function foldersOf(root: string): Folders {
  const at = (name: string): string => join(root, name);
  return { root, organisation: at('organisation'), collector: at('collector'), agent: at('agent'), recording: at('recording') };
}

export async function setUp(options: PracticeOptions): Promise<Practice> {
  const folders = foldersOf(options.root);
  for (const folder of [folders.root, folders.recording]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  const password = await organisation(folders);
  const collector = await startCollector(folders, options);
  await pushPolicy(folders, collector, options.policy, password);
  options.say('collector is up, policy is signed and pushed');
  await enrol(folders, collector);
  const stick = makeStick(folders.root);
  const agent = await startAgent(folders, stick, options.ended);
  options.say(`agent is up and guards ${stick.path} (${stick.kind === 'image' ? 'a mounted image' : 'a folder'})`);
  return {
    folders,
    stick,
    endpoint: endpointOf(folders),
    collector,
    agent,
    login: { name: ADMIN, password },
    async stop() {
      await agent.stop();
      await collector.stop();
      stick.remove();
    },
  };
}

export function startCollector(
  folders: Folders,
  ports: { consolePort: number; agentPort: number; ended?: (name: string) => void },
): Promise<Service> {
  const where = ['--org', folders.organisation, '--state', folders.collector, '--host', '127.0.0.1'];
  const doors = ['--agent-port', String(ports.agentPort), '--console-port', String(ports.consolePort)];
  return Service.start('collector', ['collector', 'run', ...where, ...doors], ports.ended);
}

export function startAgent(folders: Folders, stick: Stick, ended?: (name: string) => void): Promise<Service> {
  const where = stick.kind === 'image' ? ['--only', stick.path] : ['--folder', stick.path];
  return Service.start(
    'agent',
    ['agent', 'run', '--state', folders.agent, '--endpoint', endpointOf(folders), '--record', folders.recording, ...where],
    ended,
  );
}

function endpointOf(folders: Folders): string {
  return process.platform === 'win32' ? '\\\\.\\pipe\\sekisho-practice' : join(folders.root, 'agent.sock');
}

async function organisation(folders: Folders): Promise<string> {
  const passwordFile = join(folders.root, 'console-password.txt');
  if (existsSync(folders.organisation)) return readFileSync(passwordFile, 'utf8').trim();
  await must(['org', 'init', '--name', 'Practice', folders.organisation]);
  const password = randomBytes(12).toString('base64url');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  await must(['collector', 'user', 'add', ADMIN, '--role', 'admin', '--state', folders.collector, '--password-file', passwordFile]);
  return password;
}

async function pushPolicy(folders: Folders, collector: Service, policy: string, password: string): Promise<void> {
  const release = join(folders.root, 'release.dsse.json');
  await must(['policy', 'sign', resolve(REPO, policy), '--org', folders.organisation, '-o', release]);
  const args = ['policy', 'push', release, '--collector', collector.text('consoleUrl'), '--user', ADMIN, '--password-file', '-'];
  await must(args, `${password}\n`);
}

async function enrol(folders: Folders, collector: Service): Promise<void> {
  if ((await sekisho(['agent', 'status', '--state', folders.agent, '--enrolment'])).code === 0) return;
  const url = collector.text('agentUrl');
  const token = await must(['collector', 'token', '--state', folders.collector, '--org', folders.organisation, '--url', url]);
  await must(['enroll', '--token', token.trim(), '--state', folders.agent]);
}

import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentClient } from '../../electron/main/agent-client.ts';
import { agentEndpoint, INSTALLED_ENDPOINT, ownerOf } from '../../electron/main/endpoint.ts';
import { darwinPaths } from '../../src/platform/darwin/platform.ts';
import { linuxPaths } from '../../src/platform/linux/paths.ts';
import { windowsPaths } from '../../src/platform/win32/paths.ts';
import { sampleStatus } from './samples.ts';
import { ScriptedAgent } from './scripted-agent.ts';

const asRoot = process.getuid?.() === 0;
if (!asRoot) console.log('endpoint: the cases of sockets that belong to others need root');

let folder: string;
let socket: string;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-endpoint-'));
  socket = join(folder, 'run/agent.sock');
  mkdirSync(dirname(socket), { mode: 0o755 });
  server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

describe('agentEndpoint', () => {
  it('is the installed agent’s, the same as the agent’s own', () => {
    expect(agentEndpoint({}, '/run/sekisho/agent.sock')).toEqual({ path: '/run/sekisho/agent.sock', practice: false });
    expect(INSTALLED_ENDPOINT).toEqual({
      linux: linuxPaths({ root: true, home: '/root', environment: {} }).ipcEndpoint,
      darwin: darwinPaths(true, '/var/root').ipcEndpoint,
      win32: windowsPaths({ admin: true, userName: 'SYSTEM', home: 'C:\\', environment: {} }).ipcEndpoint,
    });
  });

  it('is a practice agent’s where the environment names one', () => {
    expect(agentEndpoint({ SEKISHO_ENDPOINT: '/tmp/a.sock' }, 'x')).toEqual({ path: '/tmp/a.sock', practice: true });
    expect(agentEndpoint({ SEKISHO_ENDPOINT: '' }, 'x').practice).toBe(false);
  });
});

describe('ownerOf', () => {
  it('is the one who made socket and folder', async () => expect(await ownerOf(socket)).toBe(asRoot ? 'system' : 'self'));
  it('is nobody where nothing is', async () => expect(await ownerOf(join(folder, 'none/agent.sock'))).toBe('absent'));

  it('is a stranger where the folder is open to others', async () => {
    for (const mode of [0o777, 0o757, 0o775]) {
      chmodSync(dirname(socket), mode);
      expect(await ownerOf(socket)).toBe('stranger');
    }
  });

  it('is a stranger where the address is no socket', async () => {
    writeFileSync(join(folder, 'run/file'), '');
    symlinkSync(socket, join(folder, 'run/link'));
    expect([await ownerOf(join(folder, 'run/file')), await ownerOf(join(folder, 'run/link'))]).toEqual(['stranger', 'stranger']);
  });

  it.skipIf(!asRoot)('tells the user’s own from another’s', async () => {
    chownSync(socket, 1234, 1234);
    expect(await ownerOf(socket, 1234)).toBe('stranger');
    chownSync(dirname(socket), 1234, 1234);
    expect([await ownerOf(socket, 1234), await ownerOf(socket, 4321)]).toEqual(['self', 'stranger']);
  });

  it('believes a pipe below the prefix that only administrators can use', async () => {
    expect(await ownerOf(String.raw`\\.\pipe\ProtectedPrefix\Administrators\sekisho-agent`)).toBe('system');
    expect(await ownerOf(String.raw`\\.\pipe\sekisho-agent`)).toBe('self');
    expect(await ownerOf(String.raw`\\.\pipe\x\ProtectedPrefix\Administrators\sekisho-agent`)).toBe('self');
  });
});

describe('AgentClient', () => {
  const follow = async (agent: ScriptedAgent, practice: boolean): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const client = new AgentClient({ path: agent.path, practice }, { connectionChanged: resolve, received: () => {} }, () => {});
    client.start();
    const connection = await promise;
    client.stop();
    return connection;
  };

  it('connects, asks and answers failures while there is nobody', async () => {
    const agent = new ScriptedAgent(join(folder, 'a/agent.sock'), { 'status.get': () => sampleStatus() });
    await agent.start();
    expect(await follow(agent, true)).toBe('connected');
    await agent.stop();
    const client = new AgentClient({ path: agent.path, practice: true }, { connectionChanged: () => {}, received: () => {} }, () => {});
    expect(await client.request('status.get', {})).toMatchObject({ ok: false, error: { code: 'DLP_IPC_CLOSED', retryable: true } });
  });

  it('knows an agent of another protocol', async () => {
    const agent = new ScriptedAgent(join(folder, 'b/agent.sock'), {});
    agent.protocol = 2;
    await agent.start();
    expect(await follow(agent, true)).toBe('incompatible');
    await agent.stop();
  });

  it('says not a word to a user’s own agent unless that was asked for', async () => {
    const agent = new ScriptedAgent(join(folder, 'c/agent.sock'), {});
    await agent.start();
    // Root's own socket is the system's; made everybody's, it is nobody's to trust.
    chmodSync(join(folder, 'c'), 0o777);
    expect([await follow(agent, false), await follow(agent, true), agent.hellos]).toEqual(['not-trusted', 'not-trusted', []]);
    chmodSync(join(folder, 'c'), 0o755);
    expect(await follow(agent, false)).toBe(asRoot ? 'connected' : 'not-trusted');
    await agent.stop();
  });
});

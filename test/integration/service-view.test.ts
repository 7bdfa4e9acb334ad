import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConsoleClient } from '../../scripts/demo/console-client.ts';
import { must, sekisho, Service } from '../../scripts/practice/sekisho.ts';
import type { EventBody } from '../../src/contracts/event.ts';
import type { AgentStatus } from '../../src/contracts/ipc.ts';
import { loopVolumeMissing, run } from './loop-volume.ts';

// The service of an enrolled PC on a medium that others mount: a loop device in the place of a stick.

const missing = loopVolumeMissing() ?? (spawnSync('test', ['-c', '/dev/fuse']).status === 0 ? null : 'there is no /dev/fuse');
if (missing !== null) process.stdout.write(`service-view: skipped, ${missing}\n`);

const SECRET = 'plum-blossom-estimate';
const policy = (mode: 'fuse' | 'watch', treatment = 'guard'): string => `
format: sekisho-policy/1
name: view
title: { ja: 試験, en: Test }
keywords:
  - { id: secret, words: [${SECRET}] }
volumes: { include-virtual: true, guard-mode: ${mode} }
devices: { default: ${treatment} }
rules:
  - { id: secret, when: [{ findings: [{ detector: custom.secret }] }], action: encrypt }
`;

describe.skipIf(missing !== null)('the service and its view', () => {
  let base: string;
  let collector: Service;
  let agent: Service;
  let place: string;
  let loop: string;
  let releases = 0;
  const password = randomBytes(12).toString('base64url');
  const at = (name: string): string => join(base, name);
  const image = (): string => at('image');

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-service-view-')));
    await must(['org', 'init', '--name', 'Example KK', at('org')]);
    await must(
      ['collector', 'user', 'add', 'admin', '--role', 'admin', '--state', at('collector'), '--password-file', '-'],
      `${password}\n`,
    );
    const doors = ['--host', '127.0.0.1', '--agent-port', '0', '--console-port', '0'];
    collector = await Service.start('collector', ['collector', 'run', '--org', at('org'), '--state', at('collector'), ...doors]);
    const token = ['collector', 'token', '--state', at('collector'), '--org', at('org'), '--url', collector.text('agentUrl')];
    await must(['enroll', '--token', (await must(token)).trim(), '--state', at('agent')]);
  });
  afterAll(async () => {
    await collector?.stop();
    rmSync(base, { recursive: true, force: true });
  });

  beforeEach(async () => {
    place = at('media');
    mkdirSync(place, { recursive: true });
    writeFileSync(image(), '');
    run('truncate', '-s', '32M', image());
    run('mkfs.ext4', '-q', '-F', '-m', '0', image());
    loop = execFileSync('losetup', ['--find', '--show', image()], { encoding: 'utf8' }).trim();
    await push(policy('fuse'));
    await start();
  });
  afterEach(async () => {
    await agent.stop();
    while (mountsAt(place).length > 0) run('umount', '--lazy', place);
    execFileSync('losetup', ['--detach', loop]);
  });

  async function push(text: string): Promise<void> {
    releases += 1;
    writeFileSync(at('policy.yaml'), text);
    await must(['policy', 'sign', at('policy.yaml'), '--org', at('org'), '-o', at('release.json')]);
    const where = ['--collector', collector.text('consoleUrl'), '--user', 'admin', '--password-file', '-'];
    await must(['policy', 'push', at('release.json'), ...where], `${password}\n`);
  }

  /** Guards the volume at the place and no other: whatever else this PC has mounted is left alone. */
  async function start(): Promise<void> {
    agent = await Service.start('agent', ['agent', 'run', '--state', at('agent'), '--endpoint', at('agent.sock'), '--only', place]);
    await statusWhere(({ policy: known }) => known?.version === releases);
  }

  async function statusWhere(holds: (status: AgentStatus) => boolean): Promise<AgentStatus> {
    for (const end = Date.now() + 60_000; ;) {
      const { stdout } = await sekisho(['agent', 'status', '--json', '--endpoint', at('agent.sock')]);
      const status = JSON.parse(stdout) as AgentStatus;
      if (holds(status)) return status;
      if (Date.now() > end) throw new Error(`never came: ${stdout}`);
    }
  }
  const guarded = (mode: 'fuse' | 'watch' = 'fuse'): Promise<AgentStatus> =>
    statusWhere(({ volumes }) =>
      volumes.some(({ volume, guard, state }) => volume.mountPoint === place && guard === mode && state === 'ready'),
    );
  const gone = (): Promise<AgentStatus> => statusWhere(({ volumes }) => volumes.length === 0);

  /** Types of what is mounted there, the topmost last. */
  function mountsAt(folder: string): string[] {
    const { stdout } = spawnSync('findmnt', ['--noheadings', '--raw', '--output', 'TARGET,FSTYPE'], { encoding: 'utf8' });
    return stdout.split('\n').flatMap((line) => (line.startsWith(`${folder} `) ? [line.slice(folder.length + 1)] : []));
  }
  async function until(holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 30_000; !holds(); await sleep(10))
      if (Date.now() > end) throw new Error(`never came: ${holds.toString()}`);
  }
  /** In a program of its own: a call that hangs must not be ours. */
  const write = (name: string, text: string) =>
    spawnSync('timeout', ['20', 'sh', '-c', 'printf %s "$2" >"$1"', 'sh', join(place, name), text], { encoding: 'utf8' });
  const read = (name: string): string => execFileSync('timeout', ['20', 'cat', join(place, name)], { encoding: 'utf8' });
  const ejected = (): Promise<void> =>
    until(() => mountsAt(place).length === 0 && !readFileSync('/proc/self/mountinfo', 'latin1').includes(` ${loop} `));
  async function events(): Promise<EventBody[]> {
    const client = await ConsoleClient.login({ collector, login: { name: 'admin', password } });
    return (await client.events()).map(({ event }) => event.body).toReversed();
  }

  test('what policy encrypts never reaches the medium, and unmounting the view gives the medium back', async () => {
    run('mount', loop, place);
    await guarded();
    expect(mountsAt(place)).toEqual(['ext4', 'fuse.sekisho']);
    expect(write('list.txt', SECRET)).toMatchObject({ status: 0 });
    expect(write('plain.txt', 'harmless')).toMatchObject({ status: 0 });
    expect(read('plain.txt')).toBe('harmless');
    run('umount', place);
    await ejected();
    await gone();
    expect(readFileSync(image()).includes(SECRET)).toBe(false);
    run('mount', '-o', 'ro', loop, at('org'));
    const names = readdirSync(at('org'));
    run('umount', at('org'));
    expect(names).toEqual(expect.arrayContaining(['list.txt.age', 'plain.txt']));
    await agent.stop();
    const told = (await events()).filter(({ type }) => type.startsWith('volume.') || type === 'file.encrypted');
    expect(told.map(({ type }) => type)).toEqual(['volume.mounted', 'file.encrypted', 'volume.unmounted']);
    expect(told[0]).toMatchObject({ data: { treatment: 'guard', guard: 'fuse' } });
    expect(told[1]).toMatchObject({ data: { guard: 'fuse', file: { path: 'list.txt' } } });
  });

  test('a killed agent leaves nothing to write to, and its view comes back at the same place', async () => {
    run('mount', '-o', 'noatime,nodev', loop, place);
    await guarded();
    write('first.txt', SECRET);
    await agent.stop('SIGKILL');
    expect(write('dead.txt', SECRET).status).not.toBe(0);
    run('umount', place);
    expect(mountsAt(place)).toEqual(['ext4']);
    expect(write('below.txt', SECRET).stderr).toMatch(/Read-only/);
    await start();
    await guarded();
    expect(mountsAt(place)).toEqual(['ext4', 'fuse.sekisho']);
    await agent.stop('SIGKILL');
    expect(mountsAt(place)).toEqual(['ext4', 'fuse.sekisho']);
    await start();
    await guarded();
    expect(mountsAt(place)).toEqual(['ext4', 'fuse.sekisho']);
    write('second.txt', SECRET);
    run('umount', place);
    await ejected();
    expect(readFileSync(image()).includes(SECRET)).toBe(false);
  });

  test('the medium of a stopped agent is read-only, and guarded again by the next', async () => {
    run('mount', loop, place);
    await guarded();
    await agent.stop();
    expect(mountsAt(place)).toEqual(['ext4']);
    expect(write('late.txt', SECRET).stderr).toMatch(/Read-only/);
    await start();
    await guarded();
    expect(write('again.txt', SECRET)).toMatchObject({ status: 0 });
    run('umount', place);
    await ejected();
    expect(readFileSync(image()).includes(SECRET)).toBe(false);
  });

  test('a policy that asks for the other guard gets it on what is mounted', async () => {
    run('mount', loop, place);
    await guarded();
    await push(policy('watch'));
    await guarded('watch');
    expect(mountsAt(place)).toEqual(['ext4']);
    expect(write('watched.txt', SECRET)).toMatchObject({ status: 0 });
    await until(() => readdirSync(place).includes('watched.txt.age'));
    await push(policy('fuse'));
    await guarded();
    expect(mountsAt(place)).toEqual(['ext4', 'fuse.sekisho']);
    await push(policy('fuse', 'allow'));
    await statusWhere(({ policy: known }) => known?.version === releases);
  });

  test('what was on the medium before is inspected too, and what is written over it meanwhile is kept', async () => {
    run('mount', loop, place);
    writeFileSync(join(place, 'old.txt'), `${SECRET} of before`);
    writeFileSync(join(place, 'harmless.txt'), 'harmless');
    writeFileSync(join(place, 'over.txt'), `${SECRET} to be written over`);
    await guarded();
    expect(write('over.txt', 'newer')).toMatchObject({ status: 0 });
    const client = await ConsoleClient.login({ collector, login: { name: 'admin', password } });
    const told = async () =>
      (await client.events()).map(({ event }) => event.body).filter((body) => 'present' in body.data && body.data.present);
    const toldOf = async (path: string) => (await told()).filter((body) => 'file' in body.data && body.data.file.path === path);
    const bothTold = async (): Promise<boolean> => (await toldOf('old.txt')).length > 0 && (await toldOf('harmless.txt')).length > 0;
    for (const end = Date.now() + 150_000; !(await bothTold()) && Date.now() < end; await sleep(200));
    expect(read('old.txt')).toBe(`${SECRET} of before`);
    expect(read('over.txt')).toBe('newer');
    run('umount', place);
    await ejected();
    await agent.stop();
    expect(readFileSync(image()).includes(`${SECRET} of before`)).toBe(false);
    run('mount', '-o', 'ro', loop, at('org'));
    const names = readdirSync(at('org'));
    const stored = readFileSync(join(at('org'), 'old.txt.age'), 'latin1');
    run('umount', at('org'));
    expect(names).toEqual(expect.arrayContaining(['old.txt.age', 'harmless.txt', 'over.txt']));
    expect(names).not.toContain('old.txt');
    expect(stored.startsWith('age-encryption.org/v1')).toBe(true);
    expect(await toldOf('old.txt')).toMatchObject([{ type: 'file.encrypted', data: { guard: 'fuse' } }]);
    expect(await toldOf('harmless.txt')).toMatchObject([{ type: 'file.recorded' }]);
  });

  test('a stored file that was damaged is told to its reader and on record', async () => {
    run('mount', loop, place);
    await guarded();
    write('list.txt', SECRET);
    run('umount', place);
    await ejected();
    await agent.stop();
    run('mount', loop, place);
    const stored = join(place, 'list.txt.age');
    const bytes = readFileSync(stored);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(stored, bytes);
    await start();
    await guarded();
    expect(() => read('list.txt')).toThrow(/Input\/output error/);
    run('umount', place);
    await ejected();
    await agent.stop();
    expect((await events()).filter(({ type }) => type === 'file.damaged')).toMatchObject([{ data: { path: 'list.txt' } }]);
  });

  test('a second mount of the medium cannot be written to', async () => {
    run('mount', loop, place);
    await guarded();
    const second = at('second');
    mkdirSync(second, { recursive: true });
    run('mount', loop, second);
    await until(() => spawnSync('touch', [join(second, 'x')]).status !== 0);
    expect(readdirSync(second)).toContain('lost+found');
    run('umount', second);
    run('umount', place);
    await ejected();
  });

  test('a program that reads does not keep the view away; one that writes does, and then nothing new is written', async () => {
    run('mount', loop, place);
    writeFileSync(join(place, 'old.txt'), 'old');
    run('umount', place);
    await gone();
    for (const [how, isThere] of [
      ['<', true],
      ['>>', false],
    ] as const) {
      // Opened before the agent, which looks at what is mounted when it starts, can be there.
      await agent.stop();
      run('mount', loop, place);
      const holder = spawn('sh', ['-c', `exec 3${how} "$1"; echo open; read line`, 'sh', join(place, 'old.txt')], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await once(holder.stdout, 'data');
      await start();
      await (isThere ? guarded() : gone());
      expect(mountsAt(place)).toEqual(isThere ? ['ext4', 'fuse.sekisho'] : []);
      holder.stdin.end();
      await once(holder, 'exit');
      if (isThere) run('umount', place);
      await ejected();
    }
    expect((await events()).filter(({ type }) => type === 'guard.failed')).toMatchObject([{ data: { code: 'DLP_VOLUME_BUSY' } }]);
  });
});

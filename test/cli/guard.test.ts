import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity } from '../../src/age/index.ts';
import { viewMissing } from '../agent/fuse-guard/harness.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/sekisho.js');
const POLICY = resolve(import.meta.dirname, '../../policies/default.yaml');
const { recipient } = generateIdentity();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-guard-cli-'));
  mkdirSync(join(folder, 'stick'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function guard(...args: string[]) {
  const where = ['--dir', join(folder, 'stick'), '--state', join(folder, 'state'), '--policy', POLICY];
  return spawn(process.execPath, [PROGRAM, 'guard', ...where, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function refusal(...args: string[]): Promise<{ code: unknown; said: string }> {
  const child = guard(...args);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, said };
}

test('without a recipient nothing is guarded: nothing could be encrypted', async () => {
  expect(await refusal()).toMatchObject({ code: 2, said: expect.stringContaining('--recipient') as unknown });
});

test.skipIf(process.getuid?.() === 0 && process.platform === 'linux')('a fuse guard that cannot be is refused in words', async () => {
  expect(await refusal('--recipient', recipient, '--mode', 'fuse')).toMatchObject({
    code: 2,
    said: expect.stringContaining('DLP_GUARD_MODE') as unknown,
  });
});

test('a folder is guarded until SIGTERM, with its events in a file; half a line of a crash is taken away', async () => {
  const events = join(folder, 'events.ndjson');
  writeFileSync(events, '{"format":"sekisho-ev');
  const child = guard('--recipient', recipient, '--events', events);
  expect(String((await once(child.stdout, 'data'))[0])).toMatch(/^ready: /);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
  const types = readFileSync(events, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { body: { type: string } }).body.type);
  expect(types).toEqual(['agent.started', 'policy.applied', 'volume.mounted', 'agent.stopped']);
});

test.skipIf(viewMissing() !== null)('a medium is never to be seen at its place but through the view', async () => {
  const at = join(folder, 'view');
  const image = join(folder, 'image');
  mkdirSync(at);
  // Others may look into the state folder, but never to where the medium is mounted meanwhile.
  mkdirSync(join(folder, 'state'), { mode: 0o755 });
  writeFileSync(image, '');
  truncateSync(image, 16 * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', '-F', image]);
  // A run that was killed between mounting the medium and taking it left it there.
  mkdirSync(join(folder, 'state/medium/root'), { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, join(folder, 'state/medium/root')]);
  const where = ['--device', image, '--at', at, '--state', join(folder, 'state'), '--policy', POLICY, '--recipient', recipient];
  const child = spawn(process.execPath, [PROGRAM, 'guard', '--mode', 'fuse', ...where], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kinds = new Set<string>();
  const look = setInterval(() => {
    const line = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .find((mount) => mount.split(' ')[1] === at);
    if (line !== undefined) kinds.add(line.split(' ')[2] ?? '');
  }, 5);
  expect(String((await once(child.stdout, 'data'))[0])).toMatch(/^ready: /);
  writeFileSync(join(at, 'plain.txt'), 'harmless');
  clearInterval(look);
  expect(statSync(join(folder, 'state/medium')).mode & 0o777).toBe(0o700);
  expect([...kinds].filter((kind) => kind !== 'fuse.sekisho')).toEqual([]);
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
  expect(readdirSync(at)).toEqual([]);
  const medium = join(folder, 'mounted');
  mkdirSync(medium);
  execFileSync('mount', ['-o', 'loop', image, medium]);
  const kept = existsSync(join(medium, 'plain.txt'));
  execFileSync('umount', [medium]);
  expect(kept).toBe(true);
});

test.skipIf(viewMissing() !== null)('a state folder that cannot be made is told in a sentence, and nothing is mounted', async () => {
  writeFileSync(join(folder, 'file'), '');
  const where = ['--device', POLICY, '--at', join(folder, 'stick'), '--state', join(folder, 'file/state')];
  const what = ['guard', '--mode', 'fuse', ...where, '--policy', POLICY, '--recipient', recipient];
  const child = spawn(process.execPath, [PROGRAM, ...what], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect((await once(child, 'close'))[0]).toBe(2);
  expect(said).toContain('file/state/medium');
  expect(said).not.toContain('    at ');
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
});

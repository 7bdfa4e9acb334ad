import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateIdentity } from '../../src/age/index.ts';

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

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity } from '../../../src/age/index.ts';
import { run, runs, viewMissing } from './harness.ts';

const missing = viewMissing();
if (missing !== null) console.log(`fuse-guard/kill.test.ts skips: ${missing}`);

const PROGRAM = resolve(import.meta.dirname, '../../../bin/sekisho.js');
const CANARY = 'the-only-trace-of-the-plaintext';
const POLICY = `format: sekisho-policy/1
name: kill
title: { ja: 試験, en: Test }
description: { ja: 試験, en: Test }
devices: { default: guard }
rules:
  - id: cards
    title: { ja: カード, en: Cards }
    when:
      - findings: [{ detector: [credit-card] }]
    action: encrypt
default: record
`;
/** Rounds for a quick run; `ROUNDS=300` for the whole. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SAME = { code: 0, said: '', wrote: '' };
const { identity, recipient } = generateIdentity();

let base: string;
let guard: ChildProcess | null = null;
const view = (): string => join(base, 'view');

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-kill-')));
  mkdirSync(view());
  writeFileSync(join(base, 'key'), `${identity}\n`);
  writeFileSync(join(base, 'policy.yaml'), POLICY);
  writeFileSync(join(base, 'image'), '');
  truncateSync(join(base, 'image'), 64 * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', '-F', join(base, 'image')]);
});
afterEach(async () => {
  await kill();
  await run('umount', ['-l', view()]);
  rmSync(base, { recursive: true, force: true });
});

/** Resolves when the view is there. */
async function start(): Promise<void> {
  const where = ['--device', join(base, 'image'), '--at', view(), '--state', join(base, 'state'), '--policy', join(base, 'policy.yaml')];
  const how = ['--recipient', recipient, '--identity', join(base, 'key'), '--mode', 'fuse', '--events', join(base, 'events')];
  guard = spawn(process.execPath, [PROGRAM, 'guard', ...where, ...how], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: unknown = await Promise.race([once(guard.stdout ?? never(), 'data'), once(guard, 'exit')]);
  if (!String(said).startsWith('ready: ')) throw new Error(`no guard: ${String(said)}`);
}

async function kill(): Promise<void> {
  if (guard === null || guard.exitCode !== null || guard.signalCode !== null) return;
  const gone = once(guard, 'exit');
  guard.kill('SIGKILL');
  await gone;
}

describe.skipIf(missing !== null)('an agent killed at any moment', () => {
  it(`loses no file and leaks none (${ROUNDS} rounds)`, async () => {
    const secret = `credit card 4716 2839 4410 5526 ${CANARY}\n`;
    const contents = [secret.repeat(1000), secret.repeat(40_000), 'nothing to see\n'.repeat(1000), 'nothing to see\n'.repeat(100_000)];
    const names = contents.map((_, n) => `f${n}`);
    const write = () => names.forEach((name, n) => writeFileSync(join(base, name), contents[n] ?? ''));
    const moveAll = () => Promise.all(names.map((name) => run('mv', [join(base, name), join(view(), name)])));
    let moved = 0;
    async function check(): Promise<void> {
      for (const [n, name] of names.entries()) {
        // Either it was never moved, or it is in the view, whole.
        const kept = existsSync(join(base, name));
        expect([name, await run('cmp', [join(kept ? base : view(), name), join(base, `expected-${n}`)])]).toEqual([name, SAME]);
        await run('rm', ['-f', join(view(), name)]);
        if (!kept) moved += 1;
      }
    }

    for (const [n, content] of contents.entries()) writeFileSync(join(base, `expected-${n}`), content);
    await start();
    write();
    const began = performance.now();
    await moveAll();
    const undisturbed = performance.now() - began;
    await check();
    expect(moved).toBe(names.length);
    for (let round = 0; round < ROUNDS; round += 1) {
      write();
      const moving = moveAll();
      // A moment that no step of the guard knows.
      await new Promise((wake) => setTimeout(wake, Math.random() * 1.2 * undisturbed));
      await kill();
      await moving;
      expect(readFileSync(join(base, 'image')).includes(CANARY)).toBe(false);
      await start();
      await check();
    }
    console.log(`${moved - names.length} of ${ROUNDS * names.length} files had been moved when the agent was killed`);
    const ended = once(guard ?? never(), 'exit');
    guard?.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await runs('mount', ['-o', 'ro,loop', join(base, 'image'), view()]);
    expect(await runs('find', [view(), '-name', '.~sekisho*'])).toBe('');
    await runs('umount', [view()]);
    expect(readFileSync(join(base, 'image')).includes(CANARY)).toBe(false);
  });
});

function never(): never {
  throw new TypeError('no guard');
}

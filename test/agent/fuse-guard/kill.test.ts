import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateIdentity } from '../../../src/age/index.ts';
import { heldRecord } from '../../../src/agent/fuse-guard/held-view.ts';
import { processMark } from '../../../src/agent/fuse-guard/holder.ts';
import { run, runs, viewMissing } from './harness.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../dist/program/main.js');
const missing = viewMissing() ?? (existsSync(PROGRAM) ? null : 'the program is not built (npm run build)');
if (missing !== null) console.log(`fuse-guard/kill.test.ts skips: ${missing}`);

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
async function start(image = 'image'): Promise<void> {
  const where = ['--device', join(base, image), '--at', view(), '--state', join(base, 'state'), '--policy', join(base, 'policy.yaml')];
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
    const waited: number[] = [];
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
      const killed = performance.now();
      const called = run('stat', [view()]).then(({ code }) => ({ code, millis: performance.now() - killed }));
      expect(readFileSync(join(base, 'image')).includes(CANARY)).toBe(false);
      await start();
      // It waited for the next agent.
      const { code, millis } = await called;
      expect(code).toBe(0);
      waited.push(millis);
      await moving;
      await check();
    }
    const sorted = waited.toSorted((a, b) => a - b);
    const [median, longest] = [sorted.length >> 1, sorted.length - 1].map((place) => Math.round(sorted[place] ?? 0));
    console.log(`${moved - names.length} of ${ROUNDS * names.length} files were moved in spite of the kill`);
    console.log(`from the kill to an answer: longest ${longest} ms, median ${median} ms`);
    await stopOrderly();
    await runs('mount', ['-o', 'ro,loop', join(base, 'image'), view()]);
    expect(await runs('find', [view(), '-name', '.~sekisho*'])).toBe('');
    await runs('umount', [view()]);
    expect(readFileSync(join(base, 'image')).includes(CANARY)).toBe(false);
  });

  it('keeps folders that programs stand in, and tells them of open files', async () => {
    await start();
    mkdirSync(join(base, 'sources'));
    const secret = `credit card 4716 2839 4410 5526 ${CANARY}\n`;
    for (const [name, content] of [
      ['plain', 'nothing to see\n'],
      ['sealed', secret.repeat(10_000)],
    ] as const) {
      writeFileSync(join(base, 'sources', name), content);
    }
    await runs('mkdir', [join(view(), 'd'), join(view(), 'd/e')]);
    await runs('cp', [join(base, 'sources/plain'), join(base, 'sources/sealed'), join(view(), 'd')]);
    const script = `
      cd '${join(view(), 'd/e')}' || exit 1
      exec 7<../plain 8>new 9<../sealed
      head -c 100 <&9 >/dev/null
      echo half >&8
      echo standing; read -r _
      pwd -P; echo ../*
      cat ../plain && cat ../sealed | cmp - '${join(base, 'sources/sealed')}' && echo same
      touch made && test -e made && echo made
      cat <&7 | cmp -s - '${join(base, 'sources/plain')}' && echo read || echo told
      cat <&9 >/dev/null 2>&1 || echo told
      exec 8>&- || echo told`;
    const shell = spawn('bash', ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    shell.stdout.on('data', (data: Buffer) => (said += data.toString()));
    const complaints: string[] = [];
    shell.stderr.on('data', (data: Buffer) => complaints.push(data.toString()));
    await until(() => said === 'standing\n');
    await kill();
    await start();
    shell.stdin.end('go\n');
    await once(shell, 'close');
    const [, folder, names, ...rest] = said.split('\n');
    expect(folder).toBe(join(view(), 'd/e'));
    expect(names).toBe('../e ../plain ../sealed');
    expect(rest).toEqual(['nothing to see', 'same', 'made', expect.stringMatching(/^(read|told)$/), 'told', '']);
    expect(complaints.join('')).toMatch(/Input\/output error/);
    expect(await run('ls', [join(view(), 'd/e')])).toEqual({ ...SAME, wrote: 'made\nnew\n' });
    const holder = heldBy();
    await stopOrderly();
    expect(processMark(holder)).toBeNull();
    expect(readdirSync(join(base, 'state/guard/fuse/held'))).toEqual([]);
    expect(readFileSync(join(base, 'image')).includes(CANARY)).toBe(false);
  });

  it('ends the view where nothing holds it, or where it is another medium, and begins it anew', async () => {
    await start();
    await runs('cp', ['/etc/hostname', join(view(), 'a')]);
    const holder = heldBy();
    await kill();
    process.kill(holder, 'SIGKILL');
    await until(() => processMark(holder) === null);
    expect((await run('ls', [view()])).said).toMatch(/not connected/);
    await start();
    expect(await run('cmp', ['/etc/hostname', join(view(), 'a')])).toEqual(SAME);
    const next = heldBy();
    await kill();
    await runs('cp', ['--sparse=always', join(base, 'image'), join(base, 'other')]);
    await start('other');
    expect(processMark(next)).toBeNull();
    expect(await run('cmp', ['/etc/hostname', join(view(), 'a')])).toEqual(SAME);
    await stopOrderly();
  });
});

/** Process number of the holder. */
function heldBy(): number {
  const folder = join(base, 'state/guard/fuse/held');
  const [name = ''] = readdirSync(folder);
  const record: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return heldRecord.parse(record).holder.pid;
}

async function stopOrderly(): Promise<void> {
  const ended = once(guard ?? never(), 'exit');
  guard?.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((wake) => setTimeout(wake, 20));
}

function never(): never {
  throw new TypeError('no guard');
}

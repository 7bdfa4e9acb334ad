import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openQuarantine, type Quarantine } from '../../../src/agent/quarantine/quarantine.ts';
import { registerQuarantine } from '../../../src/cli/commands/quarantine.ts';
import { decrypted, key } from '../guard/harness.ts';
import { decision } from '../spool/decision.ts';

async function runQuarantine(...args: string[]): Promise<{ status: unknown; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  vi.stubEnv('INIT_CWD', base);
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += text.toString()))),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += text.toString()))),
  ];
  const program = new Command('sekisho').exitOverride();
  registerQuarantine(program);
  try {
    await program.parseAsync(['quarantine', ...args], { from: 'user' });
    return { status: process.exitCode, stdout, stderr };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}

let base: string;
let now = Date.parse('2026-11-22T00:00:00.000Z');
let quarantine: Quarantine;

const reopen = (maxBytes = 1e6) =>
  openQuarantine({ folder: join(base, 'quarantine'), maxBytes, keepMillis: 1000, clock: { now: () => now } });

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'sekisho-quarantine-'));
  quarantine = await reopen();
});
afterEach(() => rmSync(base, { recursive: true }));

async function add(content: string | Buffer, onStaged?: (id: string) => void) {
  writeFileSync(join(base, 'source'), content);
  const source = await open(join(base, 'source'));
  try {
    const facts = {
      path: Buffer.from([0x61, 0x2f, 0xff]),
      shownPath: 'a/\\xFF',
      mode: 0o100644,
      modifiedMillis: 1_600_000_000_000,
      owner: { uid: 0, gid: 0 },
      decision,
      recipients: [key.recipient],
    };
    return await quarantine.add(source, facts, onStaged);
  } finally {
    await source.close();
  }
}

async function added(content: string | Buffer) {
  const result = await add(content);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('a quarantined file', () => {
  it('is an age file that the organisation can open too, in a folder for the agent alone', async () => {
    const item = await added('the plan');
    expect(decrypted(join(base, 'quarantine', `${item.id}.age`))).toBe('the plan');
    expect(Buffer.from(item.path, 'base64')).toEqual(Buffer.from([0x61, 0x2f, 0xff]));
    if (process.platform === 'win32') return;
    expect(statSync(join(base, 'quarantine')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(base, 'quarantine'))) expect(statSync(join(base, 'quarantine', name)).mode & 0o777).toBe(0o600);
  });

  it('is restored as it was, after a reopening, and stays', async () => {
    const item = await added(Buffer.alloc(200_000, 7));
    quarantine = await reopen();
    const target = join(base, 'out');
    expect(await quarantine.restore(item.id, target, { force: false })).toEqual({ ok: true, value: item });
    expect(readFileSync(target)).toEqual(Buffer.alloc(200_000, 7));
    expect(statSync(target).mtimeMs).toBe(1_600_000_000_000);
    expect(await quarantine.list()).toEqual([item]);
  });

  it('does not count before it is staged, and is not left over when taking in fails', async () => {
    let listed: unknown[] | undefined;
    await add('x', () => {
      listed = readdirSync(join(base, 'quarantine')).filter((name) => name.endsWith('.json'));
    });
    expect(listed).toEqual([]);
    await expect(
      add('y', () => {
        throw new TypeError('a bug');
      }),
    ).rejects.toThrow('a bug');
    expect(await quarantine.list()).toHaveLength(1);
  });
});

describe('restore', () => {
  it('replaces nothing unless told to, a symlink neither', async () => {
    const item = await added('new');
    const target = join(base, 'out');
    writeFileSync(target, 'old');
    expect(await quarantine.restore(item.id, target, { force: false })).toMatchObject({ ok: false, error: { code: 'DLP_FILE_EXISTS' } });
    expect(readFileSync(target, 'utf8')).toBe('old');
    symlinkSync(target, join(base, 'link'));
    expect((await quarantine.restore(item.id, join(base, 'link'), { force: true })).ok).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('old');
    expect(readFileSync(join(base, 'link'), 'utf8')).toBe('new');
    expect(readdirSync(base).filter((name) => name.startsWith('.sekisho'))).toEqual([]);
  });

  it('gives nothing that was changed on disk', async () => {
    const item = await added('the plan');
    const stored = join(base, 'quarantine', `${item.id}.age`);
    const bytes = readFileSync(stored);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(stored, bytes);
    expect(await quarantine.restore(item.id, join(base, 'out'), { force: false })).toMatchObject({ ok: false });
    expect(existsSync(join(base, 'out'))).toBe(false);
  });

  it('knows no id that could be a path', async () => {
    mkdirSync(join(base, 'elsewhere'));
    writeFileSync(join(base, 'elsewhere', 'a.json'), '{}');
    expect(await quarantine.restore('../elsewhere/a', join(base, 'out'), { force: false })).toMatchObject({
      ok: false,
      error: { code: 'DLP_QUARANTINE_MISSING' },
    });
  });
});

describe('bounds', () => {
  it('refuses when full, and has room again once something is removed', async () => {
    quarantine = await reopen(30_000);
    const item = await added(Buffer.alloc(15_000));
    expect(await add(Buffer.alloc(15_000))).toMatchObject({ ok: false, error: { code: 'DLP_QUARANTINE_FULL', retryable: true } });
    await quarantine.remove(item.id);
    expect((await add(Buffer.alloc(15_000))).ok).toBe(true);
  });

  it('expires what is past its time, and leftovers of a crash', async () => {
    const item = await added('old');
    const staged = join(base, 'quarantine', '01a20376-d4fa-77f7-bb8c-e861177cf340.age');
    writeFileSync(staged, 'half');
    utimesSync(staged, now / 1000 - 7200, now / 1000 - 7200);
    expect(await quarantine.expire(now + 999)).toEqual([]);
    expect(existsSync(staged)).toBe(false);
    expect(await quarantine.expire(now + 1000)).toEqual([item]);
    expect(await quarantine.list()).toEqual([]);
    expect(readdirSync(join(base, 'quarantine'))).toEqual(['identity.txt']);
  });

  it('passes over a description that somebody wrote into', async () => {
    const item = await added('x');
    writeFileSync(join(base, 'quarantine', `${item.id}.json`), JSON.stringify({ ...item, path: '../..', more: true }));
    expect(await quarantine.list()).toEqual([]);
  });
});

describe('sekisho quarantine', () => {
  it('lists and restores', async () => {
    const item = await added('the plan');
    const listed = await runQuarantine('list', '--state', '.', '--json');
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)).toEqual(item);
    const restored = await runQuarantine('restore', item.id, '-o', 'out', '--state', '.');
    expect(restored).toMatchObject({ status: 0, stderr: expect.stringContaining('could not record it') as unknown });
    expect(readFileSync(join(base, 'out'), 'utf8')).toBe('the plan');
    expect(await runQuarantine('restore', item.id, '-o', 'out', '--state', '.')).toMatchObject({ status: 2 });
  });

  it('says when there is no quarantine, and makes none', async () => {
    const run = await runQuarantine('list', '--state', 'nowhere');
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('DLP_QUARANTINE_MISSING') });
    expect(existsSync(join(base, 'nowhere'))).toBe(false);
  });
});

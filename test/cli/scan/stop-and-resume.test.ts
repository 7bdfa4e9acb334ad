import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scanReport } from '../../../src/cli/scan/report-schema.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MAIN = join(import.meta.dirname, '../../../src/cli/main.ts');
const FILES = 1200;
/** So many results the state may not have written yet. */
const MOST_HELD_BACK = 256;
/** More than that, far less than there are. */
const STOP_AT = 400;
const AT_REST_MILLIS = 2100;
const folder = temporaryFolder();
const line = z.looseObject({ path: z.string(), reused: z.boolean().optional(), ms: z.number() });
let whole: object[];

beforeAll(async () => {
  for (let index = 0; index < FILES; index += 1) {
    const parent = join(folder, 'tree', `d${index % 20}`);
    mkdirSync(parent, { recursive: true });
    // Every tenth holds a My Number; all differ.
    writeFileSync(join(parent, `f${index}.txt`), `${index}\n${index % 10 === 0 ? 'マイナンバー 123456789018' : '議事録'}\n`);
  }
  whole = plain(scan().out);
  // A state keeps nothing of files as young as the coarsest timestamps: the clock itself is what is waited for.
  const newest = statSync(join(folder, 'tree', 'd19', `f${FILES - 1}.txt`)).ctimeMs;
  await setTimeout(Math.max(0, newest + AT_REST_MILLIS - Date.now()));
});

const options = (state: string, report: string): string[] => ['--state', join(folder, state), '--report', join(folder, report)];

function scan(...args: string[]) {
  const run = spawnSync(process.execPath, [MAIN, 'scan', '--json', ...args, 'tree'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, INIT_CWD: folder },
    maxBuffer: 2 ** 26,
  });
  return { status: run.status, out: lines(run.stdout) };
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((each) => line.parse(JSON.parse(each)));

/** What the scan found, without how long it took and whether it was known. */
const plain = (out: readonly z.infer<typeof line>[]): object[] => out.map((each) => ({ ...each, ms: undefined, reused: undefined }));

async function stopped(signal: NodeJS.Signals, args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'scan', '--json', ...args, 'tree'], {
    cwd: folder,
    env: { ...process.env, INIT_CWD: folder, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let seen = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    seen += 1;
    if (seen === STOP_AT) child.kill(signal);
  }
  const [code] = await ended;
  return { code: z.number().nullable().parse(code), seen, errors };
}

describe('a scan that was stopped', () => {
  it('goes on after kill -9 and finds what a whole scan finds', async () => {
    const args = options('killed.db', 'killed.json');
    const first = await stopped('SIGKILL', args);
    expect(first).toMatchObject({ code: null });
    expect(first.seen).toBeLessThan(FILES);
    const second = scan(...args);
    expect(second.status).toBe(0);
    expect(plain(second.out)).toEqual(whole);
    expect(second.out.filter(({ reused }) => reused).length).toBeGreaterThanOrEqual(STOP_AT - MOST_HELD_BACK);
    expect(scanReport.parse(JSON.parse(readFileSync(join(folder, 'killed.json'), 'utf8')))).toMatchObject({
      complete: true,
      summary: { files: FILES, sensitive: FILES / 10 },
    });
    const third = scan(...args);
    expect(plain(third.out)).toEqual(whole);
    expect(third.out.every(({ reused, ms }) => reused && ms === 0)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('ends in good order on SIGINT, says how to go on, and does', async () => {
    const args = options('stopped.db', 'stopped.json');
    const first = await stopped('SIGINT', args);
    expect(first.code).toBe(130);
    expect(first.errors).toContain('the same command goes on');
    const partial = scanReport.parse(JSON.parse(readFileSync(join(folder, 'stopped.json'), 'utf8')));
    expect(partial).toMatchObject({ complete: false, summary: { files: first.seen } });
    const second = scan(...args);
    expect(plain(second.out)).toEqual(whole);
    expect(second.out.filter(({ reused }) => reused).length).toBeGreaterThanOrEqual(first.seen);
    expect(scanReport.parse(JSON.parse(readFileSync(join(folder, 'stopped.json'), 'utf8'))).complete).toBe(true);
  });

  it('takes a reader that leaves early for no error', async () => {
    const child = spawn(process.execPath, [MAIN, 'scan', '--json', 'tree'], {
      cwd: folder,
      env: { ...process.env, INIT_CWD: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'exit');
    expect({ code: z.number().parse(code), errors }).toEqual({ code: 0, errors: '' });
  });
});

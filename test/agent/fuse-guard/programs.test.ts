import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeView, programMissing, run, runs, type ViewHarness, viewMissing } from './harness.ts';

const missing = viewMissing();
if (missing !== null) console.log(`fuse-guard/programs.test.ts skips: ${missing}`);

const CANARY = 'the-only-trace-of-the-plaintext';
const SECRET = Buffer.from(`@encrypt ${CANARY}\n`.repeat(5000));
const FORBIDDEN = Buffer.from(`@block ${CANARY}\n`.repeat(200));
const ALLOWED = Buffer.from('nothing to see here\n'.repeat(3000));

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const contentOf = (path: string): Promise<string | null> => readFile(path).then(digest, () => null);

let harness: ViewHarness;
let host: string;

beforeEach(async () => {
  host = mkdtempSync(join(tmpdir(), 'sekisho-view-source-'));
  for (const [name, bytes] of [
    ['secret', SECRET],
    ['forbidden', FORBIDDEN],
    ['allowed', ALLOWED],
  ] as const) {
    writeFileSync(join(host, name), bytes);
  }
});
afterEach(async () => {
  await harness.close();
  rmSync(host, { recursive: true, force: true });
});

const PYTHON = 'import sys,shutil\nwith open(sys.argv[1],"rb") as a, open(sys.argv[2],"wb") as b: shutil.copyfileobj(a,b)';
const NODE = 'const fs=require("fs");fs.writeFileSync(process.argv[2],fs.readFileSync(process.argv[1]))';

/** How people and programs put a file on a stick. */
const WAYS: readonly { readonly name: string; readonly program: string; readonly args: (from: string, to: string) => string[] }[] = [
  { name: 'cp', program: 'cp', args: (from, to) => ['-p', from, to] },
  { name: 'mv', program: 'mv', args: (from, to) => [from, to] },
  { name: 'dd', program: 'dd', args: (from, to) => [`if=${from}`, `of=${to}`, 'bs=3000', 'conv=fsync', 'status=none'] },
  { name: 'rsync', program: 'rsync', args: (from, to) => ['-a', from, to] },
  { name: 'install', program: 'install', args: (from, to) => [from, to] },
  { name: 'python', program: 'python3', args: (from, to) => ['-c', PYTHON, from, to] },
  { name: 'node', program: process.execPath, args: (from, to) => ['-e', NODE, from, to] },
  { name: 'tee', program: 'sh', args: (from, to) => ['-c', `tee "${to}" < "${from}" > /dev/null`] },
];

describe.skipIf(missing !== null).each([{ passthrough: true }, { passthrough: false }])('a view (%o)', ({ passthrough }) => {
  it('takes files from every program, and no byte of what policy keeps back reaches the medium', async () => {
    harness = await makeView({ passthrough });
    const ways = WAYS.filter(({ program }) => !programMissing(program));
    for (const { name, program, args } of ways) {
      for (const [kind, content, code] of [
        ['allowed', ALLOWED, 0],
        ['secret', SECRET, 0],
        ['forbidden', FORBIDDEN, 1],
      ] as const) {
        const from = join(host, `${name}-${kind}`);
        writeFileSync(from, content);
        const to = join(harness.view, `${name}-${kind}`);
        const ran = await run(program, args(from, to));
        // What is refused is where it was, and not in the view.
        const [here, there] = await Promise.all([contentOf(from), contentOf(to)]);
        const moved = name === 'mv' && code === 0;
        expect([name, kind, ran.code === 0 ? 0 : 1, here, there]).toEqual([
          name,
          kind,
          code,
          moved ? null : digest(content),
          code === 0 ? digest(content) : null,
        ]);
      }
    }
    const raw = await harness.rawAfterStop();
    expect(raw.includes(CANARY)).toBe(false);
    expect(raw.includes('nothing to see here')).toBe(true);
    for (const { name } of ways) {
      expect(harness.stored(`${name}-allowed`).equals(ALLOWED)).toBe(true);
      expect(harness.stored(`${name}-secret.age`).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    }
    expect(harness.problems).toEqual([]);
  });
});

describe.skipIf(missing !== null)('on a view', () => {
  it('programs edit in place: sed, appending, a database, mv', async () => {
    harness = await makeView();
    const file = join(harness.view, 'a.txt');
    await writeFile(file, SECRET);
    await runs('sed', ['-i', 's/only/last/', file]);
    await runs('sh', ['-c', `echo appended >> "${file}"`]);
    const edited = Buffer.from(`${SECRET.toString().replaceAll('only', 'last')}appended\n`);
    expect((await readFile(file)).equals(edited)).toBe(true);
    const random = await open(file, 'r+');
    await random.write('XYZ', 70_000);
    await random.close();
    expect((await readFile(file)).subarray(70_000, 70_003).toString()).toBe('XYZ');
    await runs('mv', [file, join(harness.view, 'b.txt')]);
    const raw = await harness.rawAfterStop();
    expect([raw.includes(CANARY), raw.includes(CANARY.replace('only', 'last'))]).toEqual([false, false]);
    expect(harness.stored('b.txt.age').subarray(0, 3).toString()).toBe('age');
  });

  it.skipIf(programMissing('sqlite3'))('a database keeps its rows in both journal modes', async () => {
    harness = await makeView();
    const file = join(harness.view, 'rows.db');
    await runs('sqlite3', [file, `create table t(a); insert into t values('@encrypt ${CANARY}');`]);
    await runs('sqlite3', [file, 'pragma journal_mode=wal; insert into t values(2); update t set a = a || 3;']);
    expect(await runs('sqlite3', [file, 'select count(*) from t; pragma integrity_check;'])).toBe('2\nok\n');
    expect((await harness.rawAfterStop()).includes(CANARY)).toBe(false);
  });

  it.skipIf(programMissing('git'))('git commits, checks and clones', async () => {
    harness = await makeView();
    const repo = join(harness.view, 'repo');
    const git = (...args: string[]) => runs('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', '-C', repo, ...args]);
    mkdirSync(repo);
    await git('init', '-q');
    await writeFile(join(repo, 'a.txt'), SECRET);
    await git('add', '.');
    await git('commit', '-qm', 'first');
    expect(await git('status', '--porcelain')).toBe('');
    await git('fsck', '--strict');
    await runs('git', ['clone', '-q', repo, join(harness.view, 'clone')]);
    expect((await readFile(join(harness.view, 'clone', 'a.txt'))).equals(SECRET)).toBe(true);
  });

  it.skipIf(programMissing('rsync'))('a second rsync copies nothing', async () => {
    harness = await makeView();
    const args = ['-a', '-i', `${host}/allowed`, `${host}/secret`, harness.view];
    expect((await runs('rsync', args)).split('\n').filter((line) => line.startsWith('>f'))).toHaveLength(2);
    expect(await runs('rsync', args)).toBe('');
    await harness.restart();
    expect(await runs('rsync', args)).toBe('');
  });

  it('tar packs and unpacks with links and modes', async () => {
    harness = await makeView();
    mkdirSync(join(host, 'tree', 'deep', 'er'), { recursive: true });
    writeFileSync(join(host, 'tree', 'deep', 'er', 'x'), SECRET, { mode: 0o640 });
    await runs('ln', ['-s', 'deep/er/x', join(host, 'tree', 'link')]);
    await runs('tar', ['-C', host, '-cf', join(host, 'tree.tar'), 'tree']);
    await runs('tar', ['-C', harness.view, '-xf', join(host, 'tree.tar')]);
    await runs('diff', ['-r', join(host, 'tree'), join(harness.view, 'tree')]);
    expect((await runs('stat', ['-c', '%a', join(harness.view, 'tree', 'deep', 'er', 'x')])).trim()).toBe('640');
    await runs('rm', ['-r', join(harness.view, 'tree')]);
    expect(await runs('ls', [harness.view])).toBe('lost+found\n');
  });
});

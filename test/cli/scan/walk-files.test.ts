import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pseudoFilesystems } from '../../../src/cli/scan/filesystems.ts';
import { walkFiles, type Walked, type WalkOptions } from '../../../src/cli/walk-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

const linux = process.platform === 'linux';
const base = temporaryFolder();
const newFolder = (): string => mkdtempSync(join(base, 'w-'));

async function walk(path: string, options: WalkOptions = {}): Promise<Walked[]> {
  const all: Walked[] = [];
  for await (const found of walkFiles({ path: Buffer.from(path), typed: 'root' }, options)) {
    all.push(found);
    if (found.kind === 'file') found.release();
  }
  return all;
}

const shown = (all: readonly Walked[]): string[] => all.map((each) => each.shown);

describe('walkFiles', () => {
  it('gives files in order of the bytes of their names, each folder in its place', async () => {
    const root = newFolder();
    for (const folder of ['a', 'b', 'a.d']) mkdirSync(join(root, folder));
    for (const file of ['b/2', 'a/1', 'a.d/3', 'c', 'Z', 'あ', 'é']) writeFileSync(join(root, file), file);
    expect(shown(await walk(root))).toEqual(['root/Z', 'root/a/1', 'root/a.d/3', 'root/b/2', 'root/c', 'root/é', 'root/あ']);
  });

  it('gives the same files in the same order however few names it may hold', async () => {
    const root = newFolder();
    for (let index = 0; index < 3000; index += 1) writeFileSync(join(root, `f${(index * 7919) % 3000}`), '');
    const whole = await walk(root);
    expect(whole).toHaveLength(3000);
    expect(shown(await walk(root, { mostNames: 0 }))).toEqual(shown(whole));
    expect(shown(whole)).toEqual(shown(whole).toSorted());
  });

  it.runIf(linux)('shows hostile names so that they deceive nobody, and reaches each file', async () => {
    const root = newFolder();
    const names = [
      Buffer.from('line\nbreak'),
      Buffer.from('annual\u{202e}fdp.exe'),
      Buffer.from([0x66, 0xff, 0xfe, 0x80]),
      Buffer.alloc(255, 'n'),
      Buffer.from('\u{1b}[31mred'),
      Buffer.from('日本語'.repeat(28)),
    ];
    for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), name);
    const found = await walk(root);
    const files = found.flatMap((each) => (each.kind === 'file' ? [each] : []));
    expect(files.map(({ path }) => readFileSync(path).toString('hex')).toSorted()).toEqual(
      names.map((name) => name.toString('hex')).toSorted(),
    );
    expect(shown(found)).toContain('root/line\\u{000A}break');
    expect(shown(found)).toContain('root/annual\\u{202E}fdp.exe');
    expect(shown(found)).toContain('root/f\\xFF\\xFE\\x80');
    expect(shown(found).join('')).not.toMatch(/\p{Cc}/u);
  });

  it.runIf(linux)('follows no link and opens nothing that is no file', async () => {
    const root = newFolder();
    symlinkSync('/etc', join(root, 'folder'));
    symlinkSync('/etc/passwd', join(root, 'file'));
    symlinkSync('.', join(root, 'loop'));
    expect(spawnSync('mkfifo', [join(root, 'pipe')]).status).toBe(0);
    const found = await walk(root);
    expect(found.map((each) => (each.kind === 'error' ? [each.shown, each.error.code, each.named] : each))).toEqual(
      ['file', 'folder', 'loop', 'pipe'].map((name) => [`root/${name}`, 'DLP_FILE_NOT_REGULAR', false]),
    );
    expect(await walk(join(root, 'loop'))).toMatchObject([{ kind: 'error', named: true, error: { code: 'DLP_FILE_NOT_REGULAR' } }]);
  });

  it('names what is not there', async () => {
    expect(await walk(join(base, 'absent'))).toMatchObject([{ kind: 'error', named: true, error: { code: 'DLP_FILE_NOT_FOUND' } }]);
  });

  it('goes on when a folder vanishes while it is in it', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'b'));
    for (const file of ['a', 'b/1', 'b/2', 'c']) writeFileSync(join(root, file), '');
    const found: Walked[] = [];
    for await (const each of walkFiles({ path: Buffer.from(root), typed: root })) {
      found.push(each);
      if (each.shown.endsWith('b/1')) rmSync(join(root, 'b'), { recursive: true });
    }
    expect(found.map((each) => [each.shown.slice(root.length), each.kind])).toEqual([
      ['/a', 'file'],
      ['/b/1', 'file'],
      ['/b/2', 'error'],
      ['/c', 'file'],
    ]);
  });

  it.runIf(linux && process.getuid?.() !== 0)('names a folder that cannot be read (root reads every folder: skipped there)', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'closed'), { mode: 0 });
    writeFileSync(join(root, 'open'), '');
    expect(await walk(root)).toMatchObject([{ kind: 'error', named: false, error: { code: 'DLP_FILE_PERMISSION' } }, { kind: 'file' }]);
  });

  it('leaves out what is excluded, by name or by path, with all below it', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'node_modules/deep'), { recursive: true });
    mkdirSync(join(root, 'src'));
    for (const file of ['node_modules/deep/a', 'src/a.log', 'src/a.ts', 'x.LOG']) writeFileSync(join(root, file), '');
    const found = await walk(root, { exclude: ['node_modules', '*.log', 'root/src/b*'] });
    expect(found.map((each) => [each.kind, each.shown])).toEqual([
      ['left-out', 'root/node_modules'],
      ['left-out', 'root/src/a.log'],
      ['file', 'root/src/a.ts'],
      ['left-out', 'root/x.LOG'],
    ]);
  });

  it('leaves out files that the walker writes itself', async () => {
    const root = newFolder();
    for (const file of ['state.db', 'state.db-wal', 'é.db']) writeFileSync(join(root, file), '');
    const found = await walk(root, { ownFiles: [join(root, 'state.db'), join(root, 'é.db')] });
    expect(found.map((each) => [each.shown, each.kind === 'left-out' ? each.reason : each.kind])).toEqual([
      ['root/state.db', 'own-file'],
      ['root/state.db-wal', 'file'],
      ['root/é.db', 'own-file'],
    ]);
  });

  it('counts the names of a file', async () => {
    const root = newFolder();
    writeFileSync(join(root, 'a'), 'x');
    linkSync(join(root, 'a'), join(root, 'b'));
    const found = await walk(root);
    expect(found).toMatchObject([{ links: 2 }, { links: 2 }]);
    const [a, b] = found.flatMap((each) => (each.kind === 'file' ? [each.stamp] : []));
    expect(a).toEqual(b);
  });

  it.runIf(linux)('reaches files deeper than the longest path, and gives all descriptors back', async () => {
    const root = newFolder();
    // The kernel takes no path this long: the folders are made from inside.
    const script = `for (let i = 0; i < 300; i += 1) { fs.writeFileSync('f', String(i)); fs.mkdirSync('d'.repeat(200)); process.chdir('d'.repeat(200)); }`;
    expect(spawnSync(process.execPath, ['-e', script], { cwd: root }).status).toBe(0);
    const open = readdirSync('/proc/self/fd').length;
    const contents: string[] = [];
    let longest = 0;
    for await (const each of walkFiles({ path: Buffer.from(root), typed: 'root' })) {
      if (each.kind !== 'file') throw new Error(`${each.kind} at ${each.shown.length}`);
      contents.push(readFileSync(each.path, 'utf8'));
      longest = Math.max(longest, each.shown.length);
      each.release();
    }
    expect(contents.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(longest).toBeGreaterThan(60_000 - 300);
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
    expect(spawnSync('rm', ['-rf', root]).status).toBe(0);
  });

  it.runIf(linux)('leaves out pseudo filesystems and says which', async () => {
    const found = await walk('/proc', { pseudoFilesystems: pseudoFilesystems() });
    expect(found).toEqual([{ kind: 'left-out', shown: 'root', reason: 'pseudo-filesystem', filesystem: 'proc' }]);
  });

  it.runIf(linux)('stays on one filesystem when asked to', async () => {
    // /proc lies in the root filesystem and is another one, on every Linux.
    const exclude = readdirSync('/', { withFileTypes: true }).flatMap(({ name }) => (name === 'proc' ? [] : [name]));
    const found = await walk('/', { exclude, oneFilesystem: true });
    expect(found.filter((each) => each.kind === 'left-out' && each.reason === 'other-filesystem')).toMatchObject([{ shown: 'root/proc' }]);
  });
});

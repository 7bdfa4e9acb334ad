import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileOrigin } from '../../../src/contracts/event.ts';
import { makeView, programMissing, runs, type ViewHarness, viewMissing } from './harness.ts';

const missing = viewMissing();
if (missing !== null) console.log(`fuse-guard/origins.test.ts skips: ${missing}`);

const MIB = 1024 * 1024;
const SECRET = '@encrypt the list of customers\n';

let harness: ViewHarness;
let host: string;
const at = (name: string): string => join(harness.view, name);
const real = (program: string): string => realpathSync(execFileSync('which', [program], { encoding: 'utf8' }).trim());

/** What was said of the last state of a file. */
function originOf(name: string): FileOrigin | undefined {
  const outcome = harness.seen.findLast(({ arrival }) => arrival.path === name)?.outcome;
  return outcome?.done === true ? outcome.origin : undefined;
}

beforeEach(async () => {
  host = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-origin-')));
  harness = await makeView({ bytes: 256 * MIB });
});
afterEach(async () => {
  await harness.close();
  rmSync(host, { recursive: true, force: true });
});

describe.skipIf(missing !== null)('where a copy came from', () => {
  it.each([
    ['cp', (from: string, to: string) => ['cp', from, to]],
    ['mv', (from: string, to: string) => ['mv', from, to]],
    ['dd', (from: string, to: string) => ['dd', `if=${from}`, `of=${to}`, 'status=none']],
    ['cat', (from: string, to: string) => ['sh', '-c', 'cat <"$1" >"$2"', 'sh', from, to]],
    ['gio', (from: string, to: string) => ['gio', 'copy', from, to]],
  ])('is known of %s: its program, and the file with the same content', async (program, command) => {
    if (programMissing(program)) return console.log(`fuse-guard/origins.test.ts: there is no ${program}`);
    const from = join(host, '顧客 一覧.txt');
    writeFileSync(from, SECRET.repeat(100));
    // Of the same size, and open in the same program's folder: no source.
    writeFileSync(join(host, 'other.txt'), SECRET.repeat(100).replaceAll('list', 'tsil'));
    const [name = '', ...args] = command(from, at('copy.txt'));
    await runs(name, args);
    const origin = originOf('copy.txt');
    // A shell makes the file before it becomes the program.
    expect([basename(real(program)), basename(real('sh'))]).toContain(basename(origin?.program ?? ''));
    expect(origin?.source).toEqual({ path: from, basis: 'same-content' });
  });

  it('is no source where a program reads one thing and writes another', async () => {
    writeFileSync(join(host, 'read.txt'), 'a'.repeat(SECRET.length));
    const script = `import sys
source=open(sys.argv[1]); source.read(); target=open(sys.argv[2],"w"); target.write(sys.argv[3]); target.close()`;
    await runs('python3', ['-c', script, join(host, 'read.txt'), at('made.txt'), SECRET]);
    expect(originOf('made.txt')).toEqual({ program: expect.stringMatching(/\/python3[^/]*$/) as unknown });
  });

  it('rests on the size alone where content is too large to be read twice, and says so', async () => {
    const from = join(host, 'large.bin');
    writeFileSync(from, Buffer.alloc(65 * MIB, '@encrypt '));
    await runs('cp', [from, at('large.bin')]);
    expect(originOf('large.bin')?.source).toEqual({ path: from, basis: 'same-size' });
  });

  it('asks nothing of a view, whose agent would wait for itself', async () => {
    writeFileSync(join(host, 'a.txt'), SECRET);
    await runs('cp', [join(host, 'a.txt'), at('a.txt')]);
    await runs('cp', [at('a.txt'), at('b.txt')]);
    expect(originOf('b.txt')?.program).toBe(real('cp'));
    expect(originOf('b.txt')?.source).toBeUndefined();
  });

  it('shows a name that would turn round, or break a line, in words', async () => {
    const from = join(host, 'list\u202Etxt.exe\n.txt');
    writeFileSync(from, SECRET);
    await runs('cp', [from, at('plain.txt')]);
    expect(originOf('plain.txt')?.source?.path).toBe(join(host, String.raw`list\u{202E}txt.exe\u{000A}.txt`));
  });
});

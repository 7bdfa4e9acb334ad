import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { walkFiles } from '../../src/cli/walk-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-disk-'));
// Node's own rm cannot remove what is deeper than the longest path.
afterAll(() => void spawnSync('rm', ['-rf', folder]));

/** The kernel takes no path this long, and no other process could make a million files in good time: made from inside. */
function make(name: string, script: string): string {
  const path = join(folder, name);
  expect(spawnSync('mkdir', [path]).status).toBe(0);
  expect(spawnSync(process.execPath, ['-e', script], { cwd: path }).status).toBe(0);
  return path;
}

async function walk(path: string) {
  let [files, others, most, ordered] = [0, 0, 0, true];
  let last = '';
  for await (const found of walkFiles({ path: Buffer.from(path), typed: 'x' })) {
    if (found.kind === 'file') found.release();
    files += found.kind === 'file' ? 1 : 0;
    others += found.kind === 'file' ? 0 : 1;
    ordered &&= last < found.shown;
    last = found.shown;
    if (files % 20_000 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  return { files, others, most, ordered };
}

it.runIf(process.platform === 'linux')('walks ten thousand folders deep', { timeout: 600_000 }, async () => {
  const path = make(
    'deep',
    `for (let level = 0; level < 10000; level += 1) { fs.writeFileSync('f', ''); fs.mkdirSync('folder'); process.chdir('folder'); }`,
  );
  expect(await walk(path)).toMatchObject({ files: 10_000, others: 0 });
});

it('walks a folder of a million files in order and in little memory', { timeout: 1_200_000 }, async () => {
  const path = make('wide', `for (let n = 0; n < 1000000; n += 1) fs.closeSync(fs.openSync('f' + ((n * 7919) % 1000000), 'w'));`);
  const before = process.memoryUsage().rss;
  const { most, ...rest } = await walk(path);
  expect(rest).toEqual({ files: 1_000_000, others: 0, ordered: true });
  // The names alone, as objects, would be several hundred megabytes.
  expect(most - before).toBeLessThan(200 * 2 ** 20);
});

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build, type BuildTarget, TARGETS } from '../../scripts/build.ts';

const TARGET: BuildTarget = { name: 'page', config: 'page/vite.config.ts', sources: ['page', 'shared'], output: 'dist/page/index.html' };

describe('build', () => {
  let root = '';
  const write = (path: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'x');
  };
  const run = async (target: BuildTarget): Promise<void> => write(target.output);
  const later = (path: string): void => utimesSync(join(root, path), new Date(Date.now() + 60_000), new Date(Date.now() + 60_000));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sekisho-build-'));
    const files = ['page/vite.config.ts', 'page/deep/main.ts', 'shared/part.ts', 'package-lock.json', 'elsewhere/file.ts'];
    for (const path of files) write(path);
    for (const path of [...files, 'page', 'page/deep', 'shared']) utimesSync(join(root, path), 1_000_000, 1_000_000);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('builds once, then has nothing to do', async () => {
    expect(await build([TARGET], { root, run })).toEqual(['page']);
    expect(await build([TARGET], { root, run })).toEqual([]);
    expect(await build([TARGET], { root, run, force: true })).toEqual(['page']);
  });

  it.each(['page/deep/main.ts', 'shared/part.ts', 'page/vite.config.ts', 'package-lock.json', 'page/deep'])(
    'builds again after a change of %s',
    async (path) => {
      await build([TARGET], { root, run });
      later(path);
      expect(await build([TARGET], { root, run })).toEqual(['page']);
    },
  );

  it('builds again when the output is gone, and not for what it does not use', async () => {
    await build([TARGET], { root, run });
    later('elsewhere/file.ts');
    expect(await build([TARGET], { root, run })).toEqual([]);
    rmSync(join(root, TARGET.output));
    expect(await build([TARGET], { root, run })).toEqual(['page']);
  });

  it('does not take a failed build for done', async () => {
    await build([TARGET], { root, run });
    later('shared/part.ts');
    await expect(build([TARGET], { root, run: () => Promise.reject(new Error('no such module')) })).rejects.toThrow('no such module');
    utimesSync(join(root, 'shared/part.ts'), 1_000_000, 1_000_000);
    expect(await build([TARGET], { root, run })).toEqual(['page']);
  });

  it('says when a build wrote nothing', async () => {
    await expect(build([TARGET], { root, run: () => Promise.resolve() })).rejects.toThrow(
      'page: the build ended without writing dist/page/index.html',
    );
  });

  it('knows every bundle by a name of its own', () => {
    expect(new Set(TARGETS.map((target) => target.name)).size).toBe(TARGETS.length);
    expect(TARGETS.map((target) => target.name)).toContain('console');
  });
});

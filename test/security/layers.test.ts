import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forbiddenImport, misplaced } from '../../scripts/lint/import-rule.ts';

const root = resolve(import.meta.dirname, '../..');
const inRepo = (path: string): string => resolve(root, path);

describe('the import rules', () => {
  test.each([
    ['src/core/step.ts', 'node:fs', 'src/core may not import node:fs'],
    ['src/core/step.ts', '../agent/loop.ts', 'src/core may not import src/agent'],
    ['src/core/policy/decide-file.ts', '../../policy/index.ts', 'src/core may not import src/policy'],
    ['src/agent/loop.ts', '../platform/linux/volumes.ts', 'src/platform/linux is reached through src/platform/index.ts only'],
    ['src/agent/loop.ts', '../collector/index.ts', 'src/agent may not import src/collector'],
    ['src/console/app.tsx', 'node:path', 'src/console may not import node:path'],
    ['src/contracts/event.ts', '../core/step.ts', 'src/contracts may not import src/core'],
    ['electron/main/app.ts', '../../src/agent/loop.ts', 'electron/main may not import src/agent'],
    ['electron/renderer/main.tsx', 'electron', 'electron/renderer may not import electron'],
    ['src/node/errno.ts', '../../package.json', 'src/node may not import package.json: it lies outside the layers'],
  ])('%s may not import %s', (file, specifier, message) => {
    expect(forbiddenImport(inRepo(file), specifier)).toBe(message);
  });

  test.each([
    ['src/core/handlers/files.ts', '../policy/decide-file.ts'],
    ['src/core/step.ts', '../contracts/event.ts'],
    ['src/agent/loop.ts', '../core/step.ts'],
    ['src/platform/index.ts', './linux/index.ts'],
    ['src/collector/agent-api.ts', '@fastify/static'],
    ['test/core/step.test.ts', 'node:fs'],
  ])('%s may import %s', (file, specifier) => {
    expect(forbiddenImport(inRepo(file), specifier)).toBeNull();
  });

  test('every source file lies in a known folder', () => {
    const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.js', '*.mjs'], { cwd: root, encoding: 'utf8' });
    const wrong = files
      .split('\n')
      .filter((file) => file !== '')
      .map(misplaced)
      .filter((message) => message !== null);
    expect(wrong).toEqual([]);
  });

  test('a file in no known folder is named', () => {
    expect(misplaced('src/helpers/strings.ts')).toMatch(/lies in no known folder/);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockState } from '../../src/node/state-lock.ts';

const MODULE = resolve(import.meta.dirname, '../../src/node/state-lock.ts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a state folder is one process’s, and its owner’s alone', () => {
  const lock = lockState(folder);
  expect(lock.ok).toBe(true);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(lockState(folder)).toMatchObject({ ok: false, error: { code: 'DLP_STATE_IN_USE' } });
  if (lock.ok) lock.value.release();
  expect(lockState(folder).ok).toBe(true);
});

test('the lock of a killed process is free', async () => {
  const script = `import { lockState } from ${JSON.stringify(MODULE)};
    console.log(lockState(${JSON.stringify(folder)}).ok); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  expect(String((await once(child.stdout, 'data'))[0])).toBe('true\n');
  expect(lockState(folder).ok).toBe(false);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  expect(lockState(folder).ok).toBe(true);
});

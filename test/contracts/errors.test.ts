import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/contracts/errors.ts';

const root = resolve(import.meta.dirname, '../..');

test('docs/errors.md explains every code, and no other', () => {
  const documented = [...readFileSync(resolve(root, 'docs/errors.md'), 'utf8').matchAll(/^\| `(DLP_[A-Z_]+)` \|/gm)].map(
    ([, code = '']) => code,
  );
  expect(documented.toSorted()).toEqual([...ERROR_CODES].toSorted());
});

test('every code is used', () => {
  const used = execFileSync('git', ['grep', '-ohE', "'DLP_[A-Z_]+'", '--', 'src', 'electron', ':!src/contracts/errors.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const unused = ERROR_CODES.filter((code) => !used.includes(`'${code}'`));
  expect(unused).toEqual([]);
});

import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomic } from '../../src/node/atomic-file.ts';
import { fromErrno } from '../../src/node/errno.ts';

test('replaces a file whole, with the mode asked for, and leaves nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  const path = join(folder, 'key');
  await writeFileAtomic(path, 'first');
  await writeFileAtomic(path, 'second', 0o640);
  expect(await readFile(path, 'utf8')).toBe('second');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['key']);
});

test('a target that cannot be replaced leaves no temporary file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  await expect(writeFileAtomic(folder, 'x')).rejects.toThrow(/E[A-Z]+/);
  expect(await readdir(folder)).toEqual([]);
});

test('system errors become failures, bugs are thrown on', () => {
  expect(fromErrno(Object.assign(new Error('no'), { code: 'ENOSPC' }))).toMatchObject({ code: 'DLP_FILE_NO_SPACE', retryable: true });
  expect(fromErrno(Object.assign(new Error('no'), { code: 'EXDEV' }))).toMatchObject({ code: 'DLP_FILE_IO', retryable: false });
  expect(() => fromErrno(new TypeError('bug'))).toThrow('bug');
  expect(() => fromErrno(Object.assign(new Error('bug'), { code: 'ERR_INVALID_ARG_TYPE' }))).toThrow('bug');
});

import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own, removed with all it holds when disposed of. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string; file(name: string): string }> {
  const path = await mkdtemp(join(tmpdir(), 'sekisho-age-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** Runs `work` on real files: one holding `content`, one new; gives its result and what the new one then holds. */
export async function throughFiles<T>(
  content: Uint8Array,
  work: (source: FileHandle, target: FileHandle) => Promise<T>,
): Promise<{ result: T; written: Buffer }> {
  await using folder = await temporaryFolder();
  await writeFile(folder.file('source'), content);
  await using source = await open(folder.file('source'), 'r');
  await using target = await open(folder.file('target'), 'wx');
  const result = await work(source, target);
  return { result, written: await readFile(folder.file('target')) };
}

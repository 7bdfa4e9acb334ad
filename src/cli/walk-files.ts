import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { failure, type Failure } from '../contracts/errors.ts';
import { fromErrno } from '../node/errno.ts';

/** A file found, or why there is none. `path` is bytes, since names need not be UTF-8. */
export type WalkedFile =
  | { readonly path: Buffer; readonly named: boolean; readonly bytes: number }
  | { readonly path: Buffer; readonly named: boolean; readonly error: Failure };

const SLASH = Buffer.from('/');

/** The files at and below a path, in order of name. Links are not followed, not even one that is named: they may lead anywhere. */
export async function* walkFiles(path: Buffer, named = true): AsyncGenerator<WalkedFile> {
  let facts: Stats;
  try {
    facts = await lstat(path);
  } catch (error) {
    yield { path, named, error: fromErrno(error) };
    return;
  }
  if (facts.isFile()) yield { path, named, bytes: facts.size };
  else if (facts.isDirectory()) yield* walkFolder(path);
  else {
    const kind = facts.isSymbolicLink() ? 'a link; links are not followed' : 'no regular file';
    yield { path, named, error: failure('DLP_FILE_NOT_REGULAR', `This is ${kind}.`) };
  }
}

async function* walkFolder(path: Buffer): AsyncGenerator<WalkedFile> {
  let names: Buffer[];
  try {
    names = await readdir(path, { encoding: 'buffer' });
  } catch (error) {
    yield { path, named: false, error: fromErrno(error) };
    return;
  }
  for (const name of names.toSorted((a, b) => a.compare(b))) yield* walkFiles(Buffer.concat([path, SLASH, name]), false);
}

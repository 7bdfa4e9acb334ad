import { join } from 'node:path';
import { KIND_NAMES } from './ten-kinds.ts';

/** How people and programs bring a file to a stick. */

const PYTHON = `import sys
with open(sys.argv[1],'rb') as source, open(sys.argv[2],'wb') as target: target.write(source.read())`;
const NODE = 'const fs=require("fs"); fs.copyFileSync(process.argv[1], process.argv[2])';
/** Writes beside the file, then puts it in its place: as editors and office programs save. */
const EDITOR = `import os,sys
with open(sys.argv[1],'rb') as source: content = source.read()
name = os.path.join(os.path.dirname(sys.argv[2]), '.goutputstream-%d' % os.getpid())
fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
os.write(fd, content); os.fsync(fd); os.close(fd); os.rename(name, sys.argv[2])`;

type Copy = (from: string, folder: string, name: string) => readonly string[];
const WAYS: Readonly<Record<string, Copy>> = {
  cp: (from, folder, name) => ['cp', from, join(folder, name)],
  mv: (from, folder, name) => ['mv', from, join(folder, name)],
  rsync: (from, folder, name) => ['rsync', '-a', from, join(folder, name)],
  tar: (from, folder, name) => ['sh', '-c', 'tar -C "$(dirname "$1")" -cf - "$2" | tar -C "$3" -xf -', 'tar', from, name, folder],
  gio: (from, folder, name) => ['gio', 'copy', from, join(folder, name)],
  dd: (from, folder, name) => ['dd', `if=${from}`, `of=${join(folder, name)}`, 'bs=4096', 'status=none'],
  python: (from, folder, name) => ['python3', '-c', PYTHON, from, join(folder, name)],
  node: (from, folder, name) => ['node', '-e', NODE, from, join(folder, name)],
  editor: (from, folder, name) => ['python3', '-c', EDITOR, from, join(folder, name)],
};

export const WAY_NAMES: readonly string[] = Object.keys(WAYS);

/** Every kind of file meets every program. */
export const wayOf = (n: number): string => WAY_NAMES[Math.floor(n / KIND_NAMES.length + n) % WAY_NAMES.length] ?? 'cp';

/** Program and arguments that bring file number `n`, at `from`, into a folder under its name. */
export const copyWay = (n: number, from: string, folder: string, name: string): readonly string[] =>
  WAYS[wayOf(n)]?.(from, folder, name) ?? [];

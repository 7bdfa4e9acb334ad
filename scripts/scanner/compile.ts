import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { main as compile } from 'assemblyscript/asc';

const ROOT = resolve(import.meta.dirname, '../../src/core/detect/scanner');
const ENTRY = 'assembly/index.ts';
/** What differs between the engines. */
const REPLACED: Readonly<Record<string, string>> = {
  'kernel/memory.ts': 'assembly/memory.ts',
  'kernel/context-block.ts': 'assembly/context-block.ts',
};
const FLAGS = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd', '--enable', 'relaxed-simd', '--use', 'abort='];

/** Compiles the scanner and returns the WebAssembly module. Throws with the compiler's words when it does not compile. */
export async function compileScanner(pages: number): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const problems: string[] = [];
  const { error } = await compile([ENTRY, '--outFile', 'scanner.wasm', '--initialMemory', String(pages), ...FLAGS], {
    readFile: (name: string) => source(resolve(ROOT, name)),
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== 'string') module = contents;
    },
    listFiles: () => [],
    stderr: { write: (text: string | Uint8Array) => void problems.push(text.toString()) },
  });
  if (error !== null || module === undefined) throw new Error(`the scanner does not compile:\n${problems.join('')}`);
  return module;
}

async function source(file: string): Promise<string | null> {
  const name = relative(ROOT, file).replaceAll('\\', '/');
  if (name.startsWith('..')) return null;
  return readFile(resolve(ROOT, REPLACED[name] ?? name), 'utf8').catch(() => null);
}

import { dirname, resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const WORKER = /new URL\('(?:\.\/)?([\w-]+)\.ts', import\.meta\.url\)/g;

/** A worker thread is a program of its own: each becomes an entry, and the place where it is started points to it. */
const workers: Plugin = {
  name: 'worker-entries',
  // Sees the sources as they are written, quotes and all.
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('.ts') || !code.includes('new Worker(')) return null;
    return code.replaceAll(WORKER, (_text, name: string) => {
      const entry = this.emitFile({ type: 'chunk', id: resolve(dirname(id), `${name}.ts`) });
      // Vite makes it a path from the web's root; all files of this build lie in one folder.
      return `new URL('.' + import.meta.ROLLUP_FILE_URL_${entry}, import.meta.url)`;
    });
  },
};

/**
 * The agent, the collector and the command line as JavaScript. Of the packages only zod is taken in, for what it leaves
 * out: an agent at rest takes half the memory that the sources with their type stripper take.
 */
export default defineConfig({
  root,
  plugins: [workers],
  ssr: { noExternal: ['zod'], target: 'node' },
  build: {
    outDir: resolve(root, '../../dist/program'),
    emptyOutDir: true,
    ssr: resolve(root, 'main.ts'),
    // Windows code also runs on Node 22 (docs/platforms.md).
    target: 'node22',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } },
  },
});

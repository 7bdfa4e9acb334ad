import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** A sandboxed preload script is one CommonJS file that may require Electron and nothing else. */
export default defineConfig({
  root,
  publicDir: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    outDir: resolve(root, '../../dist/electron'),
    emptyOutDir: false,
    ssr: resolve(root, 'preload.ts'),
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { external: ['electron'], output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
  },
});

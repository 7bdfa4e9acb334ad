import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** One script without imports and one style sheet: `src/media/guest` puts both into the page it writes to a medium. */
export default defineConfig({
  root,
  publicDir: false,
  build: {
    outDir: resolve(root, '../../dist/guest-reader'),
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    lib: {
      entry: resolve(root, 'main.ts'),
      formats: ['iife'],
      name: 'sekishoGuestReader',
      fileName: () => 'reader.js',
      cssFileName: 'reader',
    },
  },
});

import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** One file for Electron's main process, with everything in it but Electron itself: the package ships no node_modules. */
export default defineConfig({
  root,
  // The tray's icons lie beside the bundle.
  publicDir: resolve(root, '../icons'),
  ssr: { noExternal: true, target: 'node' },
  build: {
    outDir: resolve(root, '../../dist/electron'),
    // Preload and windows are built into the same folder.
    emptyOutDir: false,
    ssr: resolve(root, 'main.ts'),
    copyPublicDir: true,
    target: 'node24',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { external: ['electron'], output: { format: 'es', entryFileNames: 'main.js', codeSplitting: false } },
  },
});

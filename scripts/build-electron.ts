import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';

const ROOT = resolve(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist/electron');

/** One file for Electron's main process, with everything in it but Electron itself. */
const main: InlineConfig = {
  ...shared(),
  ssr: { noExternal: true, target: 'node' },
  build: {
    ...output(OUT),
    ssr: join(ROOT, 'electron/main/main.ts'),
    target: 'node24',
    rolldownOptions: { external: ['electron'], output: { format: 'es', entryFileNames: 'main.js', codeSplitting: false } },
  },
};

/** Sandboxed preload scripts are CommonJS and may require nothing but Electron. */
const preload: InlineConfig = {
  ...shared(),
  ssr: { noExternal: true, target: 'node' },
  build: {
    ...output(OUT),
    ssr: join(ROOT, 'electron/preload/preload.ts'),
    rolldownOptions: { external: ['electron'], output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
  },
};

/** Nothing inline in the page and nothing fetched by scripts: the content policy of electron/main/scheme.ts allows neither. */
const renderer: InlineConfig = {
  ...shared(),
  root: join(ROOT, 'electron/renderer'),
  plugins: [react()],
  build: {
    ...output(join(OUT, 'renderer')),
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};

function shared(): InlineConfig {
  return { configFile: false, root: ROOT, publicDir: false, logLevel: 'warn' };
}

function output(outDir: string): NonNullable<InlineConfig['build']> {
  return { outDir, emptyOutDir: false, sourcemap: false, minify: false, reportCompressedSize: false };
}

/** The tray app into dist/electron. */
export async function buildElectron(): Promise<void> {
  for (const target of [main, preload, renderer]) await build(target);
  await cp(join(ROOT, 'electron/assets'), join(OUT, 'assets'), { recursive: true });
}

if (import.meta.main) await buildElectron();

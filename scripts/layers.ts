/**
 * The import rules of the repo as data: who may import whom. Used by `npm run check` and by
 * test/security/layers.test.ts. docs/architecture.md shows the same as a drawing.
 */
export interface Layer {
  /** Folder below the repo's root; the longest match owns a file. */
  readonly folder: string;
  /** Layers (folders) it may import from, besides itself. */
  readonly layers: readonly string[];
  /** Packages it may import; `node:*` stands for every Node module. */
  readonly packages: readonly string[];
}

const CONTRACTS = 'src/contracts';

export const LAYERS: readonly Layer[] = [
  { folder: CONTRACTS, layers: [], packages: ['zod'] },
  { folder: 'src/core', layers: [CONTRACTS], packages: [] },
  { folder: 'src/node', layers: [CONTRACTS, 'src/core'], packages: ['node:*', 'pino', 'zod', 'uuid'] },
  { folder: 'src/age', layers: [CONTRACTS], packages: ['node:*', '@scure/base'] },
  { folder: 'src/policy', layers: [CONTRACTS, 'src/core', 'src/node'], packages: ['node:*', 'yaml', 'zod'] },
  { folder: 'src/pki', layers: [CONTRACTS, 'src/core', 'src/node', 'src/age'], packages: ['node:*', 'node-forge', 'zod'] },
  {
    folder: 'src/media',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/age', 'src/policy', 'src/pki'],
    packages: ['node:*', 'zod', 'uuid', 'age-encryption'],
  },
  { folder: 'src/extract', layers: [CONTRACTS, 'src/core'], packages: ['node:*', 'yauzl', 'postal-mime', 'unpdf'] },
  { folder: 'src/inspect', layers: [CONTRACTS, 'src/core', 'src/extract', 'src/node'], packages: ['node:*', 'zod'] },
  {
    folder: 'src/platform',
    layers: [CONTRACTS, 'src/core', 'src/platform/linux', 'src/platform/win32', 'src/platform/darwin', 'src/platform/usb'],
    packages: ['node:*'],
  },
  {
    folder: 'src/platform/linux',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/platform', 'src/platform/usb'],
    packages: ['node:*', 'koffi', '@homebridge/dbus-native', 'zod'],
  },
  {
    folder: 'src/platform/linux/fuse',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/platform/linux'],
    packages: ['node:*', 'koffi'],
  },
  {
    folder: 'src/platform/win32',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/platform', 'src/platform/usb'],
    packages: ['node:*', 'koffi', 'zod'],
  },
  {
    folder: 'src/platform/darwin',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/platform', 'src/platform/usb'],
    packages: ['node:*', 'koffi', 'zod'],
  },
  { folder: 'src/platform/usb', layers: [CONTRACTS, 'src/core'], packages: ['node:*', 'usb'] },
  {
    folder: 'src/agent',
    layers: [
      CONTRACTS,
      'src/core',
      'src/node',
      'src/age',
      'src/policy',
      'src/pki',
      'src/media',
      'src/inspect',
      'src/platform',
      'src/agent/fuse-guard',
    ],
    packages: ['node:*', 'chokidar', 'usb', 'zod', 'uuid'],
  },
  {
    folder: 'src/agent/fuse-guard',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/age', 'src/agent', 'src/platform/linux/fuse'],
    packages: ['node:*', 'uuid', 'zod'],
  },
  {
    folder: 'src/collector',
    layers: [CONTRACTS, 'src/core', 'src/node', 'src/age', 'src/policy', 'src/pki'],
    packages: ['node:*', 'fastify', 'fastify-type-provider-zod', '@fastify/*', 'zod', 'uuid'],
  },
  { folder: 'src/i18n', layers: [CONTRACTS], packages: ['i18next'] },
  {
    folder: 'src/ui',
    layers: [CONTRACTS, 'src/i18n'],
    packages: ['react', 'react-dom', 'react-i18next', 'i18next', '@mantine/*', '@tanstack/*'],
  },
  {
    folder: 'src/console',
    layers: [CONTRACTS, 'src/i18n', 'src/ui'],
    packages: ['react', 'react-dom', 'react-i18next', 'i18next', '@mantine/*', '@tanstack/*', 'wouter', 'zod'],
  },
  { folder: 'src/guest-reader', layers: ['src/i18n'], packages: ['age-encryption'] },
  {
    folder: 'src/cli',
    layers: [
      CONTRACTS,
      'src/core',
      'src/node',
      'src/age',
      'src/policy',
      'src/pki',
      'src/media',
      'src/inspect',
      'src/platform',
      'src/agent',
      'src/collector',
      'src/i18n',
    ],
    packages: ['node:*', 'commander', 'cli-progress', 'zod', 'uuid'],
  },
  {
    folder: 'electron/main',
    layers: [CONTRACTS, 'src/node', 'src/platform', 'src/i18n', 'electron/ipc'],
    packages: ['node:*', 'electron', 'electron-store', 'zod'],
  },
  { folder: 'electron/ipc', layers: [CONTRACTS], packages: ['zod'] },
  { folder: 'electron/packaging', layers: [], packages: ['@electron/fuses'] },
  { folder: 'electron/preload', layers: [CONTRACTS, 'electron/ipc'], packages: ['electron'] },
  {
    folder: 'electron/renderer',
    layers: [CONTRACTS, 'src/ui', 'src/i18n', 'electron/ipc'],
    packages: ['react', 'react-dom', 'react-i18next', 'i18next', '@mantine/*', '@tanstack/*', 'zod'],
  },
];

/** Folders outside the layers: they may import anything. `test/fakes` is held to contracts and core/ports by its own test. */
export const FREE_FOLDERS: readonly string[] = ['test', 'scripts', 'bench', 'bin'];

/** Platform code of one OS is reached through src/platform/index.ts alone. */
export const PRIVATE_FOLDERS: readonly { readonly folder: string; readonly importers: readonly string[] }[] = [
  { folder: 'src/platform/linux', importers: ['src/platform', 'src/platform/linux/fuse'] },
  { folder: 'src/platform/linux/fuse', importers: ['src/agent/fuse-guard'] },
  { folder: 'src/platform/win32', importers: ['src/platform'] },
  { folder: 'src/platform/darwin', importers: ['src/platform'] },
];

/**
 * Builds every bundle whose sources are newer than what was built from them; silent when there is nothing to do.
 * `node scripts/build.ts [--force] [TARGET ...]`. A new bundle is one more entry in TARGETS.
 */
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface BuildTarget {
  readonly name: string;
  /** Vite configuration, from the repo's root. */
  readonly config: string;
  /** Files and folders it is built from, besides COMMON_SOURCES and the configuration. */
  readonly sources: readonly string[];
  /** A file that the build writes; without it the target counts as not built. */
  readonly output: string;
}

export const TARGETS: readonly BuildTarget[] = [
  {
    name: 'program',
    config: 'src/cli/vite.config.ts',
    sources: [
      'agent',
      'age',
      'cli',
      'collector',
      'contracts',
      'core',
      'extract',
      'i18n',
      'inspect',
      'media',
      'node',
      'pki',
      'platform',
      'policy',
    ].map((folder) => `src/${folder}`),
    output: 'dist/program/main.js',
  },
  {
    name: 'console',
    config: 'src/console/vite.config.ts',
    sources: ['src/console', 'src/ui', 'src/i18n', 'src/contracts'],
    output: 'dist/console/index.html',
  },
  {
    name: 'guest-reader',
    config: 'src/guest-reader/vite.config.ts',
    sources: ['src/guest-reader', 'src/i18n'],
    output: 'dist/guest-reader/reader.js',
  },
  {
    name: 'tray',
    config: 'electron/main/vite.config.ts',
    sources: ['electron/main', 'electron/ipc', 'electron/icons', 'src/node', 'src/i18n', 'src/contracts'],
    output: 'dist/electron/main.js',
  },
  {
    name: 'tray-preload',
    config: 'electron/preload/vite.config.ts',
    sources: ['electron/preload', 'electron/ipc'],
    output: 'dist/electron/preload.cjs',
  },
  {
    name: 'tray-windows',
    config: 'electron/renderer/vite.config.ts',
    sources: ['electron/renderer', 'electron/ipc', 'src/ui', 'src/i18n', 'src/contracts'],
    output: 'dist/electron/renderer/index.html',
  },
];

/** Whatever changes the tools changes the bundles. */
const COMMON_SOURCES = ['package-lock.json', 'tsconfig.json', 'tsconfig.web.json'];

const ROOT = resolve(import.meta.dirname, '..');

export interface BuildOptions {
  readonly root?: string;
  readonly force?: boolean;
  readonly run: (target: BuildTarget) => Promise<void>;
}

/** Builds what is out of date and returns the names of those built. Rejects with the first failure. */
export async function build(targets: readonly BuildTarget[], { root = ROOT, force = false, run }: BuildOptions): Promise<string[]> {
  const built: string[] = [];
  for (const target of targets) {
    if (!force && isFresh(target, root)) continue;
    // Taken before the build: a source saved while it runs must count as newer.
    const started = new Date();
    rmSync(stampPath(target, root), { force: true });
    await run(target);
    if (modified(join(root, target.output)) === null) throw new Error(`${target.name}: the build ended without writing ${target.output}`);
    writeStamp(target, root, started);
    built.push(target.name);
  }
  return built;
}

/** Bundlers empty their output folder, so the stamp stands beside the outputs, one for each target. */
function stampPath(target: BuildTarget, root: string): string {
  return join(root, 'dist', '.built', target.name);
}

function writeStamp(target: BuildTarget, root: string, started: Date): void {
  const path = stampPath(target, root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, started, started);
}

function isFresh(target: BuildTarget, root: string): boolean {
  if (modified(join(root, target.output)) === null) return false;
  const stamp = modified(stampPath(target, root));
  if (stamp === null) return false;
  const sources = [...COMMON_SOURCES, target.config, ...target.sources];
  return sources.every((source) => newest(join(root, source)) <= stamp);
}

function modified(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

/** The latest change in a file or below a folder; folders count too, since a removal changes only them. */
function newest(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stats.mtimeMs);
}

async function runVite(target: BuildTarget): Promise<void> {
  // Whoever calls may be a test runner: React would else be bundled in its slow development form.
  process.env['NODE_ENV'] = 'production';
  const vite = await import('vite');
  await vite.build({ configFile: join(ROOT, target.config), logLevel: 'warn', clearScreen: false });
}

async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((argument) => !argument.startsWith('--'));
  const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
  if (unknown.length > 0) {
    console.error(`build: no such target: ${unknown.join(', ')} (there are: ${TARGETS.map((target) => target.name).join(', ')})`);
    return 1;
  }
  const targets = names.length === 0 ? TARGETS : TARGETS.filter((target) => names.includes(target.name));
  try {
    await build(targets, { force: args.includes('--force'), run: runVite });
    return 0;
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

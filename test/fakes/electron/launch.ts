import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { defaultSession } from './session.ts';
import type * as electronModule from './index.ts';
import type { Recorder } from './recorder.ts';
import { toElectronUrl } from './scheme-url.ts';

export interface FakeTools {
  readonly electron: typeof electronModule;
  readonly recorder: Recorder;
  readonly defaultSession: typeof defaultSession;
}

export interface LaunchOptions {
  readonly main: string;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Run as this user; only root may ask for it. */
  readonly uid?: number | undefined;
  /** Puts files where the app will find them, before it starts. */
  readonly prepare?: (home: string) => void;
}

export interface RunningApp {
  /** Runs a function inside the main process. It is sent as text: it sees its arguments and nothing else. */
  evaluate<A, R>(run: (tools: FakeTools, argument: A) => R | Promise<R>, argument?: A): Promise<R>;
  /** The page whose address ends with `ending`, once it is there. */
  page(ending: string): Promise<Page>;
  pages(): readonly Page[];
  output(): string;
  readonly process: ChildProcess;
  /** Folder of the app's own files. */
  readonly home: string;
  close(): Promise<void>;
}

/** Starts a main process on the fake Electron. */
export async function launchFake(options: LaunchOptions): Promise<RunningApp> {
  const home = mkdtempSync(join(tmpdir(), 'fake-electron-'));
  options.prepare?.(home);
  if (options.uid !== undefined)
    for (const path of ['', ...readdirSync(home, { recursive: true, encoding: 'utf8' })])
      chownSync(join(home, path), options.uid, options.uid);
  const port = await freePort();
  const child = fork(join(import.meta.dirname, 'child.ts'), [options.main, ...(options.arguments ?? [])], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, HOME: home, FAKE_ELECTRON_HOME: home, FAKE_ELECTRON_PORT: String(port), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  return new FakeApplication(child, home, port);
}

class FakeApplication implements RunningApp {
  readonly process: ChildProcess;
  readonly home: string;
  readonly #port: number;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #output = '';
  #lastId = 0;
  #browser: Promise<Browser> | null = null;

  constructor(child: ChildProcess, home: string, port: number) {
    this.process = child;
    this.home = home;
    this.#port = port;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    child.on('message', (message: { id: number; value?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.error));
    });
    child.on('exit', (code) => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`the app ended (${code})\n${this.#output}`));
    });
  }

  evaluate<A, R>(run: (tools: FakeTools, argument: A) => R | Promise<R>, argument?: A): Promise<R> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.process.send({ id, source: run.toString(), argument });
    });
  }

  async page(ending: string): Promise<Page> {
    this.#browser ??= poll(() => this.#connect(), 'Chromium of the app');
    const browser = await this.#browser;
    return poll(() => Promise.resolve(this.#pagesOf(browser).find((page) => page.url().endsWith(ending)) ?? null), `a page ${ending}`);
  }

  pages(): readonly Page[] {
    return this.#known === null ? [] : this.#pagesOf(this.#known);
  }

  output(): string {
    return this.#output;
  }

  async close(): Promise<void> {
    if (this.process.exitCode === null && this.process.connected) {
      const ended = once(this.process, 'exit');
      this.evaluate(({ electron }) => electron.app.exit(0)).catch(() => {});
      await ended;
    }
    await this.#known?.close().catch(() => {});
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  #known: Browser | null = null;

  async #connect(): Promise<Browser | null> {
    if (this.process.exitCode !== null) throw new Error(`the app ended\n${this.#output}`);
    this.#known = await chromium.connectOverCDP(`http://127.0.0.1:${this.#port}`).catch(() => null);
    return this.#known;
  }

  #pagesOf(browser: Browser): Page[] {
    return browser.contexts().flatMap((context) => context.pages().filter((page) => page.url() !== 'about:blank'));
  }
}

/** The address a page of the fake stands for. */
export const electronUrl = (page: Page): string => toElectronUrl(page.url());

/** Asks again until there is an answer; fails after half a minute with what it waited for. */
export async function poll<T>(ask: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

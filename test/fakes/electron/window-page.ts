import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CDPSession, Page, Route } from 'playwright-core';
import { chromiumContext } from './chromium.ts';
import { bridgeSource, preloadSource } from './preload-world.ts';
import { fakeProtocol } from './session.ts';
import { toElectronUrl, toPageUrl } from './scheme-url.ts';

const WORLD = 'Electron Isolated Context';

export interface WindowPageOptions {
  readonly preload: string;
  readonly width: number;
  readonly height: number;
  /** Answers an ipcRenderer.invoke of this page. */
  readonly invoke: (channel: string, values: readonly unknown[]) => Promise<unknown>;
  /** The page wants to go elsewhere. True: it may. */
  readonly mayNavigate: (url: string) => boolean;
  readonly opensWindow: (url: string) => void;
  readonly failed: (what: string) => void;
}

/** The Chromium page of one window: its preload world, its requests, its IPC. */
export class WindowPage {
  readonly #options: WindowPageOptions;
  readonly #opened: Promise<{ page: Page; devtools: CDPSession }>;
  #world: number | null = null;
  #loading = false;

  constructor(options: WindowPageOptions) {
    this.#options = options;
    this.#opened = this.#open();
    this.#opened.catch((error: unknown) => options.failed(`the page did not open: ${String(error)}`));
  }

  async load(url: string): Promise<void> {
    const { page } = await this.#opened;
    this.#loading = true;
    try {
      await page.goto(toPageUrl(url), { waitUntil: 'load' });
    } finally {
      this.#loading = false;
    }
  }

  async url(): Promise<string> {
    return toElectronUrl((await this.#opened).page.url());
  }

  /** Calls the preload world's listeners or settles its invocations. */
  async deliver(message: object): Promise<void> {
    const { devtools } = await this.#opened;
    if (this.#world === null) return;
    const expression = `__fakeElectronDeliver(${JSON.stringify(JSON.stringify(message))})`;
    const answer = await devtools.send('Runtime.evaluate', { expression, contextId: this.#world }).catch(() => null);
    if (answer?.exceptionDetails) this.#options.failed(`a listener failed: ${answer.exceptionDetails.exception?.description ?? ''}`);
  }

  async close(): Promise<void> {
    const { page } = await this.#opened;
    await page.close().catch(() => {});
  }

  async #open(): Promise<{ page: Page; devtools: CDPSession }> {
    const context = await chromiumContext();
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await page.setViewportSize({ width: this.#options.width, height: this.#options.height });
    await this.#watch(page, devtools);
    const token = `electron-${randomBytes(9).toString('hex')}`;
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source: bridgeSource(token) });
    const source = preloadSource(token, readFileSync(this.#options.preload, 'utf8'));
    await devtools.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: WORLD });
    await page.route('**/*', (route) => this.#answer(page, route));
    return { page, devtools };
  }

  async #watch(page: Page, devtools: CDPSession): Promise<void> {
    devtools.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === WORLD) this.#world = context.id;
    });
    devtools.on('Runtime.bindingCalled', ({ payload }) => void this.#invoke(payload));
    devtools.on('Page.windowOpen', ({ url }) => this.#options.opensWindow(toElectronUrl(url)));
    page.on('popup', (popup) => void popup.close().catch(() => {}));
    page.on('pageerror', (error) => this.#options.failed(`the page threw: ${error.message}`));
    await devtools.send('Runtime.enable');
    await devtools.send('Page.enable');
    await devtools.send('Runtime.addBinding', { name: '__fakeElectronIpc', executionContextName: WORLD });
  }

  async #invoke(payload: string): Promise<void> {
    const { id, channel, values } = JSON.parse(payload) as { id: number; channel: string; values: unknown[] };
    const outcome = await this.#options.invoke(channel, values).then(
      (value) => ({ id, value }),
      (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
    );
    await this.deliver(outcome);
  }

  async #answer(page: Page, route: Route): Promise<void> {
    const request = route.request();
    const navigates = request.isNavigationRequest() && request.frame() === page.mainFrame();
    // Electron asks only of what the page itself begins; a reload from outside stays where it is.
    const leaves = navigates && !this.#loading && request.url() !== page.url();
    if (leaves && !this.#options.mayNavigate(toElectronUrl(request.url()))) return route.abort('aborted');
    const response = await fakeProtocol.answer(request.url());
    if (response === null) return route.abort('blockedbyclient');
    const body = Buffer.from(await response.arrayBuffer());
    return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  }
}

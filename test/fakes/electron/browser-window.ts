import { EventEmitter } from 'node:events';
import { isAbsolute } from 'node:path';
import type { BrowserWindowConstructorOptions } from 'electron';
import { app } from './app.ts';
import { type FakeInvokeEvent, ipcMain } from './ipc-main.ts';
import { recorder } from './recorder.ts';
import { originOf } from './scheme-url.ts';
import { WindowPage } from './window-page.ts';

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' };

export class FakeWebContents extends EventEmitter {
  readonly #page: WindowPage;
  #openHandler: OpenHandler = () => ({ action: 'allow' });

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    const preload = options.webPreferences?.preload ?? '';
    if (!isAbsolute(preload)) throw new Error('preload must be an absolute path');
    this.#page = new WindowPage({
      preload,
      width: options.width ?? 800,
      height: options.height ?? 600,
      invoke: async (channel, values) => ipcMain.invoke(channel, await this.#invokeEvent(), values),
      mayNavigate: (url) => this.#mayNavigate(url),
      opensWindow: (url) => this.#opensWindow(url),
      failed: (what) => recorder.unexpected.push(what),
    });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  send(channel: string, ...values: unknown[]): void {
    void this.#page.deliver({ channel, values });
  }

  load(url: string): Promise<void> {
    return this.#page.load(url);
  }

  close(): void {
    void this.#page.close();
  }

  async #invokeEvent(): Promise<FakeInvokeEvent> {
    const url = await this.#page.url();
    return { sender: this, senderFrame: { url, origin: originOf(url), parent: null } };
  }

  #mayNavigate(url: string): boolean {
    let prevented = false;
    const event = { url, preventDefault: () => (prevented = true) };
    this.emit('will-frame-navigate', event);
    this.emit('will-navigate', event);
    if (prevented) recorder.blockedNavigations.push(url);
    return !prevented;
  }

  #opensWindow(url: string): void {
    if (this.#openHandler({ url }).action === 'deny') recorder.deniedWindows.push(url);
    else recorder.unexpected.push(`a page opened a window: ${url}`);
  }
}

export class FakeBrowserWindow extends EventEmitter {
  readonly webContents: FakeWebContents;
  readonly options: BrowserWindowConstructorOptions;
  #visible: boolean;
  #focused = false;
  #destroyed = false;
  #shownBefore = false;

  static getAllWindows(): FakeBrowserWindow[] {
    return [...recorder.windows];
  }

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    this.options = options;
    this.#visible = options.show !== false;
    this.webContents = new FakeWebContents(options);
    recorder.windows.push(this);
    // As in Electron, before anything is loaded.
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url);
    if (!this.#shownBefore) this.emit('ready-to-show');
    this.#shownBefore = true;
  }

  show(): void {
    this.#visible = true;
    this.focus();
  }

  showInactive(): void {
    this.#visible = true;
  }

  hide(): void {
    this.#visible = false;
    this.#focused = false;
  }

  focus(): void {
    for (const window of recorder.windows) window.#focused = window === this;
  }

  restore(): void {}

  isMinimized(): boolean {
    return false;
  }

  isVisible(): boolean {
    return this.#visible && !this.#destroyed;
  }

  isFocused(): boolean {
    return this.#focused;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  close(): void {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    recorder.windows.splice(recorder.windows.indexOf(this), 1);
    this.webContents.close();
    this.emit('closed');
    if (recorder.windows.length === 0) app.emit('window-all-closed');
  }
}

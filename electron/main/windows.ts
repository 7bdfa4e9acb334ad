import { join } from 'node:path';
import { app, BrowserWindow, type BrowserWindowConstructorOptions, type WebContents } from 'electron';
import { type EventData, electronEvents } from '../ipc/calls.ts';
import { eventChannel, type EventName } from '../ipc/names.ts';
import { APP_ORIGIN } from './scheme.ts';

export type WindowKind = 'status' | 'question';

const SIZES: Readonly<Record<WindowKind, BrowserWindowConstructorOptions>> = {
  status: { width: 920, height: 700, minWidth: 560, minHeight: 480 },
  question: { width: 560, height: 500, minWidth: 420, minHeight: 420, maximizable: false, fullscreenable: false },
};

/** The one place where a window is made: test/electron/security.test.ts looks for any other. */
function createWindow(kind: WindowKind): BrowserWindow {
  const window = new BrowserWindow({
    ...SIZES[kind],
    show: false,
    autoHideMenuBar: true,
    title: 'Sekisho',
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      devTools: !app.isPackaged,
      // The spell checker fetches dictionaries from the network.
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  void window.loadURL(`${APP_ORIGIN}/index.html#${kind}`);
  return window;
}

/** The tray's windows, one of a kind. Closing hides: the tray stays, and opening again is quick. */
export class Windows {
  readonly #windows = new Map<WindowKind, BrowserWindow>();
  #closing = false;

  /** `quietly` puts it on the screen without taking the keyboard from what the person is typing in. */
  show(kind: WindowKind, quietly = false): void {
    const known = this.#windows.get(kind);
    const window = known ?? this.#create(kind);
    const reveal = (): void => {
      if (quietly) return window.showInactive();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    };
    if (known === undefined) window.once('ready-to-show', reveal);
    else reveal();
  }

  hide(kind: WindowKind): void {
    this.#windows.get(kind)?.hide();
  }

  owns(contents: WebContents): boolean {
    return [...this.#windows.values()].some((window) => window.webContents === contents);
  }

  send<N extends EventName>(name: N, data: EventData<N>): void {
    const parsed: unknown = electronEvents[name].parse(data);
    for (const window of this.#windows.values()) window.webContents.send(eventChannel(name), parsed);
  }

  /** From now on closing closes. */
  allowClosing(): void {
    this.#closing = true;
  }

  #create(kind: WindowKind): BrowserWindow {
    const window = createWindow(kind);
    this.#windows.set(kind, window);
    window.on('close', (event) => {
      if (this.#closing) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => this.#windows.delete(kind));
    // A crashed page shows nothing and answers nothing; the next opening makes a new one.
    window.webContents.on('render-process-gone', () => window.destroy());
    return window;
  }
}

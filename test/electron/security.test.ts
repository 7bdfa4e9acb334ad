import { EventEmitter } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, Session } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { lockDown, lockDownSession } from '../../electron/main/security.ts';
import { HELP_LINKS } from '../../electron/main/help.ts';
import { FUSES } from '../../electron/packaging/fuses.ts';
import { helpId } from '../../electron/ipc/calls.ts';

/** The checklist of docs/spec/tray.md section 4, where a window is not needed to check it; the rest is in tray.e2e.test.ts. */

vi.mock('electron', () => ({ app: { isPackaged: true }, shell: {} }));

const ROOT = join(import.meta.dirname, '../..');
const sources = globSync('electron/**/*.{ts,tsx,html}', { cwd: ROOT }).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));
const filesWith = (pattern: RegExp): string[] => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe('the sources of the tray', () => {
  it('make windows in one place', () => expect(filesWith(/new BrowserWindow/)).toEqual(['electron/main/windows.ts']));
  it('register IPC handlers in one place', () => expect(filesWith(/ipcMain\.(?:handle|on|once)\b/)).toEqual(['electron/main/ipc.ts']));
  it('open addresses in one place', () => expect(filesWith(/openExternal|openPath/)).toEqual(['electron/main/help.ts']));
  it('expose to windows in one place', () =>
    expect(filesWith(/exposeInMainWorld\(|ipcRenderer\./)).toEqual(['electron/preload/preload.ts']));

  it.each([
    ['synchronous messages', /sendSync/],
    ['the remote module', /@electron\/remote/],
    ['local files as pages', /loadFile|file:\/\/(?!,)[a-z/]/],
    [
      'a weakened window',
      /(?:sandbox|contextIsolation|webSecurity): false|(?:nodeIntegration\w*|webviewTag|allowRunningInsecureContent|experimentalFeatures): true/,
    ],
    ['raw HTML in React', /dangerouslySetInnerHTML|innerHTML/],
    ['code from text', /\beval\(|new Function\(/],
    ['inline styles and scripts', /style=\{|<style|<script>/],
    ['secrets or policy in the preferences', /safeStorage/],
  ])('hold no %s', (_what, pattern) => expect(filesWith(pattern)).toEqual([]));
});

describe('every web contents', () => {
  const app = new EventEmitter();
  const refused: string[] = [];
  lockDown(app as unknown as App, (_event, details) => refused.push(String(details?.['what'])));

  let openHandler: () => object = () => ({ action: 'allow' });
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: () => object): void => {
      openHandler = handler;
    },
  });
  app.emit('web-contents-created', {}, contents);

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('prevents %s', (name) => {
    const preventDefault = vi.fn<() => void>();
    contents.emit(name, { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
  });

  it('opens no window, and says what it refused', () => {
    expect(openHandler()).toEqual({ action: 'deny' });
    expect(refused).toEqual(['navigation', 'frame navigation', 'redirect', 'webview', 'new window']);
  });
});

describe('every session', () => {
  const handlers = new Map<string, (...parameters: never[]) => unknown>();
  const keep =
    (name: string) =>
    (handler: (...parameters: never[]) => unknown): void =>
      void handlers.set(name, handler);
  lockDownSession({
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    webRequest: { onBeforeRequest: keep('before') },
  } as unknown as Session);

  it('grants no permission', () => {
    const answer = vi.fn<(granted: boolean) => void>();
    handlers.get('request')?.(...([{}, 'notifications', answer] as never[]));
    expect(answer).toHaveBeenCalledWith(false);
    expect([handlers.get('check')?.(), handlers.get('device')?.()]).toEqual([false, false]);
  });

  it.each([
    ['sekisho-app://tray/index.html', false],
    ['data:image/png;base64,AA==', false],
    ['https://example.com/', true],
    ['file:///etc/passwd', true],
    ['devtools://devtools/bundled/inspector.html', true],
    ['sekisho-app-evil://tray/', true],
    ['not an address', true],
  ])('lets %s through or not', (url, cancel) => {
    const answer = vi.fn<(response: { cancel: boolean }) => void>();
    handlers.get('before')?.(...([{ url }, answer] as never[]));
    expect(answer).toHaveBeenCalledWith({ cancel });
  });
});

describe('help', () => {
  it('leads to https addresses for every id and language', () => {
    expect(Object.keys(HELP_LINKS).toSorted()).toEqual(helpId.options.toSorted());
    for (const link of Object.values(HELP_LINKS).flatMap(Object.values)) expect(new URL(String(link)).protocol).toBe('https:');
  });
});

describe('the packaged program', () => {
  it('has every way closed to run other code under its name', () => {
    expect(FUSES).toMatchInlineSnapshot(`
      {
        "0": false,
        "1": true,
        "2": false,
        "3": false,
        "4": true,
        "5": true,
        "6": false,
        "7": false,
        "8": true,
        "strictlyRequireAllFuses": true,
        "version": "1",
      }
    `);
  });

  it('starts from the bundle and is an ES module', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ main: 'dist/electron/main.js', type: 'module' });
  });
});

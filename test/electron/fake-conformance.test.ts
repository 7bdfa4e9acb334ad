import type * as Electron from 'electron';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as Fake from '../fakes/electron/index.ts';
import type { FakeWebContents } from '../fakes/electron/browser-window.ts';

/** Members of the fake that the real one does not have, besides those by which a test looks in. */
type Invented<F, E, TestOnly extends PropertyKey = never> = Exclude<keyof F, keyof E | TestOnly>;

describe('the fake Electron', () => {
  it('has no member that electron.d.ts does not know', () => {
    expectTypeOf<Invented<typeof Fake, typeof Electron, 'default'>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.app, Electron.App, 'becomeReady' | 'sandboxed'>>().toBeNever();
    expectTypeOf<Invented<Fake.BrowserWindow, Electron.BrowserWindow, 'options'>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.BrowserWindow, typeof Electron.BrowserWindow>>().toBeNever();
    expectTypeOf<Invented<FakeWebContents, Electron.WebContents, 'load'>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.ipcMain, Electron.IpcMain, 'invoke'>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.session.defaultSession, Electron.Session, 'askFor' | 'isCancelled'>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.protocol, Electron.Protocol, 'answer'>>().toBeNever();
    expectTypeOf<Invented<Fake.Menu, Electron.Menu>>().toBeNever();
    expectTypeOf<Invented<Fake.MenuItem, Electron.MenuItem>>().toBeNever();
    expectTypeOf<Invented<Fake.Tray, Electron.Tray>>().toBeNever();
    expectTypeOf<Invented<Fake.Notification, Electron.Notification>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.powerMonitor, Electron.PowerMonitor, 'idleSeconds'>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.shell, Electron.Shell>>().toBeNever();
    expectTypeOf<Invented<typeof Fake.dialog, Electron.Dialog>>().toBeNever();
    // The types above are checked by `npm run check`; here, that the declarations are those of the pinned Electron.
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../node_modules/electron/package.json'), 'utf8')) as {
      version: string;
    };
    expect(manifest.version).toMatch(/^45\./);
  });
});

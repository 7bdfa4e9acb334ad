import { app as fakeApp } from './app.ts';
import { FakeBrowserWindow } from './browser-window.ts';
import { ipcMain } from './ipc-main.ts';
import { FakeMenu, FakeMenuItem, FakeTray, nativeImage } from './menu.ts';
import { protocol, session } from './session.ts';
import { strict } from './strict.ts';
import { dialog, FakeNotification, powerMonitor, shell } from './system.ts';

/**
 * Electron's main-process module over real Chromium windows, as far as the tray uses it. Every name here is one of electron.d.ts
 * (test/electron/fake-conformance.test.ts); what is missing throws with its name.
 */
export const app = strict(fakeApp, 'app');
export { dialog, ipcMain, nativeImage, powerMonitor, protocol, session, shell };
export {
  FakeBrowserWindow as BrowserWindow,
  FakeMenu as Menu,
  FakeMenuItem as MenuItem,
  FakeNotification as Notification,
  FakeTray as Tray,
};

const electron = {
  app,
  BrowserWindow: FakeBrowserWindow,
  dialog,
  ipcMain,
  Menu: FakeMenu,
  MenuItem: FakeMenuItem,
  nativeImage,
  Notification: FakeNotification,
  powerMonitor,
  protocol,
  session,
  shell,
  Tray: FakeTray,
};
// electron-store imports the module's default export, as the real one has it.
// oxlint-disable-next-line import/no-default-export
export default electron;

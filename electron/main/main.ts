import { join } from 'node:path';
import { app, dialog, Menu, protocol, session } from 'electron';
import { createI18n, preferredLanguage, translator } from '../../src/i18n/create-i18n.ts';
import { VERSION } from '../../src/node/version.ts';
import { TrayApp } from './app.ts';
import { agentEndpoint, INSTALLED_ENDPOINT } from './endpoint.ts';
import { openGate } from './ipc.ts';
import { logToStderr } from './log.ts';
import { APP_SCHEME, APP_SCHEME_REGISTRATION, createFileServer } from './scheme.ts';
import { lockDown, lockDownSession } from './security.ts';
import { isPrivileged, type Refusal, refusalToStart } from './startup.ts';
import { Preferences } from './store.ts';
import { Windows } from './windows.ts';

// Before the app is ready, and before anything else can make a window or a session.
app.enableSandbox();
protocol.registerSchemesAsPrivileged([APP_SCHEME_REGISTRATION]);
lockDown(app, logToStderr);
app.setName('Sekisho');
app.setAppUserModelId('jp.sekisho.tray');

// Not awaited here: Electron becomes ready only after this module has been evaluated.
void run();

async function run(): Promise<void> {
  const refusal = refusalToStart({ privileged: await isPrivileged(), packaged: app.isPackaged, arguments: process.argv.slice(1) });
  if (refusal !== null) return refuse(refusal);
  if (app.requestSingleInstanceLock()) return start();
  app.quit();
}

async function start(): Promise<void> {
  await app.whenReady();
  lockDownSession(session.defaultSession);
  protocol.handle(APP_SCHEME, await createFileServer(join(import.meta.dirname, 'renderer')));
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'editMenu' }]) : null);

  const windows = new Windows();
  const tray = new TrayApp({
    preferences: new Preferences(),
    windows,
    endpoint: agentEndpoint(process.env, INSTALLED_ENDPOINT[process.platform] ?? ''),
    version: VERSION,
    log: logToStderr,
  });
  openGate(tray.handlers, { owns: (contents) => windows.owns(contents), log: logToStderr });

  // What the other instance was started with is not ours to act on; that it was started is.
  app.on('second-instance', () => tray.openPage('status'));
  app.on('activate', () => tray.openPage('status'));
  app.on('window-all-closed', () => {});
  app.on('before-quit', () => {
    windows.allowClosing();
    tray.stop();
  });
  tray.start();
  if (process.argv.includes('--show')) tray.openPage('status');
}

/** Says why, in the user's language, and ends with a code that a starter can see. */
async function refuse(reason: Refusal): Promise<void> {
  await app.whenReady();
  const t = translator(createI18n(preferredLanguage(app.getPreferredSystemLanguages())));
  logToStderr('refused to start', { reason });
  process.stderr.write(`${t(`tray:refusal.${reason}`)}\n`);
  dialog.showErrorBox(t('tray:refusal.title'), t(`tray:refusal.${reason}`));
  app.exit(1);
}

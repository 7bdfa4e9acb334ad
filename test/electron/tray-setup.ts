import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { CHROMIUM_PATH } from '../fakes/electron/chromium.ts';
import { launchFake, type LaunchOptions, type RunningApp } from '../fakes/electron/launch.ts';
import { launchReal, realElectron } from '../fakes/electron/launch-real.ts';

/** What the end-to-end test of the tray runs on, and why it does not where it cannot. */

export const ROOT = join(import.meta.dirname, '../..');
export const MAIN = join(ROOT, 'dist/electron/main.js');
export const NOBODY = 65_534;
export const asRoot = process.getuid?.() === 0;
/** The tray refuses to run as root, so a test that runs as root starts it as nobody. */
export const uid = asRoot ? NOBODY : undefined;

/** The real Electron where it can run, else the fake one. */
export const real = asRoot || !process.env['DISPLAY'] ? null : realElectron();
export const launch = (options: LaunchOptions): Promise<RunningApp> => (real === null ? launchFake(options) : launchReal(real, options));
if (real !== null) console.log(`tray.e2e: on ${real}; what only the fake records is skipped`);

export const missing = real === null ? whatIsMissing() : null;
if (missing !== null) console.log(`tray.e2e: skipped, ${missing}`);
else if (!asRoot) console.log('tray.e2e: the cases of a start as root and of a socket that belongs to another need root');

function whatIsMissing(): string | null {
  if (!existsSync(CHROMIUM_PATH)) return `there is no Chromium at ${CHROMIUM_PATH} (Debian package chromium)`;
  if (!asRoot) return null;
  const canRead = spawnSync(process.execPath, ['--version'], { cwd: ROOT, uid: NOBODY, gid: NOBODY }).status === 0;
  return canRead ? null : `the tray must not run as root, and user ${NOBODY} cannot read ${ROOT}`;
}

/** Collects what the page's content policy refuses from now on; what it refused while loading would have broken the page. */
export async function watchPolicyViolations(page: Page): Promise<void> {
  const watch = `window.policyViolations = []; document.addEventListener('securitypolicyviolation', (event) => window.policyViolations.push([event.effectiveDirective, event.blockedURI, event.sample].join(' ')))`;
  await page.addInitScript(watch);
  await page.reload();
}

/** Pictures for people, where SEKISHO_SCREENSHOTS names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const target = process.env['SEKISHO_SCREENSHOTS'];
  if (target === undefined) return;
  mkdirSync(target, { recursive: true });
  await page.screenshot({ path: join(target, `tray-${name}.png`), animations: 'disabled' });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: join(target, `tray-${name}-dark.png`), animations: 'disabled' });
  await page.emulateMedia({ colorScheme: 'light' });
}

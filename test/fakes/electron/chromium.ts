import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

export const CHROMIUM_PATH = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

let launched: Promise<BrowserContext> | null = null;

/** One Chromium for the app; its default context stands for Electron's default session. */
export function chromiumContext(): Promise<BrowserContext> {
  launched ??= chromium.launchPersistentContext(join(process.env['FAKE_ELECTRON_HOME'] ?? '/tmp/fake-electron', 'chromium'), {
    executablePath: CHROMIUM_PATH,
    headless: true,
    viewport: null,
    // The test drives the same pages over this port.
    args: [...FLAGS, `--remote-debugging-port=${process.env['FAKE_ELECTRON_PORT'] ?? '0'}`],
  });
  return launched;
}

export async function closeChromium(): Promise<void> {
  const context = await launched?.catch(() => null);
  await context?.close().catch(() => {});
}

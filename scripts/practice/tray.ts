import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const EXECUTABLE: Readonly<Record<string, string>> = {
  linux: 'electron',
  win32: 'electron.exe',
  darwin: 'Electron.app/Contents/MacOS/Electron',
};

interface Tray {
  readonly state: string;
  stop(): void;
}

/** Starts the tray app where there is a display, the Electron binary, and a user who is not root. */
export function startTray(endpoint: string): Tray {
  // Only the path is asked for: importing the package would start a download where the binary is missing.
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const binary = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), EXECUTABLE[process.platform] ?? 'electron');
  if (!existsSync(binary)) return not('the Electron binary is not installed (npx install-electron fetches it)');
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return not('there is no display');
  if (process.getuid?.() === 0) return not('the tray belongs to a user, and this is root');
  const child = spawn(binary, [join(import.meta.dirname, '../..')], {
    stdio: 'ignore',
    env: { ...process.env, SEKISHO_ENDPOINT: endpoint },
  });
  return { state: 'started', stop: () => void child.kill() };
}

function not(why: string): Tray {
  return { state: `not started: ${why}`, stop: () => undefined };
}

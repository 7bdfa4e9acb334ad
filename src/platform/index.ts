import type { Platform } from './types.ts';

/** The one place that asks which OS this is. Throws where Sekisho does not run at all. */
export async function loadPlatform(): Promise<Platform> {
  if (process.platform === 'linux') return (await import('./linux/platform.ts')).createLinuxPlatform();
  if (process.platform === 'win32') return (await import('./win32/platform.ts')).createWindowsPlatform();
  if (process.platform === 'darwin') return (await import('./darwin/platform.ts')).createDarwinPlatform();
  throw new Error(`Sekisho does not run on ${process.platform}.`);
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';

export type Refusal = 'privileged' | 'debugging' | 'no-sandbox';

export interface StartFacts {
  readonly privileged: boolean;
  readonly packaged: boolean;
  readonly arguments: readonly string[];
}

// Each opens the process to another one of the same user, or takes the renderer's sandbox away.
const DEBUGGING = /^--?(?:remote-debugging-(?:port|pipe|address)|inspect(?:-brk|-port|-publish-uid)?|js-flags|remote-allow-origins)(?:=|$)/;
const SANDBOX = /^--?(?:no-sandbox|disable-(?:web-security|gpu-sandbox|setuid-sandbox|site-isolation-trials))(?:=|$)/;

/** Why the tray must not run as it was started, or null. docs/spec/tray.md section 4, points 10 and 11. */
export function refusalToStart(facts: StartFacts): Refusal | null {
  if (facts.privileged) return 'privileged';
  // A developer's checkout may be debugged; what users have may not.
  if (!facts.packaged) return null;
  if (facts.arguments.some((argument) => DEBUGGING.test(argument))) return 'debugging';
  if (facts.arguments.some((argument) => SANDBOX.test(argument))) return 'no-sandbox';
  return null;
}

/** Root, or an elevated token on Windows. */
export async function isPrivileged(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'win32') return process.geteuid?.() === 0;
  // Node cannot read its own token; `fsutil dirty query` succeeds for elevated processes alone.
  const systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows';
  const drive = process.env['SystemDrive'] ?? 'C:';
  return new Promise((resolve) => {
    execFile(join(systemRoot, 'System32', 'fsutil.exe'), ['dirty', 'query', drive], { windowsHide: true, timeout: 5000 }, (error) =>
      resolve(error === null),
    );
  });
}

import { readFileSync, statfsSync } from 'node:fs';
import { parseMountinfo, VIEW_TYPE } from '../mountinfo.ts';
import { loadSystemCalls } from './system-calls.ts';

/** Takes away views at this path whose agent died. A view that answers is left: somebody serves it. Gives how many went. */
export function detachStaleViews(path: string): number {
  const calls = loadSystemCalls();
  let detached = 0;
  while (viewAt(Buffer.from(path)) !== null && isDead(path)) {
    calls.unmount(Buffer.from(path), 'detach');
    detached += 1;
  }
  return detached;
}

/** The view that a path leads to, as `major:minor` of the table of mounts; null when something else is there. Asks nothing of the view. */
export function viewAt(path: Uint8Array): string | null {
  const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo')).filter((mount) => Buffer.from(path).equals(mount.mountPointBytes));
  const top = mounts.at(-1);
  return top?.filesystem === VIEW_TYPE ? top.device : null;
}

function isDead(path: string): boolean {
  try {
    statfsSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOTCONN' || error.code === 'ECONNABORTED');
  }
}

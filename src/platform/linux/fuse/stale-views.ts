import { readFileSync, statfsSync } from 'node:fs';
import { parseMountinfo } from '../mountinfo.ts';
import { loadSystemCalls, VIEW_TYPE } from './system-calls.ts';

/** Takes away views at this path whose agent died. A view that answers is left: somebody serves it. Gives how many went. */
export function detachStaleViews(path: string): number {
  const calls = loadSystemCalls();
  let detached = 0;
  while (hasView(path) && isDead(path)) {
    calls.unmount(Buffer.from(path), 'detach');
    detached += 1;
  }
  return detached;
}

function hasView(path: string): boolean {
  const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo')).filter((mount) => Buffer.from(path).equals(mount.mountPointBytes));
  return mounts.at(-1)?.filesystem === VIEW_TYPE;
}

function isDead(path: string): boolean {
  try {
    statfsSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ENOTCONN' || error.code === 'ECONNABORTED');
  }
}

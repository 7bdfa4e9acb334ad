import { lstat, readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { absolutePath, type VolumePath } from './volume-path.ts';

/** After so many entries whatever else is due gets its turn. */
const ENTRIES_AT_ONCE = 256;

export interface SweepTarget {
  readonly root: Buffer;
  readonly device: bigint;
}

/**
 * Walks a folder by the bytes of its names, depth first, one folder at a time so that a large medium causes no flood.
 * Symlinks, devices and FIFOs are passed over and other filesystems are not entered. What vanishes meanwhile is passed over.
 */
export async function sweepFolder(
  target: SweepTarget,
  folder: VolumePath,
  visit: { file: (path: VolumePath) => void | Promise<void>; folder: (path: VolumePath) => void; stopped: () => boolean },
): Promise<void> {
  const waiting: VolumePath[] = [folder];
  let seen = 0;
  for (let path = waiting.pop(); path !== undefined && !visit.stopped(); path = waiting.pop()) {
    if (!(await isOwnFolder(target, path))) continue;
    visit.folder(path);
    const here = absolutePath(target.root, path);
    const entries = await readdir(here, { encoding: 'buffer', withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (visit.stopped()) return;
      seen += 1;
      if (seen % ENTRIES_AT_ONCE === 0) await setImmediate();
      const below = [...path, Buffer.from(entry.name)];
      if (entry.isDirectory()) waiting.push(below);
      else if (entry.isFile()) await visit.file(below);
    }
  }
}

async function isOwnFolder(target: SweepTarget, path: VolumePath): Promise<boolean> {
  const facts = await lstat(absolutePath(target.root, path), { bigint: true }).catch(() => null);
  return facts !== null && facts.isDirectory() && facts.dev === target.device;
}

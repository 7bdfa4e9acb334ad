import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STICK_BYTES = 96 * 1024 * 1024;

/** A medium to practise on. */
export interface Stick {
  /** Where to copy files to. */
  readonly path: string;
  /** A mounted image with a filesystem of its own, or a plain folder. */
  readonly kind: 'image' | 'folder';
  readonly image?: string;
  remove(): void;
}

/** As root on Linux a loop-mounted image, a real volume; for anyone else a folder. */
export function makeStick(folder: string): Stick {
  const path = join(folder, 'stick');
  mkdirSync(path, { recursive: true });
  const unprivileged = process.platform !== 'linux' || process.getuid?.() !== 0;
  return unprivileged ? { path, kind: 'folder', remove: () => undefined } : mountImage(join(folder, 'stick.img'), path);
}

function mountImage(image: string, path: string): Stick {
  unmount(path);
  try {
    if (!existsSync(image)) makeImage(image);
    execFileSync('mount', ['-o', 'loop,nodev,nosuid', image, path], { stdio: 'pipe' });
  } catch (error) {
    process.stderr.write(`A stick image could not be mounted here (${String(error).split('\n')[0]}); a folder takes its place.\n`);
    return { path, kind: 'folder', remove: () => undefined };
  }
  chmodSync(path, 0o777);
  return { path, kind: 'image', image, remove: () => unmount(path) };
}

function makeImage(image: string): void {
  writeFileSync(image, '');
  truncateSync(image, STICK_BYTES);
  execFileSync('mkfs.ext4', ['-q', '-F', '-L', 'PRACTICE', image], { stdio: 'pipe' });
}

function unmount(path: string): void {
  try {
    execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
  } catch {
    // Not mounted: nothing is left from an earlier run.
  }
}

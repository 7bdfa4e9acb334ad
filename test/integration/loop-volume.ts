import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A filesystem of its own in a file, mounted through a loop device: a stick without the plastic. */
export interface LoopVolume {
  readonly path: string;
  /** Every byte of the medium as it is now, what is still in the kernel's memory included. */
  raw(): Buffer;
  remount(options: string): void;
  /** Whether it could be unmounted: not while somebody holds a file of it open. */
  unmount(): boolean;
  close(): void;
}

export type LoopFilesystem = 'ext4' | 'vfat';

/** Why there can be no loop volume here, or null. */
export function loopVolumeMissing(filesystem: LoopFilesystem = 'ext4'): string | null {
  if (process.platform !== 'linux') return 'loop devices are Linux only';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  if (!existsSync('/dev/loop-control')) return 'there is no /dev/loop-control';
  if (spawnSync(`mkfs.${filesystem}`, ['-V']).error !== undefined) {
    return `mkfs.${filesystem} is not installed (apt install ${filesystem === 'vfat' ? 'dosfstools' : 'e2fsprogs'})`;
  }
  if (filesystem === 'vfat' && !readFileSync('/proc/filesystems', 'utf8').includes('vfat')) return 'this kernel has no vfat';
  return null;
}

export function makeLoopVolume(bytes: number, filesystem: LoopFilesystem = 'ext4'): LoopVolume {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-loop-')));
  const image = join(base, 'image');
  const path = join(base, 'mounted');
  writeFileSync(image, '');
  truncateSync(image, bytes);
  mkdirSync(path);
  run(`mkfs.${filesystem}`, ...(filesystem === 'ext4' ? ['-q', '-F', '-m', '0'] : []), image);
  run('mount', '-o', 'loop', image, path);
  let mounted = true;
  return {
    path,
    raw() {
      run('sync', '-f', path);
      return readFileSync(image);
    },
    remount: (options) => run('mount', '-o', `remount,${options}`, path),
    unmount() {
      mounted = spawnSync('umount', [path]).status !== 0;
      return !mounted;
    },
    close() {
      if (mounted) run('umount', '--lazy', path);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { parseMountinfo } from '../mountinfo.ts';

/** A file that a process has open for reading. */
export interface OpenFile {
  /** Where the kernel says it lies; bytes, for names need not be UTF-8. */
  readonly path: Uint8Array;
  /** The mount it was opened by, as in mountinfo. */
  readonly mountId: number;
}

/** What can be seen of a process while one of its system calls waits for an answer. */
export interface ProcessFacts {
  /** Path of its program; null when it is gone, or the kernel's own. */
  readonly program: Uint8Array | null;
  /** Newest first. */
  readonly reads: readonly OpenFile[];
}

/** A browser has hundreds of files open; what a copy reads was opened last. */
const MAX_LOOKED_AT = 32;
const MAX_READS = 4;
const O_ACCMODE = 3;
const O_PATH = 0o10000000;
const DELETED = ' (deleted)';
/**
 * Filesystems that this PC's own kernel answers for. Any other may never answer: a server that is away, a FUSE filesystem
 * that somebody wrote to hold up the agent, and a view, whose agent would wait for itself.
 */
const LOCAL = /^(?:ext[234]|xfs|btrfs|f2fs|bcachefs|zfs|jfs|vfat|exfat|ntfs3?|hfsplus|iso9660|udf|tmpfs|overlay|squashfs|erofs)$/;
export const NO_FACTS: ProcessFacts = { program: null, reads: [] };

/**
 * Looks at a process in /proc (proc_pid_fd(5), proc_pid_fdinfo(5)). Touches none of the files themselves: one of them may
 * lie on the very filesystem whose answer this thread owes. Some ten microseconds a file.
 */
export function factsOfProcess(pid: number): ProcessFacts {
  return { program: programOf(pid), reads: readsOf(pid) };
}

/** Those that can be read without waiting for another machine, or for somebody's program. */
export async function localReads(reads: readonly OpenFile[]): Promise<OpenFile[]> {
  if (reads.length === 0) return [];
  const mounts = new Map(parseMountinfo(await readFile('/proc/self/mountinfo')).map(({ id, filesystem }) => [id, filesystem]));
  return reads.filter(({ mountId }) => LOCAL.test(mounts.get(mountId) ?? ''));
}

/**
 * Opens a file that a process had open. Its path may lead elsewhere by now: the mount is compared, and what is no plain
 * file is never opened, for opening a device acts on it. Null when it is not that any more.
 */
export async function openAgain({ path, mountId }: OpenFile): Promise<FileHandle | null> {
  const place = await open(Buffer.from(path), O_PATH | constants.O_NOFOLLOW);
  try {
    const info = await readFile(`/proc/self/fdinfo/${place.fd}`, 'latin1');
    if (mountIdIn(info) !== mountId || !(await place.stat()).isFile()) return null;
    return await open(`/proc/self/fd/${place.fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } finally {
    await place.close();
  }
}

const mountIdIn = (fdinfo: string): number => Number(/^mnt_id:\s*(\d+)$/m.exec(fdinfo)?.[1]);

function programOf(pid: number): Buffer | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`, 'buffer');
  } catch {
    return null;
  }
}

function readsOf(pid: number): OpenFile[] {
  const found: OpenFile[] = [];
  for (const descriptor of descriptorsOf(pid)) {
    const read = openFile(pid, descriptor);
    if (read !== null && found.push(read) === MAX_READS) break;
  }
  return found;
}

function descriptorsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map(Number)
      .toSorted((a, b) => b - a)
      .slice(0, MAX_LOOKED_AT);
  } catch {
    return [];
  }
}

/** Null for what is no file by a path, is written to, or was closed meanwhile. */
function openFile(pid: number, descriptor: number): OpenFile | null {
  try {
    const path = readlinkSync(`/proc/${pid}/fd/${descriptor}`, 'buffer');
    if (path[0] !== 0x2f || isNoSource(path)) return null;
    const info = readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'latin1');
    const flags = /^flags:\s*([0-7]+)$/m.exec(info)?.[1];
    if (flags === undefined || (Number.parseInt(flags, 8) & O_ACCMODE) !== 0) return null;
    return { path, mountId: mountIdIn(info) };
  } catch {
    return null;
  }
}

function isNoSource(path: Buffer): boolean {
  const text = path.toString('latin1');
  return text.startsWith('/dev/') || text.startsWith('/proc/') || text.startsWith('/sys/') || text.endsWith(DELETED);
}

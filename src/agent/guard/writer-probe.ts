import { lstat, readdir, readlink, stat } from 'node:fs/promises';

/** Which files of a volume some process holds open for writing, as far as the OS lets this account see. */
export interface WriterProbe {
  /** Asks about now: a look that began before the call does not count. */
  isWritten(device: bigint, inode: bigint): Promise<boolean>;
}

const WRITABLE = 0o200;

/**
 * Linux: /proc/PID/fd, one look for all who ask at about the same time. The permission bits of such a link say how the
 * file was opened (proc_pid_fd(5)). A look takes about 40 µs a descriptor, so after each one there is a rest of
 * three times as long: at most a quarter of one core while files keep arriving, nothing at rest.
 */
export class ProcWriterProbe implements WriterProbe {
  readonly #root: string;
  #running: Promise<ReadonlySet<string>> | null = null;
  #next: Promise<ReadonlySet<string>> | null = null;

  /** `root`: absolute path of the volume, as this process sees it. */
  constructor(root: string) {
    this.#root = root.endsWith('/') ? root : `${root}/`;
  }

  async isWritten(device: bigint, inode: bigint): Promise<boolean> {
    return (await this.#look()).has(`${device}:${inode}`);
  }

  #look(): Promise<ReadonlySet<string>> {
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => {
      this.#next = null;
      return this.#start();
    });
    return this.#next;
  }

  #start(): Promise<ReadonlySet<string>> {
    const started = performance.now();
    const found = findWritten(this.#root);
    this.#running = found.then(async (value) => {
      await new Promise((resolve) => setTimeout(resolve, (performance.now() - started) * 3).unref());
      return value;
    });
    return found;
  }
}

async function findWritten(root: string): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue;
    const folder = `/proc/${pid}/fd`;
    const descriptors = await readdir(folder).catch(() => []);
    await Promise.all(descriptors.map((descriptor) => look(`${folder}/${descriptor}`, root, written).catch(() => undefined)));
  }
  return written;
}

async function look(link: string, root: string, written: Set<string>): Promise<void> {
  if (!(await readlink(link)).startsWith(root)) return;
  if (((await lstat(link)).mode & WRITABLE) === 0) return;
  const { dev, ino } = await stat(link, { bigint: true });
  written.add(`${dev}:${ino}`);
}

/** Where the OS does not tell: the settle window alone decides, and is longer there. */
export function writerProbe(root: string): WriterProbe | null {
  return process.platform === 'linux' ? new ProcWriterProbe(root) : null;
}

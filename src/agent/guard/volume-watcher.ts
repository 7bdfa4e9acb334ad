import { type FSWatcher as FolderWatcher, watch as watchFolder } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { fromErrno } from '../../node/errno.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { hasCode } from './has-code.ts';
import { TEMPORARY_PREFIX } from './temporary-name.ts';
import { absolutePath, isText, pathKey, type VolumePath } from './volume-path.ts';

export interface WatcherReports {
  /** Something happened at this path; what is there now is for the caller to see. `direct`: the OS itself named it. */
  touched(path: VolumePath, direct: boolean): void;
  /** Something happened in this folder at a name that the watcher cannot spell. */
  swept(folder: VolumePath): void;
  failed(failure: Failure): void;
  /** Told once: some folders have no watch, so that only sweeps see what happens in them. */
  exhausted(failure: Failure): void;
}

const PREFIX = Buffer.from(TEMPORARY_PREFIX);
const REPLACEMENT = '\ufffd';

const EXHAUSTED = failure(
  'DLP_FILE_IO',
  'The system has no watch left for some folders of the volume. They are looked through every few seconds instead.',
  { retryable: true },
);

/**
 * chokidar on the mounted volume, as a source of hints only: every hint is followed by a look at the file itself.
 * Its paths are strings, so a name that is not UTF-8 comes with replacement characters (the folder is then swept by
 * bytes) and a folder of such a name is not watched by it at all (it gets a watch of its own).
 */
export class VolumeWatcher {
  readonly #root: string;
  readonly #device: bigint;
  readonly #reports: WatcherReports;
  readonly #ownWatches = new Map<string, FolderWatcher>();
  #watcher: FSWatcher | null = null;
  #isExhausted = false;

  constructor(root: string, device: bigint, reports: WatcherReports) {
    // On Windows `E:` means the current folder of that drive.
    this.#root = /^[A-Za-z]:$/.test(root) ? `${root}\\` : root;
    this.#device = device;
    this.#reports = reports;
  }

  /** Resolves once every folder is watched; rejects with what the OS refused. */
  async start(): Promise<void> {
    const watcher = watch(this.#root, {
      followSymlinks: false,
      ignoreInitial: true,
      // Would hide files whose names end like an editor's backup.
      atomic: false,
      // Names like our own are left to the raw events: chokidar reads the whole folder again for each one that comes or goes.
      ignored: (path, stats) =>
        basename(path).startsWith(TEMPORARY_PREFIX) || (stats?.isDirectory() === true && BigInt(stats.dev) !== this.#device),
    });
    this.#watcher = watcher;
    watcher.on('raw', (_event, path, details) => this.#onRaw(path, details));
    watcher.on('add', (path) => this.#onPath(path, false));
    watcher.on('change', (path) => this.#onPath(path, false));
    watcher.on('addDir', (path) => this.#onPath(path, false));
    await new Promise<void>((resolve, reject) => {
      watcher.once('ready', resolve);
      watcher.on('error', (error) => {
        if (this.#onError(error)) resolve();
        else reject(error);
      });
    });
  }

  /** To be called for each folder seen by bytes: gives a watch to those chokidar cannot reach. */
  see(folder: VolumePath): void {
    if (folder.every((name) => isText(name) && !name.subarray(0, PREFIX.length).equals(PREFIX))) return;
    const key = pathKey(folder);
    if (this.#ownWatches.has(key)) return;
    try {
      const options = { encoding: 'buffer', persistent: false } as const;
      const path = absolutePath(Buffer.from(this.#root), folder);
      const watcher = watchFolder(path, options, (_event, name) => this.#onOwn(folder, name));
      watcher.on('error', () => this.#forget(key));
      this.#ownWatches.set(key, watcher);
    } catch (error) {
      if (!this.#exhausts(error)) this.#reports.failed(fromErrno(error));
    }
  }

  /** The folder is no longer there. */
  forget(folder: VolumePath): void {
    this.#forget(pathKey(folder));
  }

  async stop(): Promise<void> {
    for (const watcher of this.#ownWatches.values()) watcher.close();
    this.#ownWatches.clear();
    await this.#watcher?.close();
    this.#watcher = null;
  }

  /** chokidar's own complaints carry no system code; whatever it missed, a sweep of the volume finds. */
  #onError(error: unknown): boolean {
    if (this.#exhausts(error)) return true;
    const message = error instanceof Error ? error.message : String(error);
    this.#reports.failed(failure('DLP_FILE_IO', `Watching the volume is disturbed: ${message}`, { retryable: true, cause: error }));
    this.#reports.swept([]);
    return false;
  }

  /** Whether the OS refuses a watch for want of them: inotify's limit, or that of open files. */
  #exhausts(error: unknown): boolean {
    if (!hasCode(error, 'ENOSPC', 'EMFILE', 'ENFILE')) return false;
    if (!this.#isExhausted) this.#reports.exhausted(EXHAUSTED);
    this.#isExhausted = true;
    return true;
  }

  #onOwn(folder: VolumePath, name: Buffer | null): void {
    if (name !== null && name.length > 0) this.#reports.touched([...folder, name], true);
    else this.#reports.swept(folder);
  }

  #onRaw(name: string | null, details: unknown): void {
    if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return;
    const folder = String(details.watchedPath);
    // On the root of a Windows drive names come with a separator before them; elsewhere a name may begin with one.
    const inside = process.platform === 'win32' ? name?.replace(/^[\\/]+/, '') : name;
    this.#onPath(inside == null ? folder : join(folder, inside), true);
  }

  #onPath(absolute: string, direct: boolean): void {
    const inside = relative(this.#root, absolute);
    if (inside.startsWith('..')) return;
    const parts = inside === '' ? [] : inside.split(sep);
    const unspelled = parts.findIndex((part) => part.includes(REPLACEMENT));
    const path = parts.map((part) => Buffer.from(part));
    if (unspelled !== -1) this.#reports.swept(path.slice(0, unspelled));
    else if (parts.length === 0) this.#reports.swept(path);
    else this.#reports.touched(path, direct);
  }

  #forget(key: string): void {
    this.#ownWatches.get(key)?.close();
    this.#ownWatches.delete(key);
  }
}

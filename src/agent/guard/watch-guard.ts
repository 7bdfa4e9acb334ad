import { lstatSync } from 'node:fs';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import { v7 as uuidv7 } from 'uuid';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Actor } from '../../contracts/event.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Clock, EnforcementOrder, FileArrival, Guard } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { ArrivalTracker, type SettledFile } from './arrival-tracker.ts';
import { Enforcer, type GuardedFile } from './enforcer.ts';
import { Journal } from './journal.ts';
import { KeyedQueue, Limiter } from './limiter.ts';
import type { VolumeRoot } from './pinned-folder.ts';
import { OwnCiphertexts } from './own-ciphertexts.ts';
import { ReportGate } from './report-gate.ts';
import { recoverVolume } from './recovery.ts';
import { releaseFile } from './release-file.ts';
import { RetrySchedule } from './retry-schedule.ts';
import { sameFile, type Stamp, stampOf } from './stamp.ts';
import { SweepSchedule } from './sweep-schedule.ts';
import { temporaryIdOf } from './temporary-name.ts';
import { absolutePath, pathKey, shownPath, type VolumePath } from './volume-path.ts';
import { sweepFolder } from './volume-sweep.ts';
import { VolumeWatcher } from './volume-watcher.ts';
import { type WriterProbe, writerProbe } from './writer-probe.ts';

export interface WatchGuardOptions {
  /** Mount point of the volume, or a folder. */
  readonly root: string;
  readonly volumeId: string;
  readonly inspectPresent: boolean;
  /** On the host, for the agent alone; one for all guards of the agent. */
  readonly stateFolder: string;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly actorOf: (uid: number) => Actor;
  /** age identities that open what the organisation encrypts: its files are known when they come back, and recovery can prove them. */
  readonly recoverIdentities?: readonly string[];
  /** Who writes to the volume; null where the OS does not tell. Left out: what this OS offers. */
  readonly writers?: WriterProbe | null;
  /** Watching failed after the start; the guard goes on by sweeping the volume. */
  readonly onProblem?: (failure: Failure) => void;
}

export interface WatchGuard extends Guard {
  readonly mode: 'watch';
}

const CONCURRENT_ENFORCEMENTS = 4;
/** The kernel's clock for files may lag behind the other one by a tick. */
const CLOCK_GRAIN_MILLIS = 20;

/** A guard that sees files after they are written, on any OS. docs/spec/watch-guard.md. */
export function createWatchGuard(options: WatchGuardOptions): WatchGuard {
  return new ChokidarGuard(options);
}

class ChokidarGuard implements WatchGuard {
  readonly mode = 'watch';
  readonly #options: WatchGuardOptions;
  readonly #arrivals = new Map<string, GuardedFile>();
  readonly #inUse = new Set<string>();
  readonly #unfinished = new Set<string>();
  readonly #limiter = new Limiter(CONCURRENT_ENFORCEMENTS);
  /** Hard links: what is done to one name must be over before another name of the same content is touched. */
  readonly #inodes = new KeyedQueue<bigint>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #sweeps: SweepSchedule;
  readonly #gate: ReportGate;
  readonly #retries: RetrySchedule;
  #parts: { root: VolumeRoot; journal: Journal; tracker: ArrivalTracker; watcher: VolumeWatcher; enforcer: Enforcer } | null = null;
  #report: (arrival: FileArrival) => void = () => undefined;
  #stopped = false;

  constructor(options: WatchGuardOptions) {
    this.#options = options;
    this.#gate = new ReportGate(options.clock);
    this.#retries = new RetrySchedule(options.clock);
    this.#sweeps = new SweepSchedule(options.clock, (folder) => this.#track(this.#sweepBelow(folder)));
  }

  async start(report: (arrival: FileArrival) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    try {
      const root = await openRoot(this.#options.root);
      if (root === null) return err(failure('DLP_GUARD_START', 'What is to be guarded is not a folder.'));
      await mkdir(this.#options.stateFolder, { recursive: true, mode: 0o700 });
      const started = Date.now();
      const parts = this.#assemble(root);
      this.#parts = parts;
      const restored = await this.#recover();
      await parts.watcher.start();
      for (const path of restored) parts.tracker.touch(path, { direct: true });
      this.#sweeps.insert(() => this.#track(this.#sweepPresent(started)));
      return ok(undefined);
    } catch (error) {
      await this.stop();
      const { code, message } = fromErrno(error);
      return err(failure('DLP_GUARD_START', `The volume cannot be watched: ${message} (${code})`, { retryable: true, cause: error }));
    }
  }

  source(fileId: string): { path: Uint8Array; stamp: Stamp } | null {
    const file = this.#arrivals.get(fileId);
    if (file === undefined || this.#parts === null) return null;
    const path = absolutePath(this.#parts.root.path, file.path);
    return { path, stamp: file.restless ? stampNow(path, file.stamp) : file.stamp };
  }

  again(fileId: string): void {
    const file = this.#arrivals.get(fileId);
    if (file !== undefined) this.#after(file, NOT_HERE);
  }

  enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const file = this.#arrivals.get(fileId);
    if (file === undefined || this.#stopped || this.#parts === null) return Promise.resolve(NOT_HERE);
    const { enforcer } = this.#parts;
    return this.#track(
      this.#limiter
        .run(() => this.#inodes.run(file.stamp.inode, () => enforcer.enforce(file, order)))
        .then((outcome) => this.#after(file, outcome)),
    );
  }

  async release(quarantineId: string): Promise<Result<string, Failure>> {
    const parts = this.#parts;
    if (parts === null) return err(failure('DLP_GUARD_START', 'The guard is not running.'));
    const { quarantine } = this.#options;
    const released = await this.#track(
      releaseFile(
        { root: parts.root, quarantine, inUse: this.#inUse, onWritten: (path, stamp) => parts.tracker.wrote(path, stamp) },
        quarantineId,
      ),
    );
    return released.ok ? ok(shownPath(released.value)) : released;
  }

  outcomes(): ReadonlyMap<string, EnforcementOutcome> {
    return this.#parts?.journal.finished() ?? new Map();
  }

  settled(fileId: string): void {
    this.#parts?.journal.settle(fileId);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retries.stop();
    this.#gate.stop();
    this.#sweeps.stop();
    this.#parts?.tracker.stop();
    await this.#parts?.watcher.stop();
    await Promise.allSettled(this.#running);
    this.#parts?.journal.close();
    this.#parts = null;
  }

  #assemble(root: VolumeRoot) {
    const { stateFolder, clock, volumeId, quarantine } = this.#options;
    const journal = new Journal(stateFolder, clock);
    const watcher = new VolumeWatcher(root.path.toString(), root.device, {
      touched: (path, direct) => this.#touched(path, direct),
      swept: (folder) => this.#sweeps.folder(folder),
      failed: (problem) => {
        this.#options.onProblem?.(problem);
        this.#sweeps.volume();
      },
      exhausted: (problem) => {
        this.#options.onProblem?.(problem);
        this.#sweeps.keepSweeping();
      },
    });
    const tracker = new ArrivalTracker({
      root: root.path,
      device: root.device,
      clock,
      probe: this.#options.writers === undefined ? writerProbe(root.path.toString()) : this.#options.writers,
      isOwnName: (name) => this.#isOwnName(name),
      onSettled: (file) => this.#onSettled(file),
      onFolder: (path) => this.#sweeps.folder(path),
      onDropped: (path) => watcher.forget(path),
    });
    const onWritten = (path: VolumePath, stamp: Stamp) => tracker.wrote(path, stamp);
    const ownCiphertexts = new OwnCiphertexts(this.#options.recoverIdentities ?? [], journal);
    const marks = { inUse: this.#inUse, unfinished: this.#unfinished };
    const enforcer = new Enforcer({ root, volumeId, journal, quarantine, ownCiphertexts, ...marks, onWritten });
    return { root, journal, tracker, watcher, enforcer };
  }

  #isOwnName(name: Buffer): boolean {
    const id = temporaryIdOf(name);
    return id !== null && (this.#inUse.has(id) || this.#unfinished.has(id));
  }

  #touched(path: VolumePath, direct: boolean): void {
    this.#parts?.tracker.touch(path, { direct });
    if (direct) this.#sweeps.volume();
  }

  #onSettled(file: SettledFile): void {
    const fileId = uuidv7();
    this.#gate.enter(pathKey(file.path), { fileId, present: file.present, report: () => this.#reportSettled(fileId, file) });
  }

  #reportSettled(fileId: string, { path, stamp, restless, uid, present }: SettledFile): void {
    this.#arrivals.set(fileId, { fileId, path, stamp, restless });
    this.#report({
      fileId,
      path: shownPath(path),
      bytes: Number(stamp.size),
      modified: new Date(Number(stamp.modified / 1_000_000n)).toISOString(),
      actor: this.#options.actorOf(uid),
      present,
    });
  }

  #after(file: GuardedFile, outcome: EnforcementOutcome): EnforcementOutcome {
    const key = pathKey(file.path);
    this.#arrivals.delete(file.fileId);
    this.#gate.leave(file.fileId);
    if (outcome.done) {
      this.#retries.succeeded(key);
    } else if (!outcome.gone) {
      this.#retries.failed(key, () => void this.#track(this.#retry(file)));
    } else if (outcome.code !== 'DLP_FILE_OUTSIDE') {
      this.#parts?.tracker.again(file.path);
    }
    return outcome;
  }

  async #retry(file: GuardedFile): Promise<void> {
    const restored = await this.#recover();
    for (const path of [...restored, file.path]) this.#parts?.tracker.again(path);
  }

  async #recover(): Promise<VolumePath[]> {
    if (this.#parts === null) return [];
    const { root, journal } = this.#parts;
    const { volumeId, quarantine, recoverIdentities } = this.#options;
    const recovered = await recoverVolume({ root, volumeId, journal, quarantine, identities: recoverIdentities ?? [] }, this.#inUse);
    this.#unfinished.clear();
    for (const id of recovered.unfinished) this.#unfinished.add(id);
    return recovered.restored;
  }

  /** Everything on the volume when the guard started. What was written meanwhile is not "present": the kernel dates it. */
  async #sweepPresent(started: number): Promise<void> {
    await this.#sweep([], async (path, tracker) => {
      const stats = await lstat(absolutePath(this.#parts?.root.path ?? Buffer.alloc(0), path)).catch(() => null);
      if (stats === null) return;
      if (!this.#options.inspectPresent && stats.ctimeMs < started - CLOCK_GRAIN_MILLIS) return tracker.baseline(path);
      const present = stats.ctimeMs <= started + 1;
      tracker.touch(path, { direct: false, present });
    });
  }

  #sweepBelow(folder: VolumePath): Promise<void> {
    return this.#sweep(folder, (path, tracker) => tracker.find(path));
  }

  async #sweep(folder: VolumePath, file: (path: VolumePath, tracker: ArrivalTracker) => void | Promise<void>): Promise<void> {
    const parts = this.#parts;
    if (parts === null) return;
    await sweepFolder({ root: parts.root.path, device: parts.root.device }, folder, {
      file: (path) => file(path, parts.tracker),
      folder: (path) => parts.watcher.see(path),
      stopped: () => this.#stopped,
    });
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => void this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }
}

const NOT_HERE: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The file is no longer under this guard.',
  gone: true,
};

async function openRoot(root: string): Promise<VolumeRoot | null> {
  const path = await realpath(Buffer.from(/^[A-Za-z]:$/.test(root) ? `${root}\\` : root), 'buffer');
  const facts = await lstat(path, { bigint: true });
  return facts.isDirectory() ? { path, device: facts.dev, inode: facts.ino } : null;
}

/** The state of a file whose times somebody keeps moving, for the inspection to begin with; `before` where it is another file by now. */
function stampNow(path: Buffer, before: Stamp): Stamp {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const now = stats === undefined ? before : stampOf(stats);
  return sameFile(now, before) ? now : before;
}

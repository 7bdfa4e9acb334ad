import { close as closeLater, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { mkdir, realpath, unlink } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Actor } from '../../contracts/event.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Clock, EnforcementOrder, FileArrival, Guard } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import { loadSystemCalls, SystemCallError, type SystemCalls } from '../../platform/linux/fuse/index.ts';
import { eraseFile } from '../guard/erase.ts';
import { Journal } from '../guard/journal.ts';
import { releaseFile } from '../guard/release-file.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { parsePath, shownPath } from '../guard/volume-path.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { Committer } from './committer.ts';
import { EIO, EINVAL } from './errno.ts';
import { FileThread } from './file-thread.ts';
import { Judgements } from './judgements.ts';
import type { Form, FromFiles, FromView, JudgeMessage, PlacedMessage } from './messages.ts';
import { clearStaging, recoverView, removeLeftovers } from './recovery.ts';
import { sendReply } from './replies.ts';
import { rootPath, takeMedium } from './take-medium.ts';
import { syncErrno } from './sync-errno.ts';
import { readMark, TemporaryIds } from './temporary-ids.ts';
import { ViewThread } from './view-thread.ts';

export interface FuseGuardOptions {
  /** Where programs see the view: where the medium is mounted, or a folder, and the view takes its place. */
  readonly root: string;
  /** Where the medium is mounted until the view is there, when it is not at `root`: out of everybody's reach. */
  readonly medium?: string;
  readonly volumeId: string;
  readonly readOnly: boolean;
  /** On the host, for the agent alone; one for all guards of the agent. */
  readonly stateFolder: string;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly actorOf: (uid: number) => Actor;
  /** age identities whose files are read through the view. */
  readonly identities?: readonly string[];
  /** Left out: where the kernel has it. */
  readonly passthrough?: boolean;
  readonly onProblem?: (failure: Failure) => void;
  /** Parts of a stored file do not open; told once a file. The path is shown text. */
  readonly onDamaged?: (path: string) => void;
  /** The guard ended without being stopped; it is to be stopped. */
  readonly onEnded?: (why: 'unmounted' | 'failed') => void;
}

export interface FuseGuard extends Guard {
  readonly mode: 'fuse';
}

/** A guard that judges files before they reach the medium. docs/spec/guard.md. */
export function createFuseGuard(options: FuseGuardOptions): FuseGuard {
  return new ViewGuard(options);
}

/** How long a stop waits for what is being judged when nothing comes of it. */
const DRAIN_MILLIS = 60_000;

interface Running {
  readonly root: number;
  readonly device: number;
  readonly wake: number;
  readonly place: Buffer;
  /** Where the medium was mounted. */
  readonly home: Buffer;
  readonly thread: ViewThread;
  readonly journal: Journal;
  readonly files: FileThread;
  readonly judgements: Judgements;
  /** Whether the medium had this path to itself, and gets it back. */
  readonly wasMounted: boolean;
}

class ViewGuard implements FuseGuard {
  readonly mode = 'fuse';
  readonly #options: FuseGuardOptions;
  readonly #placing = new Map<number, (result: PlacedMessage['result']) => void>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #onExit = (): void => {
    this.#forceAway();
    // A thread inside poll(2) cannot be ended from outside: without this, leaving the process would wait for it for ever.
    this.#parts?.thread.tell({ kind: 'end' });
  };
  #calls: SystemCalls | null = null;
  #parts: Running | null = null;
  #report: (arrival: FileArrival) => void = () => undefined;
  #stopping = false;
  #stopped: Promise<void> | null = null;
  /** Somebody else unmounted the view: what is mounted there now is not ours to unmount. */
  #isAway = false;

  constructor(options: FuseGuardOptions) {
    this.#options = options;
  }

  async start(report: (arrival: FileArrival) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    try {
      const started = await this.#start();
      if (!started.ok) await this.stop();
      return started;
    } catch (error) {
      await this.stop();
      const why = error instanceof SystemCallError ? error.message : fromErrno(error).message;
      return err(failure('DLP_GUARD_START', `The medium cannot be guarded: ${why}`, { retryable: true, cause: error }));
    }
  }

  async #start(): Promise<Result<void, Failure>> {
    const { stateFolder, clock, volumeId, quarantine, identities = [], readOnly, passthrough = true } = this.#options;
    const journalFolder = join(stateFolder, 'fuse');
    const staging = join(journalFolder, 'staging', createHash('sha256').update(volumeId).digest('hex').slice(0, 16));
    await mkdir(staging, { recursive: true, mode: 0o700 });
    await clearStaging(staging);
    const calls = (this.#calls ??= loadSystemCalls());
    const at = await realpath(Buffer.from(this.#options.root), 'buffer');
    const home = this.#options.medium === undefined ? at : await realpath(Buffer.from(this.#options.medium), 'buffer');
    const taken = takeMedium(calls, home);
    if (!taken.ok) return taken;
    const { root, wasMounted } = taken.value;
    const journal = new Journal(journalFolder, clock);
    const facts = fstatSync(root, { bigint: true });
    const volumeRoot = { path: rootPath(root), device: facts.dev, inode: facts.ino };
    const mark = readMark(journalFolder);
    const ids = new TemporaryIds(mark);
    if (!readOnly) {
      await recoverView({ root: volumeRoot, volumeId, journal, quarantine, identities, stateFolder, clock });
      await removeLeftovers(volumeRoot.path, ids);
    }
    const device = openSync('/dev/fuse', constants.O_RDWR);
    const wake = calls.makeEvent();
    calls.mountView(device, at);
    process.on('exit', this.#onExit);
    const between = new MessageChannel();
    const files = new FileThread({ root, staging, wake, view: between.port1 }, (message) => this.#receiveFile(message));
    const start = { device, wake, root, staging, files: between.port2, journal: journalFolder, mark, identities, readOnly, passthrough };
    const thread = new ViewThread(start, (message) => this.#receive(message));
    const place = (stage: number, temporaryId: string, form: Form) => this.#place(stage, temporaryId, form);
    const committer = new Committer({ root, volumeId, journal, quarantine, calls, identities, ids, files, place });
    const judgements = new Judgements({
      committer,
      identities,
      actorOf: this.#options.actorOf,
      report: (arrival) => this.#report(arrival),
      tellView: (message) => thread.tell(message),
      drop: (stage, file) => files.drop(stage, file),
      inBackground: (work) => this.#inBackground(work),
    });
    this.#parts = { root, device, wake, place: at, home, thread, files, journal, judgements, wasMounted };
    void files.ended.then((reason) => this.#threadEnded(reason));
    void thread.ended.then((reason) => this.#threadEnded(reason));
    await Promise.race([this.#ready.promise, thread.ended]);
    return ok(undefined);
  }

  source(fileId: string): ReturnType<Judgements['source']> {
    return this.#parts?.judgements.source(fileId) ?? null;
  }

  again(fileId: string): void {
    this.#parts?.judgements.again(fileId);
  }

  enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const { judgements } = this.#parts ?? {};
    return judgements === undefined ? Promise.resolve(NOT_RUNNING) : this.#track(judgements.enforce(fileId, order));
  }

  async release(quarantineId: string): Promise<Result<string, Failure>> {
    const parts = this.#parts;
    if (parts === null) return err(failure('DLP_GUARD_START', 'The guard is not running.'));
    const { dev, ino } = fstatSync(parts.root, { bigint: true });
    const root = { path: rootPath(parts.root), device: dev, inode: ino };
    const { quarantine } = this.#options;
    const released = await this.#track(releaseFile({ root, quarantine, inUse: new Set(), onWritten: () => undefined }, quarantineId));
    return released.ok ? ok(shownPath(released.value)) : released;
  }

  outcomes(): ReadonlyMap<string, EnforcementOutcome> {
    return this.#parts?.journal.finished() ?? new Map();
  }

  settled(fileId: string): void {
    this.#parts?.journal.settle(fileId);
    this.#parts?.judgements.settled(fileId);
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    const parts = this.#parts;
    if (parts === null) return;
    const away = this.#isAway || this.#unmountUnused(parts);
    parts.thread.tell({ kind: 'drain' });
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(DRAIN_MILLIS, late.resolve);
    await Promise.race([this.#drained.promise, parts.thread.ended, late.promise]);
    cancel();
    await Promise.allSettled(this.#running);
    if (!away) this.#unmountUsed(parts);
    parts.thread.tell({ kind: 'end' });
    await parts.thread.ended;
    parts.files.end();
    await parts.files.ended;
    await Promise.allSettled(this.#running);
    process.off('exit', this.#onExit);
    closeSync(parts.device);
    closeSync(parts.wake);
    if (parts.wasMounted) this.#giveBack(parts);
    closeSync(parts.root);
    parts.journal.close();
    this.#parts = null;
  }

  #unmountUnused({ place }: Running): boolean {
    try {
      this.#calls?.unmount(place, 'unused');
      return true;
    } catch (error) {
      // EINVAL: somebody unmounted it already.
      return error instanceof SystemCallError && error.errno === EINVAL;
    }
  }

  #unmountUsed({ place }: Running): void {
    try {
      this.#calls?.unmount(place, 'detach');
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  #giveBack({ root, home }: Running): void {
    try {
      this.#calls?.attachMount(root, home);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  /** The process ends without a stop: nobody may hang on a view that nobody serves. */
  #forceAway(): void {
    try {
      if (this.#parts !== null) this.#calls?.unmount(this.#parts.place, 'force');
    } catch {
      // Unmounted already.
    }
  }

  #unmounted(): void {
    this.#isAway = true;
    if (this.#stopping) return;
    this.#options.onProblem?.(failure('DLP_GUARD_START', 'Somebody unmounted the view; its medium is guarded no more and out of reach.'));
    void this.stop().then(() => this.#options.onEnded?.('unmounted'));
  }

  #threadEnded(reason: string): void {
    if (this.#stopping) return;
    this.#forceAway();
    this.#options.onProblem?.(
      failure('DLP_GUARD_START', `The view ended (${reason}). Its medium is out of reach until the guard starts again.`),
    );
    this.#options.onEnded?.('failed');
  }

  #receive(message: FromView): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready.resolve();
      case 'placed':
        this.#placing.get(message.stage)?.(message.result);
        this.#placing.delete(message.stage);
        return;
      case 'fill':
        return this.#inBackground(this.#parts?.judgements.fill(message));
      case 'sync':
        return this.#inBackground(this.#sync(message));
      case 'compare':
        return this.#inBackground(this.#parts?.judgements.compare(message));
      case 'discard':
        return this.#inBackground(discard(message));
      case 'removePlain':
        return this.#inBackground(this.#removePlain(message.temporaryId));
      case 'damaged': {
        const path = shownPath(parsePath(message.path));
        this.#options.onProblem?.(failure('DLP_AGE_PAYLOAD', `${path}: parts of the encrypted file are damaged and cannot be read.`));
        this.#options.onDamaged?.(path);
        return;
      }
      case 'drained':
        return this.#drained.resolve();
      case 'unmounted':
        return this.#unmounted();
      case 'ended':
    }
  }

  #receiveFile(message: JudgeMessage | Extract<FromFiles, { kind: 'judgeFailed' }>): void {
    const { judgements } = this.#parts ?? {};
    if (message.kind === 'judge') this.#inBackground(judgements?.judge(message));
    else judgements?.failed(message);
  }

  #place(stage: number, temporaryId: string, form: Form): Promise<PlacedMessage['result']> {
    const { thread } = this.#parts ?? {};
    if (thread === undefined) return Promise.resolve(ENDED);
    const placed = new Promise<PlacedMessage['result']>((resolve) => this.#placing.set(stage, resolve));
    thread.tell({ kind: 'place', stage, temporaryId, form, synced: true, byFiles: false });
    return Promise.race([placed, thread.ended.then(() => ENDED)]);
  }

  async #sync({ unique, descriptor, close }: Extract<FromView, { kind: 'sync' }>): Promise<void> {
    const parts = this.#parts;
    const errno = await syncErrno(descriptor);
    if (close) closeSync(descriptor);
    if (parts !== null) sendReply(parts.device, unique, errno);
  }

  async #removePlain(temporaryId: string): Promise<void> {
    const { root } = this.#parts ?? {};
    if (root === undefined) return;
    const path = Buffer.concat([Buffer.from(`/proc/self/fd/${root}/`), temporaryName(temporaryId, 'erase')]);
    await eraseFile(path).catch((error: unknown) => this.#options.onProblem?.(fromErrno(error)));
  }

  /** What nobody waits for must not end the agent when it fails. */
  #inBackground(work: Promise<void> | undefined): void {
    if (work === undefined) return;
    this.#track(work).catch((error: unknown) => this.#options.onProblem?.(fromErrno(error)));
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => void this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }
}

/** By the threads that Node keeps for files. */
async function discard({ descriptor, file }: Extract<FromView, { kind: 'discard' }>): Promise<void> {
  if (file !== null) await unlink(file).catch(() => undefined);
  await new Promise<void>((resolve) => closeLater(descriptor, () => resolve()));
}

const NOT_RUNNING: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The guard is not running.',
  gone: true,
};
const ENDED: PlacedMessage['result'] = { ok: false, errno: EIO, gone: false };

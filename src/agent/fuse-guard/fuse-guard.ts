import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { copyFile, mkdir, realpath, rm, unlink } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { release as kernelRelease } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
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
import { stampOf } from '../guard/stamp.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { parsePath, shownPath } from '../guard/volume-path.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { Committer, hashOf, type Judged } from './committer.ts';
import { EIO, EINVAL, errnoOf } from './errno.ts';
import { fillStage } from './fill-stage.ts';
import { finalName } from './final-name.ts';
import type { Form, FromView, JudgeMessage, PlacedMessage } from './messages.ts';
import { clearStaging, recoverView } from './recovery.ts';
import { sendReply } from './replies.ts';
import { rootPath, takeMedium } from './take-medium.ts';
import { syncErrno } from './sync-errno.ts';
import { ViewThread } from './view-thread.ts';

export interface FuseGuardOptions {
  /** Where the medium is mounted, or a folder: the view takes its place. */
  readonly root: string;
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
}

export interface FuseGuard extends Guard {
  readonly mode: 'fuse';
}

/** A guard that judges files before they reach the medium. docs/spec/guard.md. */
export function createFuseGuard(options: FuseGuardOptions): FuseGuard {
  return new ViewGuard(options);
}

/** A state that changed under the inspection this often is judged from a copy. */
const TRIES_IN_PLACE = 2;
/** How long a stop waits for what is being judged when nothing comes of it. */
const DRAIN_MILLIS = 60_000;

interface Arrival {
  readonly message: JudgeMessage;
  readonly tries: number;
  /** A copy of the staged bytes; null where they are judged in place. */
  readonly copy: string | null;
  judged: Judged;
}

interface Running {
  readonly root: number;
  readonly device: number;
  readonly wake: number;
  readonly place: Buffer;
  readonly thread: ViewThread;
  readonly journal: Journal;
  readonly committer: Committer;
  /** Whether the medium had this path to itself, and gets it back. */
  readonly wasMounted: boolean;
}

class ViewGuard implements FuseGuard {
  readonly mode = 'fuse';
  readonly #options: FuseGuardOptions;
  readonly #arrivals = new Map<string, Arrival>();
  readonly #placing = new Map<number, (result: PlacedMessage['result']) => void>();
  /** How often a stage changed while it was being judged. */
  readonly #tries = new Map<number, number>();
  /** SHA-256 of what was last judged of a stage that may be mapped. */
  readonly #judgedContents = new Map<number, string>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #fineTimes = hasFineTimes(kernelRelease());
  readonly #ready = Promise.withResolvers<void>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #onExit = (): void => this.#forceAway();
  #calls: SystemCalls | null = null;
  #parts: Running | null = null;
  #report: (arrival: FileArrival) => void = () => undefined;
  #stopping = false;

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
    const place = await realpath(Buffer.from(this.#options.root), 'buffer');
    const taken = takeMedium(calls, place);
    if (!taken.ok) return taken;
    const { root, wasMounted } = taken.value;
    const journal = new Journal(journalFolder, clock);
    const facts = fstatSync(root, { bigint: true });
    const volumeRoot = { path: rootPath(root), device: facts.dev, inode: facts.ino };
    if (!readOnly) await recoverView({ root: volumeRoot, volumeId, journal, quarantine, identities, stateFolder, clock });
    const device = openSync('/dev/fuse', constants.O_RDWR);
    const wake = calls.makeEvent();
    calls.mountView(device, place);
    process.on('exit', this.#onExit);
    const start = { device, wake, root, staging, journal: journalFolder, identities, readOnly, passthrough };
    const thread = new ViewThread(start, (message) => this.#receive(message));
    const placeFile = (stage: number, temporaryId: string, form: Form) => this.#place(stage, temporaryId, form);
    const committer = new Committer({ root, volumeId, journal, quarantine, calls, identities, place: placeFile });
    this.#parts = { root, device, wake, place, thread, journal, committer, wasMounted };
    void thread.ended.then((reason) => this.#threadEnded(reason));
    await Promise.race([this.#ready.promise, thread.ended]);
    return ok(undefined);
  }

  source(fileId: string): { path: Uint8Array; stamp: Judged['stamp'] } | null {
    const arrival = this.#arrivals.get(fileId);
    if (arrival === undefined) return null;
    const stamp = stampOf(lstatSync(arrival.judged.file, { bigint: true }));
    arrival.judged = { ...arrival.judged, stamp };
    return { path: Buffer.from(arrival.judged.file), stamp };
  }

  again(fileId: string): void {
    const arrival = this.#arrivals.get(fileId);
    if (arrival === undefined) return;
    this.#arrivals.delete(fileId);
    this.#inBackground(this.#judgeAgain(arrival));
  }

  enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const arrival = this.#arrivals.get(fileId);
    const committer = this.#parts?.committer;
    if (arrival === undefined || committer === undefined) return Promise.resolve(NOT_HERE);
    return this.#track(this.#enforce(fileId, arrival, committer, order));
  }

  async #enforce(fileId: string, arrival: Arrival, committer: Committer, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const { outcome, errno, refused } = await committer.commit(arrival.judged, order);
    this.#arrivals.delete(fileId);
    if (!outcome.done && outcome.code === 'DLP_FILE_CHANGED') {
      this.#inBackground(this.#judgeAgain(arrival));
      return outcome;
    }
    if (arrival.message.mutable && outcome.done && outcome.sha256 !== undefined) {
      this.#judgedContents.set(arrival.message.stage, outcome.sha256);
    }
    // Whoever waits is answered after the event is in the chain, which happens as soon as this returns.
    setImmediate(() => this.#inBackground(this.#settle(arrival, errno, refused)));
    return outcome;
  }

  async #settle({ message, copy }: Arrival, errno: number, refused: boolean): Promise<void> {
    this.#parts?.thread.tell({ kind: 'settled', stage: message.stage, version: message.version, errno, refused });
    if (copy !== null) await unlink(copy).catch(() => undefined);
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
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const parts = this.#parts;
    if (parts === null) return;
    const away = this.#unmountUnused(parts);
    parts.thread.tell({ kind: 'drain' });
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(DRAIN_MILLIS, late.resolve);
    await Promise.race([this.#drained.promise, parts.thread.ended, late.promise]);
    cancel();
    await Promise.allSettled(this.#running);
    if (!away) this.#unmountUsed(parts);
    parts.thread.tell({ kind: 'end' });
    await parts.thread.ended;
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

  #giveBack({ root, place }: Running): void {
    try {
      this.#calls?.attachMount(root, place);
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
    if (this.#stopping) return;
    this.#options.onProblem?.(failure('DLP_GUARD_START', 'Somebody unmounted the view; its medium is guarded no more and out of reach.'));
    void this.stop();
  }

  #threadEnded(reason: string): void {
    if (this.#stopping) return;
    this.#forceAway();
    this.#options.onProblem?.(
      failure('DLP_GUARD_START', `The view ended (${reason}). Its medium is out of reach until the guard starts again.`),
    );
  }

  #receive(message: FromView): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready.resolve();
      case 'judge':
        return this.#inBackground(this.#judge(message));
      case 'placed':
        this.#placing.get(message.stage)?.(message.result);
        this.#placing.delete(message.stage);
        return;
      case 'fill':
        return this.#inBackground(this.#fill(message));
      case 'sync':
        return this.#inBackground(this.#sync(message));
      case 'compare':
        return this.#inBackground(this.#compare(message));
      case 'removePlain':
        return this.#inBackground(this.#removePlain(message.temporaryId));
      case 'damaged':
        this.#options.onProblem?.(
          failure('DLP_AGE_PAYLOAD', `${shownPath(parsePath(message.path))}: parts of the encrypted file are damaged and cannot be read.`),
        );
        return;
      case 'drained':
        return this.#drained.resolve();
      case 'unmounted':
        return this.#unmounted();
      case 'ended':
    }
  }

  #place(stage: number, temporaryId: string, form: Form): Promise<PlacedMessage['result']> {
    const { thread } = this.#parts ?? {};
    if (thread === undefined) return Promise.resolve(ENDED);
    const placed = new Promise<PlacedMessage['result']>((resolve) => this.#placing.set(stage, resolve));
    thread.tell({ kind: 'place', stage, temporaryId, form });
    return Promise.race([placed, thread.ended.then(() => ENDED)]);
  }

  async #judgeAgain({ message, tries, copy }: Arrival): Promise<void> {
    if (copy !== null) await unlink(copy).catch(() => undefined);
    this.#tries.set(message.stage, tries + 1);
    this.#parts?.thread.tell({ kind: 'again', stage: message.stage });
  }

  async #judge(message: JudgeMessage): Promise<void> {
    const tries = this.#tries.get(message.stage) ?? 0;
    this.#tries.delete(message.stage);
    const fileId = uuidv7();
    const stats = lstatSync(message.file, { bigint: true });
    const inPlace = this.#fineTimes && !message.mutable && tries < TRIES_IN_PLACE;
    const copy = inPlace ? null : `${message.file}-${fileId}`;
    try {
      if (copy !== null) await copyFile(message.file, copy, constants.COPYFILE_FICLONE);
    } catch (error) {
      if (copy !== null) await rm(copy, { force: true });
      this.#parts?.thread.tell({ kind: 'settled', stage: message.stage, version: message.version, errno: errnoOf(error), refused: true });
      return;
    }
    const path = finalName(Buffer.from(message.path));
    const judged = {
      fileId,
      stage: message.stage,
      path: message.path,
      file: copy ?? message.file,
      stamp: stampOf(stats),
      stats,
      mutable: message.mutable,
    };
    this.#arrivals.set(fileId, { message, tries, copy, judged });
    this.#report({
      fileId,
      path: shownPath(parsePath(path)),
      bytes: Number(stats.size),
      modified: new Date(Number(stats.mtimeMs)).toISOString(),
      actor: this.#options.actorOf(message.uid),
      present: false,
    });
  }

  async #fill(message: Extract<FromView, { kind: 'fill' }>): Promise<void> {
    const { stage, file } = message;
    const errno = await fillStage(message, this.#options.identities ?? []);
    const content = errno === 0 ? await hashOf(file).catch(() => null) : null;
    if (content !== null) this.#judgedContents.set(stage, content);
    this.#parts?.thread.tell({ kind: 'filled', stage, errno: errno === 0 && content === null ? EIO : errno });
  }

  /** Without a judgement there is nothing to hold it against: an untouched file, or one of the medium that was only opened. */
  async #compare({ stage, file }: Extract<FromView, { kind: 'compare' }>): Promise<void> {
    const judged = this.#judgedContents.get(stage);
    this.#judgedContents.delete(stage);
    const same = judged === undefined || (await hashOf(file)) === judged;
    this.#parts?.thread.tell({ kind: 'compared', stage, same });
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
  #inBackground(work: Promise<void>): void {
    this.#track(work).catch((error: unknown) => this.#options.onProblem?.(fromErrno(error)));
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
const ENDED: PlacedMessage['result'] = { ok: false, errno: EIO, gone: false };

/** Times of change tell of every write since Linux 6.13 (multigrain timestamps); before, of one in some milliseconds. */
function hasFineTimes(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 13);
}

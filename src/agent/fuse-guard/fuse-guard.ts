import { close as closeLater, closeSync, fstatSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Actor } from '../../contracts/event.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import type { Clock, EnforcementOrder, FileArrival, Guard } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import { loadSystemCalls, SystemCallError, type SystemCalls } from '../../platform/linux/fuse/index.ts';
import { eraseFile } from '../guard/erase.ts';
import type { Exchange, Exchanged, ExchangeOrder } from '../guard/exchange.ts';
import { Journal } from '../guard/journal.ts';
import type { VolumeRoot } from '../guard/pinned-folder.ts';
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
import { rootPath, takeMedium, type TakenMedium } from './take-medium.ts';
import { syncErrno } from './sync-errno.ts';
import { readMark, TemporaryIds } from './temporary-ids.ts';
import { ViewKeeper } from './view-keeper.ts';
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
  /** Comes back from `waitingViews` when this agent was killed and the next one asks. */
  readonly volume?: Volume;
  readonly onProblem?: (failure: Failure) => void;
  /** Parts of a stored file do not open; told once for each time a program opens it. The path is shown text. */
  readonly onDamaged?: (path: string) => void;
  /** The guard ended without being stopped; it is to be stopped. */
  readonly onEnded?: (why: 'unmounted' | 'failed') => void;
}

export interface FuseGuard extends Guard {
  readonly mode: 'fuse';
  /** The private mount, while the guard runs. */
  medium(): VolumeRoot | null;
  readonly exchange: Exchange;
}

/** A guard that judges files before they reach the medium. docs/spec/guard.md. */
export function createFuseGuard(options: FuseGuardOptions): FuseGuard {
  return new ViewGuard(options);
}

/** How long a stop waits for what is being judged when nothing comes of it. */
const DRAIN_MILLIS = 60_000;

interface Running extends TakenMedium {
  readonly wake: number;
  readonly keeper: ViewKeeper;
  readonly thread: ViewThread;
  readonly journal: Journal;
  readonly files: FileThread;
  readonly judgements: Judgements;
}

class ViewGuard implements FuseGuard {
  readonly mode = 'fuse';
  readonly #options: FuseGuardOptions;
  readonly #exchanging = new Map<number, (result: Exchanged) => void>();
  #lastExchange = 0;
  readonly #placing = new Map<number, (result: PlacedMessage['result']) => void>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #ready = Promise.withResolvers<Extract<FromView, { kind: 'ready' }>>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #onExit = (): void => this.#leave();
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
    const calls = (this.#calls ??= loadSystemCalls());
    const taken = await takeMedium(calls, { ...this.#options, folder: join(this.#options.stateFolder, 'fuse') });
    if (!taken.ok) return taken;
    try {
      await this.#begin(calls, taken.value);
      return ok(undefined);
    } catch (error) {
      // Nobody would serve it.
      if (this.#parts === null) taken.value.held?.endHolder();
      if (this.#parts === null) closeTaken(taken.value);
      throw error;
    }
  }

  async #begin(calls: SystemCalls, taken: TakenMedium): Promise<void> {
    const { stateFolder, clock, volumeId, quarantine, identities = [], readOnly, passthrough = true } = this.#options;
    const { root, device, names, at, held } = taken;
    const journalFolder = join(stateFolder, 'fuse');
    const staging = join(journalFolder, 'staging', createHash('sha256').update(volumeId).digest('hex').slice(0, 16));
    await mkdir(staging, { recursive: true, mode: 0o700 });
    await clearStaging(staging);
    const journal = new Journal(journalFolder, clock);
    const volumeRoot = volumeRootOf(root);
    const mark = readMark(journalFolder);
    const ids = new TemporaryIds(mark);
    if (!readOnly) {
      await recoverView({ root: volumeRoot, volumeId, journal, quarantine, identities, stateFolder, clock });
      await removeLeftovers(volumeRoot.path, ids);
    }
    const wake = calls.makeEvent();
    if (held === null) calls.mountView(device, at);
    const generation = held === null ? 0 : held.record.generation + 1;
    process.on('exit', this.#onExit);
    const between = new MessageChannel();
    const files = new FileThread({ root, staging, wake, view: between.port1 }, (message) => this.#receiveFile(message));
    const view = {
      device,
      names,
      generation,
      resumed: held === null ? null : { passthrough: held.record.passthrough },
      identities,
      readOnly,
      passthrough,
    };
    const start = { ...view, wake, root, staging, files: between.port2, journal: journalFolder, mark };
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
    const { volume, root: asked } = this.#options;
    const kept = { asked, volumeId, readOnly, generation, wasMounted: taken.wasMounted, ...(volume === undefined ? {} : { volume }) };
    const keeper = new ViewKeeper({ folder: journalFolder, facts: kept, place: at, home: taken.home, descriptors: taken });
    this.#parts = { ...taken, wake, keeper, thread, files, journal, judgements };
    void files.ended.then((reason) => this.#threadEnded(reason));
    void thread.ended.then((reason) => this.#threadEnded(reason));
    const ready = await Promise.race([this.#ready.promise, thread.ended]);
    if (typeof ready !== 'string' && ready.resend) this.#keep(keeper, calls, ready.passthrough);
    held?.endHolder();
  }

  /** Without a holder a killed agent takes its view along, as it does on older kernels. */
  #keep(keeper: ViewKeeper, calls: SystemCalls, passthrough: boolean): void {
    try {
      keeper.begin(calls, passthrough);
    } catch (error) {
      this.#options.onProblem?.(fromErrno(error));
    }
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
    const root = volumeRootOf(parts.root);
    const { quarantine } = this.#options;
    const released = await this.#track(releaseFile({ root, quarantine, inUse: new Set(), onWritten: () => undefined }, quarantineId));
    return released.ok ? ok(shownPath(released.value)) : released;
  }

  medium(): VolumeRoot | null {
    return this.#parts === null ? null : volumeRootOf(this.#parts.root);
  }

  /** A field: it is handed on by itself. */
  readonly exchange = (order: ExchangeOrder): Promise<Exchanged> => {
    const { thread } = this.#parts ?? {};
    if (thread === undefined) return Promise.resolve('ended');
    const exchange = (this.#lastExchange += 1);
    const exchanged = new Promise<Exchanged>((resolve) => this.#exchanging.set(exchange, resolve));
    thread.tell({ kind: 'exchange', exchange, order });
    return Promise.race([exchanged, thread.ended.then(() => 'ended' as const)]);
  };

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
    await parts.keeper.end();
    closeSync(parts.wake);
    if (parts.wasMounted) this.#giveBack(parts);
    closeTaken(parts);
    parts.journal.close();
    this.#parts = null;
  }

  #unmountUnused({ at }: Running): boolean {
    try {
      this.#calls?.unmount(at, 'unused');
      return true;
    } catch (error) {
      // EINVAL: somebody unmounted it already.
      return error instanceof SystemCallError && error.errno === EINVAL;
    }
  }

  #unmountUsed({ at }: Running): void {
    try {
      this.#calls?.unmount(at, 'detach');
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

  /** The process ends without a stop: what waits is answered, and the view waits for the next agent where it can. */
  #leave(): void {
    if (this.#parts?.keeper.isKeeping !== true) this.#forceAway();
    // A thread inside poll(2) cannot be ended from outside: without this, leaving the process would wait for it for ever.
    this.#parts?.thread.tell({ kind: 'end' });
  }

  /** Nobody may hang on a view that nobody serves. */
  #forceAway(): void {
    try {
      if (this.#parts !== null) this.#calls?.unmount(this.#parts.at, 'force');
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
    this.#inBackground(this.#parts?.keeper.end());
    this.#options.onProblem?.(
      failure('DLP_GUARD_START', `The view ended (${reason}). Its medium is out of reach until the guard starts again.`),
    );
    this.#options.onEnded?.('failed');
  }

  #receive(message: FromView): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready.resolve(message);
      case 'placed':
        this.#placing.get(message.stage)?.(message.result);
        this.#placing.delete(message.stage);
        return;
      case 'exchanged':
        this.#exchanging.get(message.exchange)?.(message.result);
        this.#exchanging.delete(message.exchange);
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
      case 'lost':
        this.#options.onProblem?.(
          failure('DLP_FILE_IO', `${shownPath(parsePath(message.path))}: was being written when the guard ended; its program is told so.`),
        );
        return;
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

function volumeRootOf(root: number): VolumeRoot {
  const { dev, ino } = fstatSync(root, { bigint: true });
  return { path: rootPath(root), device: dev, inode: ino };
}

function closeTaken({ device, names, root }: TakenMedium): void {
  for (const descriptor of [device, names, root]) closeSync(descriptor);
}

const NOT_RUNNING: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The guard is not running.',
  gone: true,
};
const ENDED: PlacedMessage['result'] = { ok: false, errno: EIO, gone: false };

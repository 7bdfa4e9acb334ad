import type { BigIntStats } from 'node:fs';
import { lstatSync } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Failure } from '../../contracts/errors.ts';
import type { Actor } from '../../contracts/event.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Clock, EnforcementOrder, FileArrival, Guard } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { Enforcer, type GuardedFile } from './enforcer.ts';
import type { Exchange } from './exchange.ts';
import { hasCode } from './has-code.ts';
import { Journal } from './journal.ts';
import { OwnCiphertexts } from './own-ciphertexts.ts';
import type { VolumeRoot } from './pinned-folder.ts';
import { sameFile, type Stamp, stampOf } from './stamp.ts';
import { temporaryIdOf } from './temporary-name.ts';
import { absolutePath, pathKey, shownPath, type VolumePath } from './volume-path.ts';
import { sweepFolder } from './volume-sweep.ts';

export interface PresentFilesOptions {
  /** The medium itself, which programs change through its view alone. */
  readonly root: VolumeRoot;
  readonly volumeId: string;
  /** Before the view was there, in milliseconds since the epoch: what was made on the medium later came through it. */
  readonly since: number;
  /** Has the owner of the names do it. */
  readonly exchange: Exchange;
  readonly stateFolder: string;
  readonly quarantine: Quarantine;
  readonly identities: readonly string[];
  readonly clock: Clock;
  readonly actorOf: (uid: number) => Actor;
}

/** Nobody owes an answer: after this the next file is reported. */
const STALL_MILLIS = 30_000;
const FIRST_REST_MILLIS = 1000;
const LONGEST_REST_MILLIS = 300_000;
/** After so many looks that came to nothing a file is taken by its size and hash: touching it must not be a way round the guard. */
const PATIENT_LOOKS = 3;

interface Reported extends GuardedFile {
  readonly leave: () => void;
}

/**
 * The files that were on a medium before its view: each is reported, one at a time, so that what is written through the
 * view does not wait for them. The whole medium is looked through until nothing new is found: a file that was renamed
 * meanwhile is found at its new place. docs/spec/guard.md section 9.
 */
export class PresentFiles implements Pick<Guard, 'start' | 'source' | 'again' | 'enforce' | 'outcomes' | 'settled' | 'stop'> {
  readonly #options: PresentFilesOptions;
  readonly #reported = new Map<string, Reported>();
  readonly #done = new Set<string>();
  readonly #looks = new Map<bigint, number>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #stop = Promise.withResolvers<void>();
  #report: (arrival: FileArrival) => void = () => undefined;
  #parts: { readonly journal: Journal; readonly enforcer: Enforcer } | null = null;
  #missed = false;
  #stopped = false;

  constructor(options: PresentFilesOptions) {
    this.#options = options;
  }

  async start(report: (arrival: FileArrival) => void): Promise<Result<void, Failure>> {
    const { root, volumeId, stateFolder, quarantine, identities, clock, exchange } = this.#options;
    this.#report = report;
    try {
      await mkdir(stateFolder, { recursive: true, mode: 0o700 });
      const journal = new Journal(stateFolder, clock);
      const ownCiphertexts = new OwnCiphertexts(identities, journal);
      const marks = { inUse: new Set<string>(), unfinished: new Set<string>() };
      const onWritten = (path: VolumePath, stamp: Stamp): void => void this.#done.add(doneKey(path, stamp.inode, 1n));
      this.#parts = {
        journal,
        enforcer: new Enforcer({ root, volumeId, journal, quarantine, ownCiphertexts, ...marks, onWritten, exchange }),
      };
    } catch (error) {
      return err(fromErrno(error));
    }
    void this.#track(this.#lookThrough());
    return ok(undefined);
  }

  has(fileId: string): boolean {
    return this.#reported.has(fileId);
  }

  source(fileId: string): { path: Uint8Array; stamp: Stamp } | null {
    const file = this.#reported.get(fileId);
    if (file === undefined) return null;
    const path = absolutePath(this.#options.root.path, file.path);
    return { path, stamp: file.restless ? stampNow(path, file.stamp) : file.stamp };
  }

  again(fileId: string): void {
    const file = this.#reported.get(fileId);
    if (file !== undefined) this.#missedIt(file);
  }

  async enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const file = this.#reported.get(fileId);
    if (file === undefined || this.#parts === null || this.#stopped) return NOT_HERE;
    const outcome = await this.#track(this.#parts.enforcer.enforce(file, order));
    // What failed stays as it is, on record, until the medium is inserted again.
    if (!outcome.done && outcome.gone) this.#missedIt(file);
    else this.#letGo(file);
    return outcome;
  }

  outcomes(): ReadonlyMap<string, EnforcementOutcome> {
    return this.#parts?.journal.finished() ?? new Map();
  }

  settled(fileId: string): void {
    this.#parts?.journal.settle(fileId);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stop.resolve();
    await Promise.allSettled(this.#running);
    this.#parts?.journal.close();
    this.#parts = null;
  }

  async #lookThrough(): Promise<void> {
    const { root } = this.#options;
    for (let rest = FIRST_REST_MILLIS; !this.#stopped; rest = Math.min(rest * 2, LONGEST_REST_MILLIS)) {
      let found = 0;
      this.#missed = false;
      await sweepFolder({ root: root.path, device: root.device }, [], {
        file: async (path) => {
          if (await this.#offer(path)) found += 1;
        },
        folder: () => undefined,
        stopped: () => this.#stopped,
      });
      if (found === 0 && !this.#missed) return;
      await this.#wait(rest);
    }
  }

  /** Returns when there is room for the next. True when the file was reported. */
  async #offer(path: VolumePath): Promise<boolean> {
    const name = path.at(-1);
    if (name === undefined || temporaryIdOf(name) !== null) return false;
    const stats = await lstat(absolutePath(this.#options.root.path, path), { bigint: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) this.#missed = true;
      return null;
    });
    if (stats === null || !stats.isFile() || stats.dev !== this.#options.root.device) return false;
    if (this.#cameThroughTheView(stats) || this.#done.has(doneKey(path, stats.ino, stats.nlink))) return false;
    const fileId = uuidv7();
    const answered = Promise.withResolvers<void>();
    const looks = this.#looks.get(stats.ino) ?? 0;
    this.#looks.set(stats.ino, looks + 1);
    this.#done.add(doneKey(path, stats.ino, stats.nlink));
    const stamp = stampOf(stats);
    this.#reported.set(fileId, { fileId, path, stamp, restless: looks >= PATIENT_LOOKS, leave: answered.resolve });
    this.#report({
      fileId,
      path: shownPath(path),
      bytes: Number(stamp.size),
      modified: new Date(Number(stamp.modified / 1_000_000n)).toISOString(),
      actor: this.#options.actorOf(Number(stats.uid)),
      present: true,
    });
    await this.#wait(STALL_MILLIS, answered.promise);
    return true;
  }

  /** By its time of birth, which no program can set. Where a filesystem has none, every file counts as one of before. */
  #cameThroughTheView({ birthtimeNs }: BigIntStats): boolean {
    const born = Number(birthtimeNs / 1_000_000n);
    return born > this.#options.since && born <= Date.now() + 1;
  }

  #missedIt(file: Reported): void {
    this.#missed = true;
    this.#done.delete(doneKey(file.path, file.stamp.inode, 1n));
    this.#done.delete(doneKey(file.path, file.stamp.inode, 2n));
    this.#letGo(file);
  }

  #letGo(file: Reported): void {
    this.#reported.delete(file.fileId);
    file.leave();
  }

  /** Until then, or until the time is over, or the stop. */
  async #wait(millis: number, until?: Promise<void>): Promise<void> {
    const over = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(millis, over.resolve);
    await Promise.race([over.promise, this.#stop.promise, ...(until === undefined ? [] : [until])]);
    cancel();
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => void this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }
}

/** Each name of a hard link is a file of its own; any other is the same file wherever it is moved to. */
const doneKey = (path: VolumePath, inode: bigint, links: bigint): string => (links > 1n ? `${inode}/${pathKey(path)}` : `${inode}`);

/** `before` where it is another file by now. */
function stampNow(path: Buffer, before: Stamp): Stamp {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const now = stats === undefined ? before : stampOf(stats);
  return sameFile(now, before) ? now : before;
}

const NOT_HERE: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The file is no longer under this guard.',
  gone: true,
};

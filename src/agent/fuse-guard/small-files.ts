import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { encryptBytesProved } from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import type { SystemCalls } from '../../platform/linux/fuse/index.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { EINVAL, errnoOf } from './errno.ts';
import { FULL, headerOf } from './committing.ts';
import { dress, type Looks, looksOf } from './looks.ts';
import type { FromFiles, PlacedMessage, PlaceMessage, StoredFacts, StoreMessage, SubmitMessage, ToFiles } from './messages.ts';
import { ordersNames } from './orders-names.ts';

export interface SmallFilesParts {
  /** Of the private mount. */
  readonly root: number;
  readonly staging: string;
  readonly calls: Pick<SystemCalls, 'setTimes'>;
  readonly place: (order: PlaceMessage) => Promise<PlacedMessage['result']>;
  readonly tell: (message: FromFiles) => void;
}

/** A file up to this size is judged and stored from a copy in memory. */
const SMALL_BYTES = 1_048_576n;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
const DIFFERS = failure('DLP_VERIFY_FAILED', 'The encrypted file does not read back from the medium as it was written.', {
  retryable: true,
});

/** A copy of a staged file that no program can reach. */
interface Held {
  readonly bytes: Buffer;
  readonly looks: Looks;
  /** For the inspection, which reads files. */
  readonly copy: PrivateFile;
}

interface PrivateFile {
  readonly path: string;
  readonly descriptor: number;
}

interface Written {
  readonly temporary: Buffer;
  readonly descriptor: number;
  synced: boolean;
}

/** Takes hold of what is to be judged, and brings small files to the medium. docs/spec/guard.md section 5. */
export class SmallFiles {
  readonly #parts: SmallFilesParts;
  /** By the copy's path: a new state of a stage may be held before the one before it is dropped. */
  readonly #held = new Map<string, Held>();
  readonly #written = new Map<number, Written>();
  readonly #free: PrivateFile[] = [];
  /** The sync of a file that was just renamed takes its name along. */
  readonly #oneSync: boolean;
  #files = 0;

  constructor(parts: SmallFilesParts) {
    this.#parts = parts;
    this.#oneSync = ordersNames(this.#inRoot('.'));
  }

  /** Takes hold of a state. What cannot be held in memory is named alone, for the agent thread to copy. */
  submit({ stage, path, file, writes, uid, writer, mutable }: SubmitMessage): void {
    try {
      const source = openSync(file, 'r');
      try {
        const stats = fstatSync(source, { bigint: true });
        const version = `${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}:${writes}`;
        const judge = { kind: 'judge', stage, path, version, uid, writer, mutable } as const;
        if (stats.size > SMALL_BYTES) return this.#parts.tell({ ...judge, file, looks: looksOf(stats), held: false });
        const held = this.#hold(source, looksOf(stats));
        this.#held.set(held.copy.path, held);
        this.#parts.tell({ ...judge, file: held.copy.path, looks: held.looks, held: true });
      } finally {
        closeSync(source);
      }
    } catch (error) {
      this.#parts.tell({ kind: 'judgeFailed', stage, errno: errnoOf(error) });
    }
  }

  /** Messages about one stage follow each other: each is answered before the next is sent. */
  receive(message: Exclude<ToFiles, { kind: 'end' }>): void {
    switch (message.kind) {
      case 'store':
        void this.#store(message);
        return;
      case 'finish':
        void this.#finish(message);
        return;
      case 'drop':
        return this.#drop(message.stage, message.file);
    }
  }

  close(): void {
    for (const stage of this.#written.keys()) this.#remove(stage);
    for (const { copy } of this.#held.values()) this.#free.push(copy);
    for (const { path, descriptor } of this.#free) {
      closeSync(descriptor);
      unlinkSync(path);
    }
  }

  #hold(source: number, looks: Looks): Held {
    const bytes = readWhole(source, Number(looks.bytes));
    const copy = this.#free.pop() ?? this.#newPrivateFile();
    try {
      ftruncateSync(copy.descriptor, bytes.length);
      writeWhole(copy.descriptor, bytes);
    } catch (error) {
      this.#free.push(copy);
      throw error;
    }
    return { bytes, looks: { ...looks, bytes: BigInt(bytes.length) }, copy };
  }

  #newPrivateFile(): PrivateFile {
    const path = join(this.#parts.staging, `p${(this.#files += 1)}`);
    return { path, descriptor: openSync(path, 'wx+', 0o600) };
  }

  async #store(order: StoreMessage): Promise<void> {
    const { stage, form } = order;
    const written = this.#tryWriting(order);
    if (!written.ok) {
      this.#remove(stage);
      const { code, message, retryable } = written.error;
      return this.#parts.tell({ kind: 'stored', stage, result: err(failure(code, message, { retryable })) });
    }
    this.#parts.tell({ kind: 'stored', stage, result: ok(written.value) });
    if (form === 'plain') await this.#finish(order);
  }

  #tryWriting(order: StoreMessage): Result<StoredFacts, Failure> {
    try {
      return this.#write(order);
    } catch (error) {
      return err(fromErrno(error));
    }
  }

  #write({ stage, file, temporaryId, form, recipients }: StoreMessage): Result<StoredFacts, Failure> {
    const held = this.#held.get(file);
    if (held === undefined) throw new TypeError('nothing is held of this file');
    const { looks, bytes } = held;
    const sealed = form === 'age' ? encryptBytesProved(bytes, recipients) : ok(bytes);
    if (!sealed.ok) return sealed;
    const stored = sealed.value;
    if (!this.#hasRoom(stored.length)) return err(FULL);
    const temporary = this.#inRoot(temporaryName(temporaryId, 'tmp').toString('latin1'));
    const descriptor = openSync(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#written.set(stage, { temporary, descriptor, synced: false });
    writeWhole(descriptor, stored);
    dress(this.#parts.calls, descriptor, temporary, looks);
    if (form === 'age' && !readWhole(descriptor, stored.length).equals(stored)) return err(DIFFERS);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return ok({ sha256, storedBytes: stored.length, headerSha256: form === 'age' ? headerOf(stored) : null });
  }

  /** Gives the file its name and makes both durable: `placed` is told when it is visible, `synced` when it lasts. */
  async #finish({ stage, temporaryId, form }: Pick<StoreMessage, 'stage' | 'temporaryId' | 'form'>): Promise<void> {
    const { tell } = this.#parts;
    const written = this.#written.get(stage);
    try {
      if (written === undefined) throw new TypeError('nothing is written of this file');
      const order = { kind: 'place', stage, temporaryId, form, synced: !this.#oneSync, byFiles: true } as const;
      const placed = await this.#place(written, order);
      if (!placed.ok) {
        this.#remove(stage);
        return tell({ kind: 'finished', stage, result: placed });
      }
      this.#written.delete(stage);
      tell({ kind: 'finished', stage, result: placed });
      const errno = errnoOfSync(() => fsyncSync(written.synced ? placed.folder : written.descriptor));
      closeSync(written.descriptor);
      closeSync(placed.folder);
      tell({ kind: 'synced', stage, errno });
    } catch (error) {
      this.#remove(stage);
      tell({ kind: 'finished', stage, result: { ok: false, errno: errnoOf(error), gone: false } });
    }
  }

  async #place(written: Written, order: PlaceMessage): Promise<PlacedMessage['result']> {
    if (order.synced) syncBytes(written);
    const placed = await this.#parts.place(order);
    if (placed.ok || placed.unsynced !== true) return placed;
    syncBytes(written);
    return await this.#parts.place({ ...order, synced: true });
  }

  #drop(stage: number, file: string): void {
    const held = this.#held.get(file);
    if (held !== undefined) {
      // No plaintext stays behind; the name is used again, for making one costs more than emptying it.
      ftruncateSync(held.copy.descriptor, 0);
      this.#free.push(held.copy);
    }
    this.#held.delete(file);
    this.#remove(stage);
  }

  /** What was written and not placed. */
  #remove(stage: number): void {
    const written = this.#written.get(stage);
    if (written === undefined) return;
    this.#written.delete(stage);
    closeSync(written.descriptor);
    try {
      unlinkSync(written.temporary);
    } catch {
      // The medium is gone; what it still holds goes at the next start.
    }
  }

  #hasRoom(bytes: number): boolean {
    const { bavail, bsize } = statfsSync(this.#inRoot('.'), { bigint: true });
    return BigInt(bytes) <= bavail * bsize;
  }

  #inRoot(name: string): Buffer {
    return Buffer.from(`/proc/self/fd/${this.#parts.root}/${name}`);
  }
}

function syncBytes(written: Written): void {
  const errno = errnoOfSync(() => fdatasyncSync(written.descriptor));
  if (errno !== 0) throw Object.assign(new Error('the file could not be synced'), { errno });
  written.synced = true;
}

/**
 * Synced by this thread itself: what comes meanwhile is written after it and synced together, and a slow medium takes none
 * of the few threads that all of Node's file operations share.
 */
function errnoOfSync(sync: () => void): number {
  try {
    sync();
    return 0;
  } catch (error) {
    const errno = errnoOf(error);
    return errno === EINVAL ? 0 : errno;
  }
}

function readWhole(descriptor: number, bytes: number): Buffer {
  const whole = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const read = readSync(descriptor, whole, filled, bytes - filled, filled);
    if (read === 0) break;
    filled += read;
  }
  return whole.subarray(0, filled);
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
}

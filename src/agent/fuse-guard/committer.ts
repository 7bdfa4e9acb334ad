import { closeSync, constants, type BigIntStats } from 'node:fs';
import { copyFile, type FileHandle, lstat, open, statfs, unlink } from 'node:fs/promises';
import { checkFile, encryptFile, readAgeHead, verifyFile } from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Action } from '../../contracts/verdict.ts';
import type { EnforcementOrder } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import type { SystemCalls } from '../../platform/linux/fuse/index.ts';
import { eraseFile } from '../guard/erase.ts';
import type { Journal } from '../guard/journal.ts';
import { ciphertextName } from '../guard/place-file.ts';
import { sameStamp, type Stamp, stampOf } from '../guard/stamp.ts';
import { CHANGED, hashFile } from '../guard/subject.ts';
import { temporaryId, temporaryName } from '../guard/temporary-name.ts';
import { parsePath, shownPath } from '../guard/volume-path.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { EIO, ENOSPC, EPERM } from './errno.ts';
import type { Form, PlacedMessage } from './messages.ts';
import { syncErrno } from './sync-errno.ts';

const SECOND = 1_000_000_000n;

/** One judged state of a file. */
export interface Judged {
  readonly fileId: string;
  readonly stage: number;
  /** On the medium, logical, `/` between parts. */
  readonly path: Uint8Array;
  /** Where the inspected bytes are, and their state then. */
  readonly file: string;
  readonly stamp: Stamp;
  /** Of the staged file: what the stored one is to look like. */
  readonly stats: BigIntStats;
  /** It may be mapped: what is judged is to be known by its hash. */
  readonly mutable: boolean;
}

export interface CommitterParts {
  readonly root: number;
  readonly volumeId: string;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly calls: SystemCalls;
  readonly identities: readonly string[];
  /** Has the view thread give the temporary file its name. */
  readonly place: (stage: number, temporaryId: string, form: Form) => Promise<PlacedMessage['result']>;
}

export interface Commit {
  readonly outcome: EnforcementOutcome;
  /** What the caller is told. */
  readonly errno: number;
  /** The bytes are not to be seen in the view again. */
  readonly refused: boolean;
}

/** As the inspection names it. */
const AGE_TYPE = 'age';
const CHANGING: ReadonlySet<Action> = new Set(['encrypt', 'block', 'justify']);
/** More than age adds to a file of this size. */
const ageOverhead = (bytes: bigint): bigint => 65_536n + (bytes / 65_536n + 1n) * 16n;
/** Hashing for the record alone stops here. */
const HASH_ALLOWED_BYTES = 64n * 1024n * 1024n;
const GONE: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The file was removed before it was judged.',
  gone: true,
};
const FULL = failure(
  'DLP_FILE_NO_SPACE',
  'The medium has no room for the file. The program that wrote it was told; what was there before is unchanged.',
);

/** Carries a verdict out on a staged file. docs/spec/guard.md section 5. */
export class Committer {
  readonly #parts: CommitterParts;
  /** What was taken into quarantine in this run, by path and content: a program that tries again makes no second copy. */
  readonly #taken = new Map<string, string>();

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  async commit(judged: Judged, order: EnforcementOrder): Promise<Commit> {
    const action = (await this.#isDone(judged, order)) ? 'allow' : order.action;
    const refuses = action === 'block' || action === 'justify';
    const { journal } = this.#parts;
    const ours = temporaryId();
    const { fileId, path, stats } = judged;
    journal.begin({
      fileId,
      volumeId: this.#parts.volumeId,
      action,
      path,
      temporaryId: ours,
      size: stats.size,
      modified: stats.mtimeNs,
    });
    const done = await (
      refuses ? this.#refuse(judged, order) : this.#store(judged, order, ours, action === 'encrypt' ? 'age' : 'plain')
    ).catch((error: unknown) => err(fromErrno(error)));
    if (done.ok && done.value.outcome.done) journal.finish(fileId, done.value.outcome);
    else journal.remove(fileId);
    if (done.ok) return done.value;
    const { code, message } = done.error;
    const gone = code === 'DLP_FILE_CHANGED';
    const errno = refuses ? EPERM : code === 'DLP_FILE_NO_SPACE' ? ENOSPC : EIO;
    return { outcome: { done: false, code, reason: message, gone }, errno, refused: true };
  }

  /** An age file that opens whole with an identity of ours is what policy wants already. */
  async #isDone(judged: Judged, { action, decision }: EnforcementOrder): Promise<boolean> {
    const { identities } = this.#parts;
    if (decision.type !== AGE_TYPE || !CHANGING.has(action) || identities.length === 0) return false;
    const file = await open(judged.file, 'r');
    try {
      return (await checkFile(file, identities)).ok;
    } finally {
      await file.close();
    }
  }

  async #store(judged: Judged, order: EnforcementOrder, ours: string, form: Form): Promise<Result<Commit, Failure>> {
    const temporary = this.#inRoot(temporaryName(ours, 'tmp'));
    try {
      const room = await this.#hasRoom(judged, form);
      const written = room ? await this.#write(judged, order, temporary, form) : err(FULL);
      if (written.ok) return await this.#placeAndFinish(judged, ours, form, written.value);
      // What was slipped in after the inspection may be in the copy.
      if (written.error.code === 'DLP_FILE_CHANGED' && form === 'plain') await eraseFile(temporary).catch(() => undefined);
      if (form === 'plain' || written.error.code !== 'DLP_FILE_NO_SPACE') return written;
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
    const refused = await this.#refuse(judged, order);
    return refused.ok ? ok({ ...refused.value, errno: ENOSPC }) : refused;
  }

  async #hasRoom({ stats }: Judged, form: Form): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.#inRoot(Buffer.from('.')), { bigint: true });
    return stats.size + (form === 'age' ? ageOverhead(stats.size) : 0n) <= bavail * bsize;
  }

  /** Gives the SHA-256 of the plaintext, where it was made, once the temporary file is whole and durable. */
  async #write(judged: Judged, order: EnforcementOrder, temporary: Buffer, form: Form): Promise<Result<Written, Failure>> {
    if (!(await isAsInspected(judged))) return err(CHANGED);
    const written = form === 'age' ? await this.#encrypt(judged, order, temporary) : await this.#copy(judged, temporary);
    if (!written.ok) return written;
    return (await isAsInspected(judged)) ? written : err(CHANGED);
  }

  async #copy(judged: Judged, temporary: Buffer): Promise<Result<Written, Failure>> {
    await copyFile(judged.file, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const target = await open(temporary, 'r+');
    try {
      await this.#dress(target, temporary, judged);
      await target.sync();
      return ok({
        sha256: judged.mutable || judged.stats.size <= HASH_ALLOWED_BYTES ? await hashOf(judged.file) : undefined,
        storedBytes: Number(judged.stats.size),
      });
    } finally {
      await target.close();
    }
  }

  async #encrypt(judged: Judged, order: EnforcementOrder, temporary: Buffer): Promise<Result<Written, Failure>> {
    const source = await open(judged.file, 'r');
    try {
      const target = await open(temporary, 'wx+', 0o600);
      try {
        const receipt = await encryptFile(source, target, order.recipients);
        if (!receipt.ok) return receipt;
        await this.#dress(target, temporary, judged);
        await target.sync();
        const verified = await verifyFile(target, receipt.value);
        if (!verified.ok) return verified;
        const storedBytes = (await target.stat()).size;
        await this.#rememberHeader(target, storedBytes);
        this.#parts.journal.prepareTarget(judged.fileId, {
          name: storedName(judged.path),
          bytes: storedBytes,
          sha256: receipt.value.sha256,
        });
        return ok({ sha256: receipt.value.sha256, storedBytes });
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  }

  /** So that the view knows the file as ours, and by its logical name, where no identity opens it. */
  async #rememberHeader(target: FileHandle, bytes: number): Promise<void> {
    const start = Buffer.alloc(Math.min(bytes, 65_536));
    await target.read(start, 0, start.length, 0);
    const head = readAgeHead((into, position) => start.copy(into, 0, position), []);
    if (head !== null) this.#parts.journal.rememberCiphertext(head.headerSha256, bytes);
  }

  /** Owner and mode as far as the filesystem has them. */
  async #dress(target: FileHandle, path: Buffer, { stats }: Judged): Promise<void> {
    await target.chown(Number(stats.uid), Number(stats.gid)).catch(() => undefined);
    await target.chmod(Number(stats.mode) & 0o777).catch(() => undefined);
    this.#parts.calls.setTimes(path, timeOf(stats.atimeNs), timeOf(stats.mtimeNs));
  }

  async #placeAndFinish(judged: Judged, ours: string, form: Form, { sha256 }: Written): Promise<Result<Commit, Failure>> {
    const placed = await this.#parts.place(judged.stage, ours, form);
    if (!placed.ok) {
      if (placed.gone) return ok({ outcome: GONE, errno: 0, refused: false });
      return err(
        failure(placed.errno === ENOSPC ? 'DLP_FILE_NO_SPACE' : 'DLP_FILE_IO', 'The file could not be put in its place on the medium.'),
      );
    }
    await syncAndClose(placed.folder);
    if (placed.erase) await eraseFile(this.#inRoot(temporaryName(ours, 'erase')));
    const storedAs = form === 'age' ? { storedAs: shownPath(parsePath(placed.path)) } : {};
    return ok({ outcome: { done: true, ...(sha256 === undefined ? {} : { sha256 }), ...storedAs }, errno: 0, refused: false });
  }

  async #refuse(judged: Judged, order: EnforcementOrder): Promise<Result<Commit, Failure>> {
    const { quarantine, journal } = this.#parts;
    const { stats } = judged;
    const path = parsePath(judged.path);
    const source = await open(judged.file, 'r');
    try {
      const facts = {
        path: judged.path,
        shownPath: shownPath(path),
        mode: Number(stats.mode) & 0o777,
        modifiedMillis: Number(stats.mtimeMs),
        owner: { uid: Number(stats.uid), gid: Number(stats.gid) },
        decision: order.decision,
        recipients: order.recipients,
      };
      const added = await quarantine.add(source, facts, (id) => journal.prepareQuarantine(judged.fileId, id));
      if (!added.ok) return err(added.error.code === 'DLP_FILE_CHANGED' ? { ...added.error, code: 'DLP_FILE_IO' } : added.error);
      if (!(await isAsInspected(judged))) {
        await quarantine.remove(added.value.id);
        return err(CHANGED);
      }
      const { sha256 } = added.value;
      const quarantineId = await this.#once(`${facts.shownPath}\n${sha256}\n${order.action}`, added.value.id);
      return ok({ outcome: { done: true, sha256, quarantineId }, errno: EPERM, refused: true });
    } finally {
      await source.close();
    }
  }

  async #once(key: string, id: string): Promise<string> {
    const { quarantine } = this.#parts;
    const before = this.#taken.get(key);
    if (before !== undefined && (await quarantine.find(before)) !== null) {
      await quarantine.remove(id);
      return before;
    }
    this.#taken.set(key, id);
    return id;
  }

  #inRoot(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.#parts.root}/`), name]);
  }
}

interface Written {
  readonly sha256: string | undefined;
  readonly storedBytes: number;
}

async function isAsInspected({ file, stamp }: Judged): Promise<boolean> {
  return sameStamp(stampOf(await lstat(file, { bigint: true })), stamp);
}

/** SHA-256 in hex. */
export async function hashOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    return await hashFile(file);
  } finally {
    await file.close();
  }
}

async function syncAndClose(folder: number): Promise<void> {
  const errno = await syncErrno(folder);
  closeSync(folder);
  if (errno !== 0) throw Object.assign(new Error('the folder could not be synced'), { code: 'EIO' });
}

function timeOf(nanoseconds: bigint): { seconds: bigint; nanoseconds: number } {
  const rest = ((nanoseconds % SECOND) + SECOND) % SECOND;
  return { seconds: (nanoseconds - rest) / SECOND, nanoseconds: Number(rest) };
}

function storedName(path: Uint8Array): Buffer {
  return ciphertextName(parsePath(path).at(-1) ?? Buffer.alloc(0), 1);
}

import { closeSync } from 'node:fs';
import { open, statfs, unlink } from 'node:fs/promises';
import { checkFile } from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Action } from '../../contracts/verdict.ts';
import type { EnforcementOrder } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import type { SystemCalls } from '../../platform/linux/fuse/index.ts';
import { eraseFile } from '../guard/erase.ts';
import type { Journal, NewEntry } from '../guard/journal.ts';
import { ciphertextName } from '../guard/place-file.ts';
import type { Stamp } from '../guard/stamp.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { parsePath, shownPath } from '../guard/volume-path.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { ageOverhead, FULL } from './committing.ts';
import { EIO, ENOSPC, EPERM } from './errno.ts';
import type { FileThread, Finishing } from './file-thread.ts';
import { copyInto, encryptInto, type Written } from './large-files.ts';
import type { Looks } from './looks.ts';
import type { Form, PlacedMessage } from './messages.ts';
import { syncErrno } from './sync-errno.ts';
import type { TemporaryIds } from './temporary-ids.ts';

/** One judged state of a file. */
export interface Judged {
  readonly fileId: string;
  readonly stage: number;
  /** On the medium, logical, `/` between parts. */
  readonly path: Uint8Array;
  /** A copy of the staged bytes out of every program's reach: inspected and committed from, so that nothing comes between. */
  readonly file: string;
  readonly stamp: Stamp;
  readonly looks: Looks;
  /** It may be mapped: what is judged is to be known by its hash. */
  readonly mutable: boolean;
  /** The file thread holds the bytes. */
  readonly held: boolean;
}

export interface CommitterParts {
  readonly root: number;
  readonly volumeId: string;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly calls: SystemCalls;
  readonly identities: readonly string[];
  readonly ids: TemporaryIds;
  readonly files: FileThread;
  /** Has the view thread give the temporary file its name. */
  readonly place: (stage: number, temporaryId: string, form: Form) => Promise<PlacedMessage['result']>;
}

export interface Commit {
  readonly outcome: EnforcementOutcome;
  /** What the caller is told. */
  readonly errno: number;
  /** The bytes are not to be seen in the view again. */
  readonly refused: boolean;
  /** Errno of making it durable, where that still goes on: the caller is told after it. */
  readonly synced?: Promise<number>;
}

/** As the inspection names it. */
const AGE_TYPE = 'age';
const CHANGING: ReadonlySet<Action> = new Set(['encrypt', 'block', 'justify']);
/** Hashing for the record alone stops here. */
const HASH_ALLOWED_BYTES = 64n * 1024n * 1024n;
const GONE: EnforcementOutcome = {
  done: false,
  code: 'DLP_FILE_NOT_FOUND',
  reason: 'The file was removed before it was judged.',
  gone: true,
};
const NOT_PLACED = failure('DLP_FILE_IO', 'The file could not be put in its place on the medium.');
const NOT_SYNCED = failure('DLP_FILE_IO', 'The medium could not make the file durable.');

/** Carries a verdict out on a staged file. docs/spec/guard.md section 5. */
export class Committer {
  readonly #parts: CommitterParts;
  /** What was taken into quarantine in this run, by path and content: a program that tries again makes no second copy. */
  readonly #taken = new Map<string, string>();

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  async commit(judged: Judged, order: EnforcementOrder): Promise<Commit> {
    const journaled = CHANGING.has(order.action);
    const isDone = await this.#isDone(judged, order);
    const action = isDone ? 'allow' : order.action;
    if (isDone) this.#begin(judged, action, this.#parts.ids.next());
    const refuses = action === 'block' || action === 'justify';
    const done = await (
      refuses ? this.#refuse(judged, order) : action === 'encrypt' ? this.#seal(judged, order) : this.#store(judged)
    ).catch((error: unknown) => err(fromErrno(error)));
    if (journaled) {
      if (done.ok && done.value.outcome.done) this.#parts.journal.finish(judged.fileId, done.value.outcome);
      else this.#parts.journal.remove(judged.fileId);
    }
    if (done.ok) return done.value;
    const { code, message } = done.error;
    const errno = refuses ? EPERM : code === 'DLP_FILE_NO_SPACE' ? ENOSPC : EIO;
    return { outcome: { done: false, code, reason: message, gone: false }, errno, refused: true };
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

  /** Nothing is written down beforehand: until it has its name the medium is as it was, and from then on the file is there. */
  async #store(judged: Judged): Promise<Result<Commit, Failure>> {
    const temporaryId = this.#parts.ids.next();
    if (!judged.held) return await this.#storeLarge(judged, temporaryId);
    const { stored, finishing } = this.#parts.files.store({
      stage: judged.stage,
      file: judged.file,
      temporaryId,
      form: 'plain',
      recipients: [],
    });
    const written = await stored;
    if (!written.ok) return written;
    const placed = await finishing.finished;
    if (!placed.ok) return this.#notPlaced(placed);
    const outcome = { done: true, sha256: written.value.sha256 } as const;
    return ok({ outcome, errno: 0, refused: false, synced: this.#whenSynced(finishing, placed, temporaryId) });
  }

  async #whenSynced({ synced }: Finishing, { erase }: Placed, temporaryId: string): Promise<number> {
    const errno = await synced;
    if (errno === 0 && erase) await eraseFile(this.#inRoot(temporaryName(temporaryId, 'erase')));
    return errno;
  }

  async #storeLarge(judged: Judged, temporaryId: string): Promise<Result<Commit, Failure>> {
    const temporary = this.#inRoot(temporaryName(temporaryId, 'tmp'));
    const hashes = judged.mutable || judged.looks.bytes <= HASH_ALLOWED_BYTES;
    try {
      if (!(await this.#hasRoom(judged.looks.bytes))) return err(FULL);
      const written = await copyInto(this.#parts.calls, judged, temporary, hashes);
      return await this.#placeLarge(judged, temporaryId, 'plain', written);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  async #seal(judged: Judged, order: EnforcementOrder): Promise<Result<Commit, Failure>> {
    const temporaryId = this.#parts.ids.next();
    const sealed = await (judged.held ? this.#sealHeld(judged, order, temporaryId) : this.#sealLarge(judged, order, temporaryId));
    if (sealed.ok || sealed.error.code !== 'DLP_FILE_NO_SPACE') return sealed;
    const refused = await this.#refuse(judged, order);
    return refused.ok ? ok({ ...refused.value, errno: ENOSPC }) : refused;
  }

  async #sealHeld(judged: Judged, { recipients }: EnforcementOrder, temporaryId: string): Promise<Result<Commit, Failure>> {
    const { files } = this.#parts;
    const { stage, file } = judged;
    const written = await files.store({ stage, file, temporaryId, form: 'age', recipients }).stored;
    if (!written.ok) return written;
    this.#prepare(judged, temporaryId, written.value);
    const finishing = files.finish(stage, temporaryId, 'age');
    const placed = await finishing.finished;
    if (!placed.ok) return this.#notPlaced(placed);
    const synced = this.#whenSynced(finishing, placed, temporaryId);
    // The event of a file whose older plain form is still to be overwritten waits for that.
    if (placed.erase && (await synced) !== 0) return err(NOT_SYNCED);
    return ok({ ...sealedAs(placed, written.value.sha256), synced });
  }

  async #sealLarge(judged: Judged, { recipients }: EnforcementOrder, temporaryId: string): Promise<Result<Commit, Failure>> {
    const temporary = this.#inRoot(temporaryName(temporaryId, 'tmp'));
    try {
      if (!(await this.#hasRoom(judged.looks.bytes + ageOverhead(judged.looks.bytes)))) return err(FULL);
      const written = await encryptInto(this.#parts.calls, judged, temporary, recipients);
      if (!written.ok) return written;
      this.#prepare(judged, temporaryId, written.value);
      return await this.#placeLarge(judged, temporaryId, 'age', written.value);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  async #hasRoom(bytes: bigint): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.#inRoot(Buffer.from('.')), { bigint: true });
    return bytes <= bavail * bsize;
  }

  /** From here on a crash is told from the names on the medium: what the ciphertext is, and where it goes. */
  #prepare(judged: Judged, temporaryId: string, { sha256 = '', storedBytes, headerSha256 }: Written): void {
    this.#parts.journal.beginPrepared(
      this.#entryOf(judged, 'encrypt', temporaryId),
      { name: storedName(judged.path), bytes: storedBytes, sha256 },
      // So that the view knows the file as ours, and by its logical name, where no identity opens it.
      headerSha256 === null ? null : { headerSha256, bytes: storedBytes },
    );
  }

  #begin(judged: Judged, action: Action, temporaryId: string): void {
    this.#parts.journal.begin(this.#entryOf(judged, action, temporaryId));
  }

  #entryOf({ fileId, path, looks }: Judged, action: Action, temporaryId: string): NewEntry {
    return { fileId, volumeId: this.#parts.volumeId, action, path, temporaryId, size: looks.bytes, modified: looks.modified };
  }

  async #placeLarge(judged: Judged, ours: string, form: Form, written: Written): Promise<Result<Commit, Failure>> {
    const placed = await this.#parts.place(judged.stage, ours, form);
    if (!placed.ok) return this.#notPlaced(placed);
    const errno = await syncErrno(placed.folder);
    closeSync(placed.folder);
    if (errno !== 0) return err(NOT_SYNCED);
    if (placed.erase) await eraseFile(this.#inRoot(temporaryName(ours, 'erase')));
    if (form === 'age') return ok(sealedAs(placed, written.sha256));
    const { sha256 } = written;
    return ok({ outcome: { done: true, ...(sha256 === undefined ? {} : { sha256 }) }, errno: 0, refused: false });
  }

  #notPlaced({ gone, errno }: Exclude<PlacedMessage['result'], { ok: true }>): Result<Commit, Failure> {
    if (gone) return ok({ outcome: GONE, errno: 0, refused: false });
    return err(errno === ENOSPC ? FULL : NOT_PLACED);
  }

  async #refuse(judged: Judged, order: EnforcementOrder): Promise<Result<Commit, Failure>> {
    const { quarantine, journal, ids } = this.#parts;
    const { looks } = judged;
    const path = parsePath(judged.path);
    // Begun anew where it was to be encrypted and the medium is full.
    journal.remove(judged.fileId);
    this.#begin(judged, order.action, ids.next());
    const source = await open(judged.file, 'r');
    try {
      const facts = {
        path: judged.path,
        shownPath: shownPath(path),
        mode: looks.mode,
        modifiedMillis: Number(looks.modified / NANOSECONDS_A_MILLISECOND),
        owner: { uid: looks.uid, gid: looks.gid },
        decision: order.decision,
        recipients: order.recipients,
      };
      const added = await quarantine.add(source, facts, (id) => journal.prepareQuarantine(judged.fileId, id));
      if (!added.ok) return added;
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

type Placed = Extract<PlacedMessage['result'], { ok: true }>;
const NANOSECONDS_A_MILLISECOND = 1_000_000n;

function sealedAs({ path }: Placed, sha256: string | undefined): Commit {
  const storedAs = shownPath(parsePath(path));
  return { outcome: { done: true, ...(sha256 === undefined ? {} : { sha256 }), storedAs }, errno: 0, refused: false };
}

function storedName(path: Uint8Array): Buffer {
  return ciphertextName(parsePath(path).at(-1) ?? Buffer.alloc(0), 1);
}

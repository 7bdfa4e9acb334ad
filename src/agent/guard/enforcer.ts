import { lstat, open, rename, unlink } from 'node:fs/promises';
import { encryptFile, verifyFile } from '../../age/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Action } from '../../contracts/verdict.ts';
import type { EnforcementOrder } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import type { Quarantine, QuarantineFacts } from '../quarantine/quarantine.ts';
import { eraseFile } from './erase.ts';
import type { Exchange } from './exchange.ts';
import { copyContent, giveAttributes } from './file-steps.ts';
import type { Journal } from './journal.ts';
import type { VolumeRoot } from './pinned-folder.ts';
import { ciphertextName, clearTheWay, freeName, renameExclusive, restoredName } from './place-file.ts';
import { type Stamp, stampOf } from './stamp.ts';
import { CHANGED, closeSubject, hashFile, isUnchanged, openSubject, type Subject } from './subject.ts';
import { temporaryId, temporaryName } from './temporary-name.ts';
import type { OwnCiphertexts } from './own-ciphertexts.ts';
import { pathBytes, shownPath, type VolumePath } from './volume-path.ts';

/** A settled file as the guard knows it. */
export interface GuardedFile {
  readonly fileId: string;
  readonly path: VolumePath;
  readonly stamp: Stamp;
  /** Somebody keeps moving its times: for what makes the file safer, size and hash then tell whether it changed. */
  readonly restless: boolean;
}

export interface EnforcerOptions {
  readonly root: VolumeRoot;
  readonly volumeId: string;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly ownCiphertexts: OwnCiphertexts;
  /** Names on the medium that are being used for an enforcement, by their id. */
  readonly inUse: Set<string>;
  /** Ids of those that could not be brought to their end: their names stay ours until recovery. */
  readonly unfinished: Set<string>;
  /** Told of each file this guard puts on the medium, so that it does not come back as an arrival. */
  readonly onWritten: (path: VolumePath, stamp: Stamp) => void;
  /** Given where somebody else owns the names of the volume. */
  readonly exchange?: Exchange;
}

/** As the inspection names it. */
const AGE_TYPE = 'age';
const CHANGING: ReadonlySet<Action> = new Set(['encrypt', 'block', 'justify']);
/** Hashing for the record alone stops here: an allowed file of many gigabytes is not worth reading twice. */
const HASH_ALLOWED_BYTES = 64n * 1024n * 1024n;

interface Work extends GuardedFile {
  readonly order: EnforcementOrder;
  readonly subject: Subject;
  readonly temporaryId: string;
}

/** Carries out verdicts on single files. The order of steps is docs/spec/watch-guard.md sections 3 to 6. */
export class Enforcer {
  readonly #options: EnforcerOptions;

  constructor(options: EnforcerOptions) {
    this.#options = options;
  }

  async enforce(file: GuardedFile, order: EnforcementOrder): Promise<EnforcementOutcome> {
    const done = await this.#attempt(file, order).catch((error: unknown) => err(fromErrno(error)));
    if (done.ok) return done.value;
    const { code, message } = done.error;
    return { done: false, code, reason: message, gone: GONE.has(code) };
  }

  async #attempt(file: GuardedFile, order: EnforcementOrder): Promise<Result<EnforcementOutcome, Failure>> {
    const timesMayMove = file.restless && CHANGING.has(order.action);
    const subject = await openSubject(this.#options.root, file.path, file.stamp, timesMayMove);
    if (!subject.ok) return subject;
    try {
      if (CHANGING.has(order.action) && !(await this.#isDone(subject.value, order))) {
        return await this.#change({ ...file, order, subject: subject.value, temporaryId: temporaryId() });
      }
      return await confirm(subject.value);
    } finally {
      await closeSubject(subject.value);
    }
  }

  /** Already an age file of ours: there is nothing in it to look into, and nothing more to do to it. */
  async #isDone({ file }: Subject, { decision }: EnforcementOrder): Promise<boolean> {
    return decision.type === AGE_TYPE && (await this.#options.ownCiphertexts.includes(file));
  }

  async #change(work: Work): Promise<Result<EnforcementOutcome, Failure>> {
    const { journal, inUse, volumeId } = this.#options;
    const { fileId, order, subject } = work;
    inUse.add(work.temporaryId);
    journal.begin({
      fileId,
      volumeId,
      action: order.action,
      path: pathBytes(work.path),
      temporaryId: work.temporaryId,
      size: subject.stamp.size,
      modified: subject.stamp.modified,
    });
    const done = await this.#encryptOrQuarantine(work).catch((error: unknown) => err(fromErrno(error)));
    if (done.ok) journal.finish(fileId, done.value);
    else if (done.error.code === 'DLP_GUARD_UNFINISHED') this.#options.unfinished.add(work.temporaryId);
    else journal.remove(fileId);
    inUse.delete(work.temporaryId);
    return done;
  }

  async #encryptOrQuarantine(work: Work): Promise<Result<EnforcementOutcome, Failure>> {
    if (work.order.action !== 'encrypt') return this.#quarantine(work, false);
    const encrypted = await this.#encrypt(work).catch((error: unknown) => err(fromErrno(error)));
    if (encrypted.ok || GONE.has(encrypted.error.code) || encrypted.error.code === 'DLP_GUARD_UNFINISHED') return encrypted;
    return this.#quarantine(work, encrypted.error.code === 'DLP_FILE_NO_SPACE');
  }

  async #encrypt(work: Work): Promise<Result<EnforcementOutcome, Failure>> {
    const { folder } = work.subject;
    const temporary = folder.entry(temporaryName(work.temporaryId, 'tmp'));
    const written = await this.#writeCiphertext(work, temporary).catch((error: unknown) => err(fromErrno(error)));
    const { exchange } = this.#options;
    const replace = exchange === undefined ? this.#replace.bind(this, work, temporary) : this.#replaceBy.bind(this, exchange, work);
    const placed = written.ok ? await replace(written.value).catch((error: unknown) => err(fromErrno(error))) : written;
    if (!placed.ok && placed.error.code !== 'DLP_GUARD_UNFINISHED') await unlink(temporary).catch(() => undefined);
    return placed;
  }

  /** Gives what is now in the temporary file: proved to decrypt to the inspected bytes, and durable. */
  async #writeCiphertext(work: Work, temporary: Buffer): Promise<Result<{ sha256: string; storedBytes: number }, Failure>> {
    const { subject } = work;
    const target = await open(temporary, 'wx+', 0o600);
    try {
      const receipt = await encryptFile(subject.file, target, work.order.recipients);
      if (!receipt.ok) return receipt;
      await giveAttributes(target, subject);
      await target.sync();
      const verified = await verifyFile(target, receipt.value);
      if (!verified.ok) return verified;
      await this.#options.ownCiphertexts.remember(target);
      if (!(await isUnchanged(subject, subject.name)) || (await hashFile(subject.file)) !== receipt.value.sha256) return err(CHANGED);
      return ok({ sha256: receipt.value.sha256, storedBytes: (await target.stat()).size });
    } finally {
      await target.close();
    }
  }

  /** The ciphertext takes the original's place. Until the name `erase` is given everything can be turned back. */
  async #replace(
    work: Work,
    temporary: Buffer,
    ciphertext: { sha256: string; storedBytes: number },
  ): Promise<Result<EnforcementOutcome, Failure>> {
    const { folder, name } = work.subject;
    const first = await freeName(folder, (attempt) => ciphertextName(name, attempt));
    this.#prepareTarget(work, first.name, ciphertext);
    const aside = await this.#moveAside(work, ciphertext.sha256);
    if (!aside.ok) return aside;
    let placed: Buffer;
    try {
      placed = await this.#place(work, temporary, first, ciphertext);
      await folder.sync();
    } catch (error) {
      return (await this.#moveBack(work)) ? err(fromErrno(error)) : err(UNFINISHED);
    }
    const storedAs = shownPath([...work.path.slice(0, -1), placed]);
    return this.#erase(work, { done: true, sha256: ciphertext.sha256, storedAs });
  }

  async #replaceBy(
    exchange: Exchange,
    work: Work,
    ciphertext: { sha256: string; storedBytes: number },
  ): Promise<Result<EnforcementOutcome, Failure>> {
    const { folder, name } = work.subject;
    for (let from = 1; ;) {
      const { name: target, attempt } = await freeName(folder, (next) => ciphertextName(name, next), from);
      this.#prepareTarget(work, target, ciphertext);
      const exchanged = await exchange({ ...exchangeOf(work), target });
      if (exchanged === 'done') {
        const storedAs = shownPath([...work.path.slice(0, -1), target]);
        const erased = await this.#overwrite(work, { done: true, sha256: ciphertext.sha256, storedAs });
        await this.#tellWritten(work, target).catch(() => undefined);
        return erased;
      }
      if (exchanged !== 'taken') return err(NOT_EXCHANGED[exchanged]);
      from = attempt + 1;
    }
  }

  async #place(
    work: Work,
    temporary: Buffer,
    first: { name: Buffer; attempt: number },
    ciphertext: { sha256: string; storedBytes: number },
  ): Promise<Buffer> {
    const { folder, name } = work.subject;
    for (let { name: target, attempt } = first; ;) {
      if (await renameExclusive(temporary, folder.entry(target))) {
        await this.#tellWritten(work, target);
        return target;
      }
      ({ name: target, attempt } = await freeName(folder, (next) => ciphertextName(name, next), attempt + 1));
      this.#prepareTarget(work, target, ciphertext);
    }
  }

  #prepareTarget(work: Work, name: Buffer, ciphertext: { sha256: string; storedBytes: number }): void {
    this.#options.journal.prepareTarget(work.fileId, { name, bytes: ciphertext.storedBytes, sha256: ciphertext.sha256 });
  }

  /** Takes the file in on the host. With `returnCiphertext` the medium was full: the ciphertext follows once the plaintext is gone. */
  async #quarantine(work: Work, returnCiphertext: boolean): Promise<Result<EnforcementOutcome, Failure>> {
    const { journal, quarantine } = this.#options;
    const taken = await quarantine.add(work.subject.file, quarantineFacts(work), (id) => journal.prepareQuarantine(work.fileId, id));
    if (!taken.ok) return err(GONE.has(taken.error.code) ? { ...taken.error, code: 'DLP_FILE_IO' } : taken.error);
    const { id, sha256 } = taken.value;
    const unchanged = (await isUnchanged(work.subject, work.subject.name)) && (await hashFile(work.subject.file)) === sha256;
    const { exchange } = this.#options;
    const moved = exchange === undefined ? () => this.#moveAside(work, sha256) : () => this.#takeAway(exchange, work);
    const aside = unchanged ? await moved().catch((error: unknown) => err(fromErrno(error))) : err(CHANGED);
    if (!aside.ok) {
      if (aside.error.code !== 'DLP_GUARD_UNFINISHED') await quarantine.remove(id);
      return aside;
    }
    const outcome: EnforcementOutcome = { done: true, sha256, quarantineId: id };
    const erased = await (exchange === undefined ? this.#erase(work, outcome) : this.#overwrite(work, outcome));
    return erased.ok && returnCiphertext ? ok(await this.#returnCiphertext(work, id, sha256, outcome)) : erased;
  }

  async #takeAway(exchange: Exchange, work: Work): Promise<Result<void, Failure>> {
    const exchanged = await exchange({ ...exchangeOf(work), target: null });
    return exchanged === 'done' ? ok(undefined) : err(exchanged === 'taken' ? CHANGED : NOT_EXCHANGED[exchanged]);
  }

  /** False when the name is taken. */
  async #giveName(work: Work, temporary: Buffer, target: Buffer): Promise<boolean> {
    const { exchange } = this.#options;
    if (exchange === undefined) return renameExclusive(temporary, work.subject.folder.entry(target));
    const exchanged = await exchange({ ...exchangeOf(work), original: null, target });
    if (exchanged !== 'done' && exchanged !== 'taken') throw Object.assign(new Error('not placed'), { code: 'EIO' });
    return exchanged === 'done';
  }

  async #returnCiphertext(work: Work, id: string, sha256: string, quarantined: EnforcementOutcome): Promise<EnforcementOutcome> {
    const { folder, name } = work.subject;
    const temporary = folder.entry(temporaryName(work.temporaryId, 'tmp'));
    try {
      await this.#copyStored(work, id, temporary);
      for (let attempt = 1; ; attempt += 1) {
        const target = ciphertextName(name, attempt);
        if (!(await this.#giveName(work, temporary, target))) continue;
        await this.#tellWritten(work, target);
        await folder.sync();
        const storedAs = shownPath([...work.path.slice(0, -1), target]);
        const outcome: EnforcementOutcome = { done: true, storedAs, sha256 };
        this.#options.journal.finish(work.fileId, outcome);
        await this.#options.quarantine.remove(id);
        return outcome;
      }
    } catch (error) {
      fromErrno(error);
      await unlink(temporary).catch(() => undefined);
      return quarantined;
    }
  }

  /** @throws what the file system threw, and an error with EIO when the copy does not read back. */
  async #copyStored(work: Work, id: string, temporary: Buffer): Promise<void> {
    const stored = await this.#options.quarantine.openStored(id);
    try {
      const target = await open(temporary, 'wx+', 0o600);
      try {
        await copyContent(stored, target);
        await giveAttributes(target, work.subject);
        await target.sync();
        if ((await hashFile(target)) !== (await hashFile(stored))) throw Object.assign(new Error('copy differs'), { code: 'EIO' });
      } finally {
        await target.close();
      }
    } finally {
      await stored.close();
    }
  }

  /** From here on nobody can open the original by its name; what changed up to now is noticed and turned back. */
  async #moveAside(work: Work, sha256: string): Promise<Result<void, Failure>> {
    const { folder, name } = work.subject;
    const aside = temporaryName(work.temporaryId, 'plain');
    await clearTheWay(folder, aside);
    await rename(folder.entry(name), folder.entry(aside));
    if ((await isUnchanged(work.subject, aside)) && (!work.restless || (await hashFile(work.subject.file)) === sha256))
      return ok(undefined);
    return (await this.#moveBack(work)) ? err(CHANGED) : err(UNFINISHED);
  }

  async #moveBack(work: Work): Promise<boolean> {
    const { folder, name } = work.subject;
    try {
      const aside = folder.entry(temporaryName(work.temporaryId, 'plain'));
      for (let attempt = 1; ; attempt += 1) {
        if (await renameExclusive(aside, folder.entry(restoredName(name, attempt)))) return true;
      }
    } catch (error) {
      fromErrno(error);
      return false;
    }
  }

  async #erase(work: Work, outcome: EnforcementOutcome): Promise<Result<EnforcementOutcome, Failure>> {
    const { folder } = work.subject;
    const name = temporaryName(work.temporaryId, 'erase');
    try {
      await clearTheWay(folder, name);
      await rename(folder.entry(temporaryName(work.temporaryId, 'plain')), folder.entry(name));
    } catch (error) {
      fromErrno(error);
      return err(UNFINISHED);
    }
    return this.#overwrite(work, outcome);
  }

  /** What is under the name for it goes for good. */
  async #overwrite(work: Work, outcome: EnforcementOutcome): Promise<Result<EnforcementOutcome, Failure>> {
    const { folder } = work.subject;
    try {
      await folder.sync();
      await eraseFile(folder.entry(temporaryName(work.temporaryId, 'erase')));
      await folder.sync();
      return ok(outcome);
    } catch (error) {
      fromErrno(error);
      return err(UNFINISHED);
    }
  }

  /** To be called when nothing more will be done to the file, and before anything slow: its hints are on their way. */
  async #tellWritten(work: Work, name: Buffer): Promise<void> {
    const written = await lstat(work.subject.folder.entry(name), { bigint: true });
    this.#options.onWritten([...work.path.slice(0, -1), name], stampOf(written));
  }
}

const UNFINISHED = failure(
  'DLP_GUARD_UNFINISHED',
  'Replacing the file could not be brought to its end. Its encrypted copy is safe; the rest is tried again later.',
  { retryable: true },
);
const NOT_EXCHANGED = {
  changed: CHANGED,
  'read-only': failure('DLP_FILE_PERMISSION', 'The medium is read-only.'),
  failed: failure('DLP_FILE_IO', 'The names of the file could not be changed.'),
  ended: UNFINISHED,
} as const;
const GONE = new Set<string>(['DLP_FILE_CHANGED', 'DLP_FILE_NOT_FOUND', 'DLP_FILE_OUTSIDE']);

const exchangeOf = ({ path, subject, temporaryId: id }: Work) => ({
  path: pathBytes(path),
  original: subject.stamp,
  timesMayMove: subject.timesMayMove,
  temporaryId: id,
});

async function confirm(subject: Subject): Promise<Result<EnforcementOutcome, Failure>> {
  const sha256 = subject.stamp.size <= HASH_ALLOWED_BYTES ? await hashFile(subject.file) : undefined;
  if (!(await isUnchanged(subject, subject.name))) return err(CHANGED);
  return ok({ done: true, ...(sha256 === undefined ? {} : { sha256 }) });
}

function quarantineFacts({ order, path, subject }: Work): QuarantineFacts {
  return {
    path: pathBytes(path),
    shownPath: shownPath(path),
    mode: subject.mode,
    modifiedMillis: subject.modifiedMillis,
    owner: subject.owner,
    decision: order.decision,
    recipients: order.recipients,
  };
}

import { lstat, open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Inspection, UnreadableReason } from '../../contracts/finding.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { FileStamp, Inspector } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import { stampOf, type WalkedFile } from '../walk-files.ts';
import { contentDigest, isSameState, isWorthHashing } from './content-digest.ts';
import type { InspectionTerms } from './context.ts';
import type { ScanState } from './state.ts';

export interface Inspected {
  readonly inspection: Inspection;
  /** It was known from an earlier scan, another name or another file of the same content: nothing was read into anew. */
  readonly reused: boolean;
}

export interface InspectOnceOptions {
  readonly inspector: Inspector;
  readonly state: ScanState;
  readonly terms: InspectionTerms;
  readonly clock: { now(): number };
}

/** These hang on the moment and not on the file: the next scan looks again. */
const PASSING: ReadonlySet<UnreadableReason> = new Set(['io-error', 'timed-out', 'worker-died', 'index-missing']);
/** The coarsest timestamps of a common filesystem (FAT). A file as young as this may change and look the same. */
const COARSEST_MILLIS = 2000;
/** A log that is written to all the time is looked at as it is, after so many tries to find it at rest. */
const TRIES = 3;

/** Inspects each content once: neither a known state of a file, nor a second name, nor a copy is looked into again. */
export class InspectOnce {
  readonly #options: InspectOnceOptions;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(options: InspectOnceOptions) {
    this.#options = options;
  }

  /** Fails for a file that vanished or cannot be read. */
  async inspect(file: WalkedFile): Promise<Result<Inspected, Failure>> {
    let { stamp } = file;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const seen = await this.#inState(file, stamp);
      if (seen !== null) return seen.inspection.unreadable.some(isUnread) ? err(await reasonFor(file.path)) : ok(seen);
      try {
        const facts = await lstat(file.path, { bigint: true });
        if (!facts.isFile()) return err(failure('DLP_FILE_CHANGED', 'The file was replaced by something else meanwhile.'));
        stamp = stampOf(facts);
      } catch (error) {
        return err(fromErrno(error));
      }
    }
    const { inspector, terms } = this.#options;
    const inspection = await inspector.inspect({ ...terms, path: file.path, name: file.shown });
    return inspection.unreadable.some(isUnread) ? err(await reasonFor(file.path)) : ok({ inspection, reused: false });
  }

  /** Null when the file is not in that state, or no more. */
  #inState(file: WalkedFile, stamp: FileStamp): Promise<Inspected | null> {
    const key = `stamp ${stamp.device} ${stamp.inode} ${stamp.size} ${stamp.modified} ${stamp.changed}`;
    const known = (): Inspected | null => reuse(this.#options.state.findByStamp(stamp));
    return this.#first(key, known, () => this.#look(file, stamp));
  }

  async #look(file: WalkedFile, stamp: FileStamp): Promise<Inspected | null> {
    const { state } = this.#options;
    const digest = isWorthHashing(stamp) ? await contentDigest(file.path, stamp) : null;
    if (digest === null) return await this.#read(file, stamp, null);
    const known = (): Inspected | null => reuse(state.findByDigest(digest));
    const inspected = await this.#first(`content ${digest.toString('hex')}`, known, () => this.#read(file, stamp, digest));
    if (inspected?.reused === true) state.store({ stamp, digest, inspection: inspected.inspection, lasting: this.#isAtRest(stamp) });
    return inspected;
  }

  async #read(file: WalkedFile, stamp: FileStamp, digest: Buffer | null): Promise<Inspected | null> {
    const { inspector, state, terms } = this.#options;
    const lasting = this.#isAtRest(stamp);
    const inspection = await inspector.inspect({ ...terms, path: file.path, name: file.shown, stamp });
    if (inspection === null) return null;
    const isPassing = inspection.unreadable.some(({ reason }) => PASSING.has(reason));
    // Exchanged while it was read, the digest would be another content's.
    if (!isPassing && (lasting || file.links > 1) && (await isStill(file.path, stamp))) state.store({ stamp, digest, inspection, lasting });
    return { inspection, reused: false };
  }

  #isAtRest({ modified, changed }: FileStamp): boolean {
    const latest = modified > changed ? modified : changed;
    return Number(latest / 1_000_000n) + COARSEST_MILLIS < this.#options.clock.now();
  }

  /** Whoever comes first looks; others wait, and find what it saw or look next. */
  async #first(key: string, known: () => Inspected | null, look: () => Promise<Inspected | null>): Promise<Inspected | null> {
    for (let running = this.#underWay.get(key); running !== undefined; running = this.#underWay.get(key)) await running;
    const found = known();
    if (found !== null) return found;
    const running = look();
    this.#underWay.set(key, running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(key);
    }
  }
}

const reuse = (inspection: Inspection | null): Inspected | null => (inspection === null ? null : { inspection, reused: true });

/** The whole file, and not a part inside it. */
const isUnread = ({ reason, where }: Inspection['unreadable'][number]): boolean => reason === 'io-error' && where === undefined;

async function isStill(path: Buffer, stamp: FileStamp): Promise<boolean> {
  try {
    return isSameState(stampOf(await lstat(path, { bigint: true })), stamp);
  } catch {
    return false;
  }
}

/** An inspection says only that a file could not be read; opening it says why. */
async function reasonFor(path: Buffer): Promise<Failure> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    await file.close();
  } catch (error) {
    return fromErrno(error);
  }
  return failure('DLP_FILE_IO', 'The file could not be read.');
}

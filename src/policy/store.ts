import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { failure, type Failure } from '../contracts/errors.ts';
import { sha256Hex } from '../contracts/ids.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { writeFileAtomic } from '../node/atomic-file.ts';
import { fromErrno } from '../node/errno.ts';
import { digestOf, reopenRelease, verifyRelease, type ReleaseMark, type VerifiedRelease } from './release.ts';

/** The release in force. */
export interface CurrentRelease extends VerifiedRelease {
  /** Past its time: it stays in force, since protection never loosens by waiting, but a new one is due. */
  readonly expired: boolean;
}

export interface PolicyStore {
  /** The release in force, or undefined when none was ever accepted here or all that is kept is damaged. */
  current(now: Date): CurrentRelease | undefined;
  /** What was found damaged or rolled back when the store was opened; nothing of it is used. */
  readonly damage: readonly Failure[];
  /** Checks an envelope and, when it is good, keeps it and puts it in force. On any error the last good one stays. */
  offer(envelopeText: string, now: Date): Promise<Result<VerifiedRelease | 'unchanged', Failure>>;
}

const RELEASE = 'release.dsse.json';
const COPY = 'release.copy.dsse.json';
const MARK = 'newest.json';

const markFile = z.strictObject({ format: z.literal('sekisho-policy-mark/1'), version: z.int().min(1), digest: sha256Hex });

/**
 * Opens an agent's policy store. The release is kept twice and its number a third time, so that losing or damaging
 * one file neither takes the policy away nor opens the way back to an older one. docs/spec/policy-release.md section 5.
 * @throws when the folder can be neither read nor made, or the key is no Ed25519 public key in PEM.
 */
export function openPolicyStore({ folder, publicKeyPem }: { folder: string; publicKeyPem: string }): PolicyStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return new FilePolicyStore(folder, publicKeyPem);
}

class FilePolicyStore implements PolicyStore {
  readonly damage: readonly Failure[];
  readonly #folder: string;
  readonly #publicKeyPem: string;
  #release: VerifiedRelease | undefined;
  #newest: ReleaseMark | undefined;
  /** Nothing on disk waits to be written again. */
  #isWhole: boolean;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, publicKeyPem: string) {
    this.#folder = folder;
    this.#publicKeyPem = publicKeyPem;
    const { release, newest, damage } = readFolder(folder, publicKeyPem);
    this.#release = release;
    this.#newest = newest;
    this.damage = damage;
    this.#isWhole = damage.length === 0;
  }

  current(now: Date): CurrentRelease | undefined {
    if (this.#release === undefined) return undefined;
    return { ...this.#release, expired: now.toISOString() >= this.#release.release.expires };
  }

  /** One at a time: of two offers at once the second is measured against the first. */
  offer(envelopeText: string, now: Date): Promise<Result<VerifiedRelease | 'unchanged', Failure>> {
    const result = this.#turn.then(() => this.#offer(envelopeText, now));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #offer(envelopeText: string, now: Date): Promise<Result<VerifiedRelease | 'unchanged', Failure>> {
    const known = digestOf(envelopeText) === this.#release?.digest ? this.#release : undefined;
    if (known !== undefined && this.#isWhole) return ok('unchanged');
    const verified = known === undefined ? this.#verify(envelopeText, now) : ok(known);
    if (!verified.ok) return verified;
    const mark = { version: verified.value.release.version, digest: verified.value.digest };
    try {
      await this.#keep(envelopeText, mark);
    } catch (error) {
      return err(fromErrno(error));
    }
    this.#release = verified.value;
    this.#newest = mark;
    this.#isWhole = true;
    return ok(known === undefined ? verified.value : 'unchanged');
  }

  #verify(envelopeText: string, now: Date): Result<VerifiedRelease, Failure> {
    return verifyRelease(envelopeText, { publicKeyPem: this.#publicKeyPem, now, current: this.#newest });
  }

  /** The release first: a mark without its release would read as a rollback after a crash between the two. */
  async #keep(envelopeText: string, mark: ReleaseMark): Promise<void> {
    await writeFileAtomic(join(this.#folder, RELEASE), envelopeText);
    await writeFileAtomic(join(this.#folder, COPY), envelopeText);
    await writeFileAtomic(join(this.#folder, MARK), `${JSON.stringify({ format: 'sekisho-policy-mark/1', ...mark })}\n`);
  }
}

interface Contents {
  readonly release: VerifiedRelease | undefined;
  readonly newest: ReleaseMark | undefined;
  readonly damage: readonly Failure[];
}

function readFolder(folder: string, publicKeyPem: string): Contents {
  const damage: Failure[] = [];
  const mark = readMark(join(folder, MARK), damage);
  const releases = [RELEASE, COPY].flatMap((name) => readKept(join(folder, name), name, publicKeyPem, damage));
  const newest = releases
    .map(({ release, digest }): ReleaseMark => ({ version: release.version, digest }))
    .concat(mark ?? [])
    .reduce<ReleaseMark | undefined>((best, next) => (best === undefined || next.version > best.version ? next : best), undefined);
  const release = releases.find(({ digest }) => digest === newest?.digest);
  if (release === undefined && releases.length > 0 && newest !== undefined) {
    damage.push(
      failure('DLP_POLICY_OLDER', `The kept release is not release ${newest.version}, the newest seen here: it was put back by someone.`),
    );
  }
  return { release, newest, damage };
}

function readKept(path: string, name: string, publicKeyPem: string, damage: Failure[]): VerifiedRelease[] {
  const text = readIfThere(path);
  if (text === undefined) return [];
  const opened = reopenRelease(text, publicKeyPem);
  if (opened.ok) return [opened.value];
  damage.push(failure(opened.error.code, `${name} in the policy store is damaged and is not used: ${opened.error.message}`));
  return [];
}

function readMark(path: string, damage: Failure[]): ReleaseMark | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const mark = markFile.safeParse(jsonOrUndefined(text));
  if (mark.success) return { version: mark.data.version, digest: mark.data.digest };
  damage.push(failure('DLP_POLICY_SCHEMA', `${MARK} in the policy store is damaged and is not used.`));
  return undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (fromErrno(error).code === 'DLP_FILE_NOT_FOUND') return undefined;
    throw error;
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../contracts/errors.ts';
import type { OwnDataIndex } from '../contracts/policy.ts';
import type { Result } from '../contracts/result.ts';
import type { Clock } from '../core/ports.ts';
import { retryMillis } from '../core/retry.ts';
import { syncFolder } from '../node/atomic-file.ts';

export interface IndexKeeperPorts {
  /** Holds each index under its SHA-256. What an administrator puts there by other means is used as well. */
  readonly folder: string;
  /** Brings an index from the collector, going on in a file that an earlier try left. */
  readonly fetch: (sha256: string, file: string) => Promise<Result<void, Failure>>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** A policy waits so long for its indexes. Then it comes into force, and they follow. */
const PATIENCE_MILLIS = 120_000;
const RETRY = { firstMillis: 5000, longestMillis: 300_000 };
const PART = '.part';

type Wanted = Pick<OwnDataIndex, 'sha256' | 'file'>;

/** Keeps on this PC the indexes that the policy names. docs/spec/own-data.md section 7. */
export class IndexKeeper {
  readonly #ports: IndexKeeperPorts;
  #wanted: readonly Wanted[] = [];
  #working: Promise<void> | null = null;
  #cancelRetry: () => void = () => {};
  #stopped = false;

  constructor(ports: IndexKeeperPorts) {
    this.#ports = ports;
  }

  /** Resolves when these are here, or after two minutes; what is missing then is fetched again until it has come. */
  async bring(wanted: readonly Wanted[]): Promise<void> {
    const before = this.#wanted;
    this.#wanted = wanted;
    const fetched = this.#fetchMissing(1);
    const patience = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.after(PATIENCE_MILLIS, patience.resolve);
    await Promise.race([fetched, patience.promise]);
    cancel();
    if (!this.#stopped) await this.#removeOthers(before);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
  }

  /** One round at a time: a second policy waits for the round of the first, whose downloads may serve it too. */
  async #fetchMissing(attempt: number): Promise<void> {
    this.#cancelRetry();
    while (this.#working !== null) await this.#working;
    this.#working = this.#round(attempt).finally(() => (this.#working = null));
    await this.#working;
  }

  async #round(attempt: number): Promise<void> {
    const wanted = this.#wanted;
    try {
      await mkdir(this.#ports.folder, { recursive: true, mode: 0o700 });
      const failures: string[] = [];
      for (const index of wanted) {
        const trouble = this.#stopped ? null : await this.#bringOne(index, attempt).catch(messageOf);
        if (trouble !== null) failures.push(`${index.file}: ${trouble}`);
      }
      if (failures.length === 0 || this.#stopped) return;
      if (attempt === 1) this.#ports.log(`Indexes of own data are missing (${failures.join(' ')}). They are tried again until they come.`);
    } catch (error) {
      this.#ports.log(`The folder of indexes cannot be written (${messageOf(error)}).`);
      if (this.#stopped) return;
    }
    const retry = (): void => void this.#fetchMissing(attempt + 1);
    this.#cancelRetry = this.#ports.clock.after(retryMillis(attempt, RETRY, 1), retry);
  }

  /**
   * Why it is not here, or null when it is. What lies under its name is hashed when a policy names it: a damaged file
   * would be refused by every inspection, and stay.
   */
  async #bringOne({ sha256, file }: Wanted, attempt: number): Promise<string | null> {
    const { folder } = this.#ports;
    const path = join(folder, sha256);
    if (await isThere(path)) {
      if (attempt > 1 || (await hashOf(path).catch(() => null)) === sha256) return null;
      await rm(path, { force: true, recursive: true });
    }
    const part = join(folder, `${sha256}${PART}`);
    const fetched = await this.#ports.fetch(sha256, part);
    if (!fetched.ok) return fetched.error.message;
    if ((await hashOf(part)) !== sha256) {
      await rm(part, { force: true });
      return 'What came has another SHA-256 than the policy names.';
    }
    await using handle = await open(part, 'r');
    await handle.sync();
    await rename(part, path);
    await syncFolder(folder);
    this.#ports.log(`The index ${file} has arrived.`);
    return null;
  }

  /** What an earlier policy named. Others may wait for a policy that is still to come. */
  async #removeOthers(earlier: readonly Wanted[]): Promise<void> {
    const kept = new Set(this.#wanted.map(({ sha256 }) => sha256));
    for (const { sha256 } of earlier) {
      if (kept.has(sha256)) continue;
      for (const name of [sha256, `${sha256}${PART}`]) await rm(join(this.#ports.folder, name), { force: true });
    }
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

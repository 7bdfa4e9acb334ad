import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { IndexState } from '../contracts/collector-api.ts';
import { type Failure, failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { syncFolder } from '../node/atomic-file.ts';
import { fromErrno } from '../node/errno.ts';

/** Larger ones no agent reads (docs/spec/own-data.md section 7). */
const MOST_BYTES = 2 * 1024 * 1024 * 1024;

export interface IndexPiece {
  readonly sha256: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Nothing follows it: the whole is compared with its SHA-256 now. */
  readonly last: boolean;
}

/**
 * The indexes of own data that policies name, each under its SHA-256. They come in pieces, so that a broken connection
 * loses one piece and no request is longer than the listener bears; a file is there under its name only when it is whole.
 */
export class IndexFolder {
  readonly path: string;
  /** Pieces of one index are added one at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(path: string) {
    this.path = path;
  }

  static async open(path: string): Promise<IndexFolder> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return new IndexFolder(path);
  }

  async state(sha256: string): Promise<IndexState> {
    const whole = await sizeOf(this.#file(sha256));
    if (whole !== null) return { received: whole, complete: true };
    return { received: (await sizeOf(this.#part(sha256))) ?? 0, complete: false };
  }

  /**
   * Adds a piece where the last one ended; one from elsewhere is not taken, and the state says where to go on.
   * DLP_OWN_DATA_INDEX when the whole is not what its name says, DLP_STORE_FULL or another error of the disk.
   */
  add(piece: IndexPiece): Promise<Result<IndexState, Failure>> {
    const turn = (this.#turns.get(piece.sha256) ?? Promise.resolve()).then(() => this.#add(piece));
    const settled = turn
      .catch(() => undefined)
      .finally(() => this.#turns.get(piece.sha256) === settled && this.#turns.delete(piece.sha256));
    this.#turns.set(piece.sha256, settled);
    return turn;
  }

  /** Removes what is not among these, parts as well. */
  async keepOnly(sha256: readonly string[]): Promise<void> {
    const kept = new Set(sha256);
    for (const name of await readdir(this.path)) if (!kept.has(name)) await rm(join(this.path, name), { force: true });
  }

  async #add({ sha256, offset, bytes, last }: IndexPiece): Promise<Result<IndexState, Failure>> {
    const state = await this.state(sha256);
    if (state.complete || state.received !== offset) return ok(state);
    const part = this.#part(sha256);
    const received = offset + bytes.length;
    if (received > MOST_BYTES) {
      await rm(part, { force: true });
      return err(failure('DLP_OWN_DATA_INDEX', 'The index is larger than 2 GiB. Nothing of it was kept.'));
    }
    try {
      await using file = await open(part, 'a', 0o600);
      await file.appendFile(bytes);
      if (last) await file.sync();
    } catch (error) {
      return err(fromErrno(error));
    }
    return last ? this.#finish(sha256, received) : ok({ received, complete: false });
  }

  async #finish(sha256: string, received: number): Promise<Result<IndexState, Failure>> {
    const part = this.#part(sha256);
    const hash = createHash('sha256');
    await pipeline(createReadStream(part), hash);
    if (hash.digest('hex') !== sha256) {
      await rm(part, { force: true });
      return err(failure('DLP_OWN_DATA_INDEX', 'What arrived has another SHA-256 than the policy names. Nothing of it was kept.'));
    }
    await rename(part, this.#file(sha256));
    await syncFolder(this.path);
    return ok({ received, complete: true });
  }

  #file(sha256: string): string {
    return join(this.path, sha256);
  }

  #part(sha256: string): string {
    return join(this.path, `${sha256}.part`);
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

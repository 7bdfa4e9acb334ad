import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { OwnData } from '../contracts/effect.ts';
import type { OwnDataIndex } from '../contracts/policy.ts';
import { err, ok, type Result } from '../contracts/result.ts';

/** Where the file of an index lies. */
export type IndexPath = (index: OwnDataIndex) => string;

/** Larger ones are refused: 10 million rows take a tenth of it. */
const MOST_BYTES = 2 * 1024 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;
/** A file that was not there is looked for again after so long: an agent may fetch it any time. */
const RETRY_MILLIS = 5000;

type Loaded = Result<SharedArrayBuffer, string>;

interface Attempt {
  readonly loaded: Promise<Loaded>;
  readonly at: number;
  failed: boolean;
}

/**
 * The indexes of the policy in force, each read once, into memory that all inspection threads share. What is read is
 * what is used: its SHA-256 is taken from the bytes in memory, and a file exchanged later changes nothing.
 */
export class IndexFiles {
  readonly #path: IndexPath;
  #attempts = new Map<string, Attempt>();

  constructor(path: IndexPath) {
    this.#path = path;
  }

  /** The bytes of each index that is here, by SHA-256. Those of an earlier policy are let go. */
  async load({ indexes }: OwnData): Promise<ReadonlyMap<string, SharedArrayBuffer>> {
    const attempts = new Map(indexes.map((index) => [index.sha256, this.#attempt(index)]));
    this.#attempts = attempts;
    const files = new Map<string, SharedArrayBuffer>();
    for (const [sha256, { loaded }] of attempts) {
      const bytes = await loaded;
      if (bytes.ok) files.set(sha256, bytes.value);
    }
    return files;
  }

  #attempt(index: OwnDataIndex): Attempt {
    const known = this.#attempts.get(index.sha256);
    const now = performance.now();
    if (known !== undefined && (!known.failed || now - known.at < RETRY_MILLIS)) return known;
    const attempt: Attempt = { loaded: readIndex(this.#path(index), index.sha256), at: now, failed: false };
    void attempt.loaded.then(({ ok: here }) => (attempt.failed = !here));
    return attempt;
  }
}

/** Every index of a policy that cannot be used as it stands, with why, for a person. */
export async function indexProblems(
  { indexes }: OwnData,
  path: IndexPath,
): Promise<{ readonly index: OwnDataIndex; readonly problem: string }[]> {
  const problems: { index: OwnDataIndex; problem: string }[] = [];
  if (indexes.length === 0) return problems;
  const { openIndex } = await import('../core/detect/own-data/index.ts');
  for (const index of indexes) {
    const bytes = await readIndex(path(index), index.sha256);
    const usable = bytes.ok ? openIndex(index, new Uint8Array(bytes.value)) : bytes;
    if (!usable.ok) problems.push({ index, problem: usable.error });
  }
  return problems;
}

async function readIndex(path: string, sha256: string): Promise<Loaded> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > MOST_BYTES) return err('it is larger than 2 GiB');
    const shared = new SharedArrayBuffer(size);
    const bytes = new Uint8Array(shared);
    const hash = createHash('sha256');
    for (let at = 0; at < size;) {
      const piece = bytes.subarray(at, Math.min(size, at + PIECE));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return err('it ended while it was read');
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
    return hash.digest('hex') === sha256 ? ok(shared) : err('its SHA-256 is not the one the policy names');
  } catch {
    return err('it is not there, or cannot be read');
  }
}

import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FileOrigin } from '../../contracts/event.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { displayName } from '../../core/display-name.ts';
import { localReads, openAgain, type OpenFile, type ProcessFacts } from '../../platform/linux/fuse/index.ts';

/** Larger ones are compared by size alone: hashing a second time would hold up whoever waits. */
const MAX_COMPARED_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** A disk that takes longer goes without: whoever copied is waiting. */
const MAX_WAIT_MILLIS = 2000;

interface Candidate {
  readonly path: string;
  /** Null where it was too large to be read. */
  readonly sha256: string | null;
}

/**
 * Where the bytes of a copy came from: what its writer had open for reading, if that is the same content. What a program
 * has open is a hint; only equal content, or for large files equal size, makes it a source. docs/spec/guard.md.
 */
export class Origins {
  readonly #found = new Map<string, { readonly program: string | undefined; readonly candidates: Promise<Candidate[]> }>();

  /** Begins to look while the copy is inspected. */
  look(fileId: string, { program, reads }: ProcessFacts, bytes: number): void {
    this.#found.set(fileId, {
      program: program === null ? undefined : displayName(program),
      candidates: candidatesAmong(reads, bytes),
    });
  }

  /** The outcome with what is known of the writer. Ends what `look` began. */
  async completed(fileId: string, outcome: EnforcementOutcome): Promise<EnforcementOutcome> {
    const found = this.#found.get(fileId);
    this.#found.delete(fileId);
    if (found === undefined || !outcome.done) return outcome;
    const { program } = found;
    const candidates = await Promise.race([found.candidates, delay(MAX_WAIT_MILLIS, [], { ref: false })]);
    const source = sourceAmong(candidates, outcome.sha256);
    if (program === undefined && source === undefined) return outcome;
    return { ...outcome, origin: { ...(program === undefined ? {} : { program }), ...(source === undefined ? {} : { source }) } };
  }

  forget(fileId: string): void {
    this.#found.delete(fileId);
  }
}

function sourceAmong(candidates: readonly Candidate[], sha256: string | undefined): FileOrigin['source'] {
  const same = candidates.find((each) => each.sha256 !== null && each.sha256 === sha256);
  if (same !== undefined) return { path: same.path, basis: 'same-content' };
  // Two of one size would be a guess.
  const [large, ...others] = candidates.filter((each) => each.sha256 === null || sha256 === undefined);
  return large === undefined || others.length > 0 ? undefined : { path: large.path, basis: 'same-size' };
}

async function candidatesAmong(reads: readonly OpenFile[], bytes: number): Promise<Candidate[]> {
  if (bytes === 0) return [];
  const compared = await Promise.all((await localReads(reads)).map((read) => candidate(read, bytes)));
  return compared.filter((each) => each !== null);
}

/** Null for what is not a file of this size. */
async function candidate(read: OpenFile, bytes: number): Promise<Candidate | null> {
  try {
    const file = await openAgain(read);
    if (file === null) return null;
    try {
      const stats = await file.stat();
      if (stats.size !== bytes) return null;
      if (bytes > MAX_COMPARED_BYTES) return { path: displayName(read.path), sha256: null };
      const hash = createHash('sha256');
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, bytes));
      for (let at = 0; at < bytes;) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
        if (bytesRead === 0) return null;
        hash.update(chunk.subarray(0, bytesRead));
        at += bytesRead;
      }
      return { path: displayName(read.path), sha256: hash.digest('hex') };
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

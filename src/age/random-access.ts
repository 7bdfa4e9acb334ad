import { createHash, type KeyObject } from 'node:crypto';
import { CHUNK_BYTES, openChunks, SEALED_CHUNK_BYTES, TAG_BYTES } from './chunks.ts';
import { MAX_HEAD_BYTES, openHead } from './file-head.ts';
import { parseHeader } from './header.ts';
import { NONCE_BYTES } from './key-schedule.ts';

/** Reads up to `target.length` bytes of the age file at `position`; gives how many. Synchronous: for a thread of its own. */
export type ReadAt = (target: Uint8Array, position: number) => number;

/** What the start of an age file tells of the whole. */
export interface AgeHead {
  /** Header and nonce. */
  readonly bytes: number;
  /** SHA-256 of the header in hex: every header is made once, so this names the file. */
  readonly headerSha256: string;
  /** Of the payload; null when none of the identities opens it. */
  readonly key: KeyObject | null;
}

/** Most headers, with a handful of recipients, fit in this. */
const FIRST_READ_BYTES = 2048;

/** Null when it is no age v1 file. */
export function readAgeHead(readAt: ReadAt, identities: readonly string[]): AgeHead | null {
  for (const length of [FIRST_READ_BYTES, MAX_HEAD_BYTES]) {
    const start = Buffer.allocUnsafe(length);
    const filled = readAt(start, 0);
    const head = headIn(start.subarray(0, filled), identities);
    if (head !== null || filled < length) return head;
  }
  return null;
}

function headIn(start: Buffer, identities: readonly string[]): AgeHead | null {
  const header = parseHeader(start);
  if (!header.ok || start.length < header.value.length + NONCE_BYTES) return null;
  const opened = identities.length === 0 ? null : openHead(start, identities);
  const headerSha256 = createHash('sha256').update(start.subarray(0, header.value.length)).digest('hex');
  return { bytes: header.value.length + NONCE_BYTES, headerSha256, key: opened?.ok === true ? opened.value.key : null };
}

/** Size of what is inside an age file of `fileBytes`, whose head takes `headBytes`. */
export function plaintextBytes(fileBytes: number, headBytes: number): number {
  const sealed = Math.max(0, fileBytes - headBytes);
  return Math.max(0, sealed - Math.ceil(sealed / SEALED_CHUNK_BYTES) * TAG_BYTES);
}

/** Reads plaintext of one age file anywhere, chunk by chunk; keeps the last chunk, for readers that take small steps. */
export class AgeReader {
  readonly #readAt: ReadAt;
  readonly #key: KeyObject;
  readonly #headBytes: number;
  readonly #chunks: number;
  readonly #sealed = Buffer.allocUnsafeSlow(SEALED_CHUNK_BYTES);
  readonly #plain = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #kept = -1;
  #keptBytes = 0;

  constructor(readAt: ReadAt, fileBytes: number, head: { readonly bytes: number; readonly key: KeyObject }) {
    this.#readAt = readAt;
    this.#key = head.key;
    this.#headBytes = head.bytes;
    this.#chunks = Math.max(1, Math.ceil((fileBytes - head.bytes) / SEALED_CHUNK_BYTES));
  }

  /**
   * Gives how many bytes were read, fewer at the end of the file and before a chunk that is not authentic; null when the
   * first chunk asked for is not.
   */
  read(target: Uint8Array, position: number): number | null {
    let done = 0;
    while (done < target.length) {
      const at = position + done;
      const index = Math.floor(at / CHUNK_BYTES);
      if (index >= this.#chunks) break;
      if (!this.#open(index)) return done === 0 ? null : done;
      const from = at - index * CHUNK_BYTES;
      if (from >= this.#keptBytes) break;
      const part = this.#plain.subarray(from, Math.min(this.#keptBytes, from + target.length - done));
      target.set(part, done);
      done += part.length;
    }
    return done;
  }

  #open(index: number): boolean {
    if (this.#kept === index) return true;
    this.#kept = -1;
    const length = this.#readAt(this.#sealed, this.#headBytes + index * SEALED_CHUNK_BYTES);
    const run = { key: this.#key, first: index, last: index === this.#chunks - 1 };
    const opened = openChunks(run, this.#sealed.subarray(0, length), this.#plain);
    if (opened === null) return false;
    this.#kept = index;
    this.#keptBytes = opened;
    return true;
  }
}

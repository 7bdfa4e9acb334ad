import { LimitReached, type Budget } from './budget.ts';
import { bufferSource, chunksOf, type ByteSource } from './byte-source.ts';

/** What the type is read from. */
export const HEAD_BYTES = 65_536;

/** One file or member: its beginning at once, the rest once, as a stream or as a whole. */
export interface Content {
  readonly head: Uint8Array;
  /** All bytes from the beginning. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** For formats that are read from their end or at random. May hold the whole member in memory. */
  random(): Promise<ByteSource>;
  /** Where the end can be seen before the beginning has been read. */
  readonly source?: ByteSource;
}

export function contentOfSource(source: ByteSource): Content {
  const head = source.read(0, HEAD_BYTES);
  return {
    head,
    // Not read again: what is searched is what the type was told from, too.
    *chunks() {
      if (head.length > 0) yield head;
      yield* chunksOf(source, head.length);
    },
    random: () => Promise.resolve(source),
    source,
  };
}

/** A member that comes as a stream; `random` collects it, within the memory limit. */
export async function contentOfStream(stream: AsyncIterable<Uint8Array>, budget: Budget): Promise<Content> {
  const iterator = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  /** Damage near the beginning is told after what stands before it has been read. */
  let damage: { readonly error: unknown } | undefined;
  try {
    while (length < HEAD_BYTES) {
      const next = await iterator.next();
      if (next.done === true) break;
      first.push(next.value);
      length += next.value.length;
    }
  } catch (error) {
    if (error instanceof LimitReached || length === 0) throw error;
    damage = { error };
  }
  const start = Buffer.concat(first);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield start;
      if (damage !== undefined) throw damage.error;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: start.subarray(0, HEAD_BYTES), chunks, random: async () => bufferSource(await collect(chunks(), budget)) };
}

export async function collect(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, budget: Budget): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    budget.checkTime();
    length += chunk.length;
    if (length > budget.limits.maxMemoryBytes) throw new LimitReached('too-large', false);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

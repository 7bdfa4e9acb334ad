import { displayName } from '../../core/display-name.ts';
import { chunksOf, type ByteSource } from '../byte-source.ts';
import { detectEncoding } from '../text-encoding.ts';

/** One member of an archive that is read by its headers, in order. */
export interface ArchiveMember {
  readonly name: string;
  readonly encrypted: boolean;
  /** Its bytes, expanded; absent where its way of packing is not undone. Taken before the next member is asked for. */
  readonly open?: () => Iterable<Uint8Array>;
  readonly packedBytes: number;
}

/** Names of archives say no encoding: it is told by the bytes. */
export function shownName(raw: Buffer): string {
  const encoding = detectEncoding(raw);
  return displayName(encoding === null || encoding === 'utf-8' ? raw : new TextDecoder(encoding).decode(raw)).slice(0, 1024);
}

export function* packedBytes(source: ByteSource, from: number, to: number): Generator<Uint8Array> {
  yield* chunksOf(source, from, to);
  if (to > source.size) throw new TypeError('an archive that ends within a member');
}

/** Passes on what comes, and throws at the end unless `sum` over it is what was written. */
export function* checked(
  chunks: Iterable<Uint8Array>,
  sum: (bytes: Uint8Array, before: number) => number,
  written: number,
): Generator<Uint8Array> {
  let before = 0;
  for (const chunk of chunks) {
    before = sum(chunk, before);
    yield chunk;
  }
  if (before !== written) throw new TypeError('a member with another checksum');
}

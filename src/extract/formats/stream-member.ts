import { displayName } from '../../core/display-name.ts';
import type { ByteReader } from '../byte-reader.ts';
import { contentOfStream } from '../content.ts';
import type { Level } from '../extraction.ts';
import { detectEncoding } from '../text-encoding.ts';

/** Extracts the member that stands at the reader's next `size` bytes, and moves behind it. */
export async function extractStreamMember(level: Level, reader: ByteReader, name: string, size: number): Promise<void> {
  let read = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of reader.take(size - read)) {
      read += chunk.length;
      yield chunk;
    }
    if (read < size) throw new TypeError('the archive ends within a member');
  }
  await level.inner(name, () => contentOfStream(bytes(), level.extraction.budget));
  // Whatever the member's own format left unread.
  await reader.skip(size - read);
}

/** Names are bytes; what they look like decides, as in zips. */
export function memberName(raw: Buffer): string {
  const encoding = detectEncoding(raw);
  const text = encoding === null || encoding === 'utf-8' ? displayName(raw) : displayName(new TextDecoder(encoding).decode(raw));
  return text.slice(0, 1024);
}

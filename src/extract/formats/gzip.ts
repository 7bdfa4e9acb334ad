import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { contentOfStream, type Content } from '../content.ts';
import type { Level } from '../extraction.ts';

/** gzip (RFC 1952): one member, by its own true type. */
export async function extractGzip(level: Level, content: Content): Promise<void> {
  const { budget } = level.extraction;
  budget.countEntry();
  async function* expanded(): AsyncGenerator<Uint8Array> {
    let packed = 0;
    let total = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of content.chunks()) {
        packed += chunk.length;
        yield chunk;
      }
    }
    const input = Readable.from(counted());
    const gunzip = createGunzip({ chunkSize: 65_536 });
    input.on('error', (error) => gunzip.destroy(error));
    try {
      for await (const chunk of input.pipe(gunzip) as AsyncIterable<Uint8Array>) {
        total += chunk.length;
        budget.countExpanded(chunk.length, total, packed);
        yield chunk;
      }
    } finally {
      input.destroy();
      gunzip.destroy();
    }
  }
  await level.inner('content', () => contentOfStream(expanded(), budget));
}

import { Readable, type Duplex } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Budget } from '../budget.ts';
import { contentOfStream, type Content } from '../content.ts';
import type { Level } from '../extraction.ts';
import { bunzip2 } from './bzip2.ts';
import { expandXz } from './xz.ts';

type Chunks = AsyncIterable<Uint8Array>;

export type Compression = 'gzip' | 'bzip2' | 'zstd' | 'xz';

const CHUNK = 65_536;

const EXPANDERS: Readonly<Record<Compression, (packed: Chunks, budget: Budget) => Chunks>> = {
  gzip: (packed) => throughStream(packed, createGunzip({ chunkSize: CHUNK })),
  bzip2: bunzip2,
  zstd: (packed) => throughStream(packed, createZstdDecompress({ chunkSize: CHUNK })),
  xz: expandXz,
};

/** gzip (RFC 1952), bzip2, zstd (RFC 8878) and xz: one member, by its own true type. */
export async function extractCompressed(level: Level, content: Content, compression: Compression): Promise<void> {
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
    for await (const chunk of EXPANDERS[compression](counted(), budget)) {
      total += chunk.length;
      budget.countExpanded(chunk.length, total, packed);
      yield chunk;
    }
  }
  await level.inner('content', () => contentOfStream(expanded(), budget));
}

async function* throughStream(packed: Chunks, expander: Duplex): AsyncGenerator<Uint8Array> {
  const input = Readable.from(packed);
  input.on('error', (error) => expander.destroy(error));
  try {
    yield* input.pipe(expander) as Chunks;
  } finally {
    input.destroy();
    expander.destroy();
  }
}

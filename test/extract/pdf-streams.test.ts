import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withQuickStreams } from '../../src/extract/formats/pdf-streams.ts';

const TEXT = Buffer.from('住所,電話\n'.repeat(20_000));

/** As pdf.js does it. */
async function expand(bytes: Uint8Array<ArrayBuffer>, format: 'deflate'): Promise<Buffer> {
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  await writer.ready;
  const written = async () => {
    await writer.write(bytes);
    await writer.ready;
    await writer.close();
  };
  void written().catch(() => {});
  const pieces: Uint8Array[] = [];
  for await (const piece of readable) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('streams of pdf.js', () => {
  it('are expanded as the platform does it', async () => {
    const packed = new Uint8Array(deflateSync(TEXT));
    expect(await expand(packed, 'deflate')).toEqual(TEXT);
    expect(await withQuickStreams(TEXT.length, () => expand(packed, 'deflate'))).toEqual(TEXT);
  });

  it.each([
    ['cut off', new Uint8Array(deflateSync(TEXT)).slice(0, -20)],
    ['no such stream', new Uint8Array(TEXT)],
  ])('fail when they are %s, as on the platform', async (_, bytes) => {
    await expect(expand(bytes, 'deflate')).rejects.toThrow(Error);
    await expect(withQuickStreams(TEXT.length, () => expand(bytes, 'deflate'))).rejects.toThrow(Error);
  });

  it('fail when they grow beyond the limit', async () => {
    const packed = new Uint8Array(deflateSync(TEXT));
    await expect(withQuickStreams(TEXT.length - 1, () => expand(packed, 'deflate'))).rejects.toThrow(RangeError);
  });

  it('hand text over as it is, in a message of its own, and copy all else', async () => {
    const item = { str: '山田' };
    const message = { stream: 1, chunk: { items: [item], styles: {} } };
    const other = { stream: 1, chunk: { fields: [item] } };
    await withQuickStreams(TEXT.length, () => {
      const given = structuredClone(message);
      expect(given).toEqual(message);
      expect(given.chunk).not.toBe(message.chunk);
      expect(given.chunk.items[0]).toBe(item);
      expect(structuredClone(other)).toEqual(other);
      expect(structuredClone(other).chunk.fields[0]).not.toBe(item);
      return Promise.resolve();
    });
  });

  it('give the platform back, whatever happens', async () => {
    const { DecompressionStream: stream, structuredClone: clone } = globalThis;
    await expect(withQuickStreams(1, () => Promise.reject(new TypeError('damage')))).rejects.toThrow('damage');
    expect(globalThis.DecompressionStream).toBe(stream);
    expect(globalThis.structuredClone).toBe(clone);
  });

  it('give the platform back behind the last of several', async () => {
    const { DecompressionStream: stream, structuredClone: clone } = globalThis;
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const works = [withQuickStreams(1, () => first.promise), withQuickStreams(1, () => second.promise)];
    first.resolve();
    await works[0];
    expect(globalThis.structuredClone).not.toBe(clone);
    second.resolve();
    await works[1];
    expect(globalThis.DecompressionStream).toBe(stream);
    expect(globalThis.structuredClone).toBe(clone);
  });
});

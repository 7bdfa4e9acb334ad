// oxlint-disable no-control-regex -- telling text from binary is about control characters
import { detectEncoding, type TextEncoding } from './text-encoding.ts';

const ONLY_ASCII = /^[\0-\x1a\x1c-\x7f]*$/;

/**
 * Text of byte chunks. The encoding is settled at the first chunk that is not plain ASCII, so a log that turns Japanese
 * after a megabyte is still read rightly. Bytes that are no text come out as printable strings, a line each.
 */
export async function* decodedText(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let decode: ((chunk: Uint8Array, last: boolean) => string) | undefined;
  for await (const chunk of chunks) {
    if (decode === undefined) {
      const ascii = asAscii(chunk);
      if (ascii !== undefined) {
        yield ascii;
        continue;
      }
      decode = decoderFor(detectEncoding(chunk));
    }
    const text = decode(chunk, false);
    if (text !== '') yield text;
  }
  const rest = decode?.(new Uint8Array(), true) ?? '';
  if (rest !== '') yield rest;
}

function asAscii(chunk: Uint8Array): string | undefined {
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
  return ONLY_ASCII.test(text) && !text.includes('\0') ? text : undefined;
}

function decoderFor(encoding: TextEncoding | null): (chunk: Uint8Array, last: boolean) => string {
  const decoder = new TextDecoder(encoding ?? 'utf-8');
  if (encoding !== null) return (chunk, last) => decoder.decode(chunk, { stream: !last });
  return (chunk, last) => decoder.decode(chunk, { stream: !last }).replace(/[\0-\x1f\x7f\ufffd]+/g, '\n');
}

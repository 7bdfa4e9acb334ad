// oxlint-disable no-control-regex -- telling text from binary is about control characters
import { isAscii } from 'node:buffer';
import type { ByteEncoding } from '../core/detect/index.ts';
import { detectEncoding, type TextEncoding } from './text-encoding.ts';

const ESCAPE = 0x1b;

/** A piece of a text file: as bytes where detection takes the encoding as it is, else decoded. */
export type TextPiece = { readonly bytes: Uint8Array; readonly encoding: ByteEncoding } | { readonly text: string };

/**
 * Text of byte chunks. The encoding is settled at the first chunk that is not plain ASCII, so a log that turns Japanese
 * after a megabyte is still read rightly. A piece may end in the middle of a character when it comes as bytes.
 */
export async function* textPieces(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<TextPiece> {
  let encoding: ByteEncoding | undefined;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const bytes of chunks) {
    if (encoding === undefined && decoder === undefined) {
      if (isPlain(bytes)) {
        yield { bytes, encoding: 'utf-8' };
        continue;
      }
      const detected = detectEncoding(bytes);
      encoding = byteEncoding(detected);
      if (encoding === undefined) decoder = new TextDecoder(detected ?? 'utf-8');
    }
    if (encoding !== undefined) yield { bytes, encoding };
    else yield { text: decoder?.decode(bytes, { stream: true }) ?? '' };
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield { text: rest };
}

/** The same, all of it decoded. Bytes that are no text come out as printable strings, a line each. */
export async function* decodedText(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let decoding: ByteEncoding | undefined;
  const printable = (text: string): string => (decoding === 'binary' ? text.replace(/[\0-\x1f\x7f\ufffd]+/g, '\n') : text);
  for await (const piece of textPieces(chunks)) {
    if ('text' in piece) {
      if (piece.text !== '') yield piece.text;
      continue;
    }
    if (piece.encoding !== decoding) {
      decoding = piece.encoding;
      decoder = new TextDecoder(decoding === 'binary' ? 'utf-8' : decoding);
    }
    const text = printable(decoder?.decode(piece.bytes, { stream: true }) ?? '');
    if (text !== '') yield text;
  }
  const rest = printable(decoder?.decode() ?? '');
  if (rest !== '') yield rest;
}

/** ASCII without what hides other encodings or binary in it. */
function isPlain(bytes: Uint8Array): boolean {
  return isAscii(bytes) && !bytes.includes(ESCAPE) && !bytes.includes(0);
}

function byteEncoding(detected: TextEncoding | null): ByteEncoding | undefined {
  if (detected === null) return 'binary';
  return detected === 'utf-8' || detected === 'shift_jis' || detected === 'windows-1252' ? detected : undefined;
}

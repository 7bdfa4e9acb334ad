/** Enough for a declaration with an encoding. */
const DECLARATION_BYTES = 128;

/** XML bytes in UTF-8: the encoding is that of the mark or the declaration at their beginning, else UTF-8 (XML 1.0, appendix F). */
export async function* xmlUtf8(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | 'none' | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    decoder ??= decoderFor(chunk);
    if (decoder === 'none') yield chunk;
    else yield Buffer.from(decoder.decode(chunk, { stream: true }));
  }
  if (decoder !== undefined && decoder !== 'none') yield Buffer.from(decoder.decode());
}

function decoderFor(first: Uint8Array): InstanceType<typeof TextDecoder> | 'none' {
  const [a, b] = first;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return new TextDecoder('utf-16le');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return new TextDecoder('utf-16be');
  const start = Buffer.from(first.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const declared = /^<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1];
  // What is declared as UTF-16 and begins like ASCII is not UTF-16.
  if (declared === undefined || /^utf-?(?:8$|16)/i.test(declared)) return 'none';
  try {
    const decoder = new TextDecoder(declared);
    return decoder.encoding === 'utf-8' ? 'none' : decoder;
  } catch {
    return 'none';
  }
}

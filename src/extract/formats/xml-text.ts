/** Enough for a declaration with an encoding. */
const DECLARATION_BYTES = 128;

/** Text of XML bytes: the encoding is that of the mark or the declaration at their beginning, else UTF-8 (XML 1.0, appendix F). */
export async function* xmlText(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    decoder ??= decoderFor(chunk);
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield rest;
}

function decoderFor(first: Uint8Array): InstanceType<typeof TextDecoder> {
  const [a, b] = first;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return new TextDecoder('utf-16le');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return new TextDecoder('utf-16be');
  const start = Buffer.from(first.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const declared = /^<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(start)?.[1];
  try {
    // What is declared as UTF-16 and begins like ASCII is not UTF-16.
    return new TextDecoder(declared === undefined || /^utf-16/i.test(declared) ? 'utf-8' : declared);
  } catch {
    return new TextDecoder();
  }
}

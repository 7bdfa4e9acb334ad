/** Encodings besides UTF-8 whose bytes the scanner knows. Files in any other are decoded first. */
const DOUBLE_BYTE = ['shift_jis'] as const;

type Encoder = ReadonlyMap<string, readonly number[]>;
const encoders = new Map<string, Encoder>();

/**
 * The bytes of a text in each encoding that can write it, each once, if it has at least `least`:
 * a fingerprint has four. `lossy` leaves out what an encoding cannot write.
 */
export function encodings(word: string, lossy = false, least = 4): Uint8Array[] {
  const all: Uint8Array[] = [new TextEncoder().encode(word)];
  if (/[^\0-\x7f]/.test(word)) {
    for (const name of DOUBLE_BYTE) {
      const bytes = encode(word, name, lossy);
      if (bytes !== undefined) all.push(bytes);
    }
  }
  return all.filter(({ length }) => length >= least);
}

function encode(word: string, name: string, lossy: boolean): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of word) {
    const pair = character <= '\x7f' ? [character.charCodeAt(0)] : encoder(name).get(character);
    if (pair !== undefined) bytes.push(...pair);
    else if (!lossy) return undefined;
  }
  return Uint8Array.from(bytes);
}

/** The platform only decodes: every byte and pair of bytes is decoded once and read backwards. */
function encoder(name: string): Encoder {
  const known = encoders.get(name);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(name);
  const pairs = new Map<string, readonly number[]>();
  for (let byte = 0xa1; byte <= 0xdf; byte++) pairs.set(decoder.decode(Uint8Array.of(byte)), [byte]);
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length === 1 && text !== '\ufffd' && !pairs.has(text)) pairs.set(text, [lead, trail]);
    }
  }
  encoders.set(name, pairs);
  return pairs;
}

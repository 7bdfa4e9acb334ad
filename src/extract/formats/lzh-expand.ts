import { PackedBits, PrefixCode } from '../packed-bits.ts';

/** By the method's last letter: bits of the window, and what the lengths of codes of distances are written with. */
const METHODS = {
  4: { window: 12, distances: 14, width: 4 },
  5: { window: 13, distances: 14, width: 4 },
  6: { window: 15, distances: 16, width: 5 },
  7: { window: 16, distances: 17, width: 5 },
} as const;

export type LzhMethod = keyof typeof METHODS;

const LITERALS = 256;
const SHORTEST_MATCH = 3;
const SYMBOLS = 510;
const LENGTH_CODES = 19;
const PIECE = 65_536;

/**
 * Expands -lh4- to -lh7- (H. Yoshizaki's LHA and H. Okumura's ar002; "LHA header document" of LHa for UNIX): a window of
 * spaces, and in each block codes of its own. Throws on damage, after what stands before it.
 */
export function* expandLzh(packed: Iterable<Uint8Array>, method: LzhMethod, size: number): Generator<Uint8Array> {
  const { window, distances, width } = METHODS[method];
  const input = new PackedBits(packed);
  const dictionary = new Uint8Array(1 << window).fill(0x20);
  const mask = dictionary.length - 1;
  let [position, inBlock] = [0, 0];
  let [symbols, offsets]: [Code, Code] = [constant(0), constant(0)];
  let [matchLeft, from] = [0, 0];
  for (let left = size; left > 0;) {
    const piece = new Uint8Array(Math.min(left, PIECE));
    for (let at = 0; at < piece.length;) {
      let byte: number;
      if (matchLeft > 0) {
        matchLeft--;
        byte = dictionary[from++ & mask] ?? 0;
      } else {
        if (inBlock-- === 0) {
          if (input.spent) throw new TypeError('an lzh member that ends too early');
          inBlock = (input.take(16) || 65_536) - 1;
          const lengths = readLengths(input, LENGTH_CODES, 5, 3);
          symbols = readSymbols(input, lengths);
          offsets = readLengths(input, distances, width, -1);
        }
        const symbol = symbols.next(input);
        if (symbol >= LITERALS) {
          const bits = offsets.next(input);
          const distance = bits === 0 ? 1 : (1 << (bits - 1)) + input.take(bits - 1) + 1;
          matchLeft = symbol - LITERALS + SHORTEST_MATCH;
          from = position - distance;
          continue;
        }
        byte = symbol;
      }
      dictionary[position++ & mask] = byte;
      piece[at++] = byte;
    }
    left -= piece.length;
    yield piece;
    if (input.spent) throw new TypeError('an lzh member that ends too early');
  }
}

interface Code {
  next(input: PackedBits): number;
}

const constant = (symbol: number): Code => ({ next: () => symbol });

/** Codes of distances, or of the lengths of other codes, where after the third comes a count of unused ones. */
function readLengths(input: PackedBits, most: number, width: number, gapAt: number): Code {
  const count = input.take(width);
  if (count === 0) return constant(input.take(width));
  if (count > most) throw new TypeError('more lzh codes than there can be');
  const lengths = new Uint8Array(most + 3);
  for (let index = 0; index < count;) {
    let length = input.take(3);
    if (length === 7) while (input.take(1) === 1 && length < 17) length++;
    lengths[index++] = length;
    if (index === gapAt) index += input.take(2);
  }
  return new PrefixCode(lengths);
}

function readSymbols(input: PackedBits, codes: Code): Code {
  const count = input.take(9);
  if (count === 0) return constant(input.take(9));
  if (count > SYMBOLS) throw new TypeError('more lzh codes than there can be');
  const lengths = new Uint8Array(SYMBOLS);
  for (let index = 0; index < count;) {
    const code = codes.next(input);
    if (code > 2) lengths[index++] = code - 2;
    else index += code === 0 ? 1 : code === 1 ? input.take(4) + 3 : input.take(9) + 20;
  }
  return new PrefixCode(lengths);
}

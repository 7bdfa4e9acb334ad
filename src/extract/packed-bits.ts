/** Bits of packed bytes that come in chunks, the highest first. Past the end there are zeros; `spent` tells how far one went. */
export class PackedBits {
  readonly #chunks: Iterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #held = 0;
  #count = 0;
  #beyond = 0;
  #read = 0;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  /** More was taken than there is. */
  get spent(): boolean {
    return this.#beyond * 8 > this.#count;
  }

  /** Bits taken so far. */
  get taken(): number {
    return this.#read * 8 - this.#count;
  }

  /** The next bits, at most 16, without taking them. */
  peek(count: number): number {
    while (this.#count < count) {
      this.#held = ((this.#held & 0xffff) << 8) | this.#byte();
      this.#count += 8;
    }
    return (this.#held >>> (this.#count - count)) & ((1 << count) - 1);
  }

  /** Takes bits that were peeked at. */
  drop(count: number): void {
    this.#count -= count;
  }

  /** At most 32 bits, as a number of no sign. */
  take(count: number): number {
    if (count > 16) return this.take(count - 16) * 65_536 + this.take(16);
    const bits = this.peek(count);
    this.#count -= count;
    return bits;
  }

  align(): void {
    this.#count -= this.#count % 8;
  }

  #byte(): number {
    this.#read++;
    while (this.#at >= this.#bytes.length) {
      const next = this.#chunks.next();
      if (next.done === true) {
        this.#beyond++;
        return 0;
      }
      this.#bytes = next.value;
      this.#at = 0;
    }
    return this.#bytes[this.#at++] ?? 0;
  }
}

const LONGEST = 16;
const QUICK = 9;

/** A canonical Huffman code of at most 16 bits: shorter codes first, and in the order of their symbols. Throws on lengths that give none. */
export class PrefixCode {
  /** By the first bits of what comes: symbol and length, or 0 where the code is longer. */
  readonly #quick = new Uint16Array(1 << QUICK);
  readonly #limits = new Uint32Array(LONGEST + 1);
  readonly #offsets = new Int32Array(LONGEST + 1);
  readonly #symbols: Uint16Array;

  constructor(lengths: Uint8Array) {
    const counts = new Uint16Array(LONGEST + 1);
    for (const length of lengths) {
      if (length > LONGEST) throw new TypeError('a code that is too long');
      counts[length] = (counts[length] ?? 0) + 1;
    }
    counts[0] = 0;
    this.#symbols = new Uint16Array(lengths.length);
    const next = new Uint16Array(LONGEST + 1);
    let [code, symbols] = [0, 0];
    for (let length = 1; length <= LONGEST; length++) {
      const count = counts[length] ?? 0;
      code <<= 1;
      next[length] = symbols;
      this.#offsets[length] = symbols - code;
      symbols += count;
      code += count;
      if (code > 1 << length) throw new TypeError('more codes than there can be');
      this.#limits[length] = code << (LONGEST - length);
    }
    for (const [symbol, length] of lengths.entries()) {
      if (length === 0) continue;
      const place = next[length] ?? 0;
      next[length] = place + 1;
      this.#symbols[place] = symbol;
      if (length > QUICK) continue;
      const first = (place - (this.#offsets[length] ?? 0)) << (QUICK - length);
      this.#quick.fill((symbol << 4) | length, first, first + (1 << (QUICK - length)));
    }
  }

  next(input: PackedBits): number {
    const bits = input.peek(LONGEST);
    const entry = this.#quick[bits >>> (LONGEST - QUICK)] ?? 0;
    if (entry !== 0) {
      input.drop(entry & 0xf);
      return entry >>> 4;
    }
    for (let length = QUICK + 1; length <= LONGEST; length++) {
      if (bits >= (this.#limits[length] ?? 0)) continue;
      input.drop(length);
      return this.#symbols[(bits >>> (LONGEST - length)) + (this.#offsets[length] ?? 0)] ?? 0;
    }
    throw new TypeError('no such code');
  }
}

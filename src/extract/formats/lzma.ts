/**
 * LZMA, after the specification by I. Pavlov (lzma-specification.txt, LZMA SDK): a range coder over literals and matches
 * in a sliding dictionary. Input comes from `more`, output in pieces of any length. Throws on damage.
 */
export class LzmaDecoder {
  readonly #dictionary: Uint8Array;
  readonly #more: () => Uint8Array;
  #input: Uint8Array = new Uint8Array();
  #at = 0;
  /** In the dictionary: where the next byte goes, and how many there are. */
  #position = 0;
  #filled = 0;
  /** All bytes since the dictionary was reset, modulo 2^32: their low bits choose probabilities. */
  #total = 0;
  #range = 0;
  #code = 0;
  #lc = 0;
  #lpMask = 0;
  #pbMask = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  /** Of a match that did not fit in the last piece. */
  #matchLeft = 0;
  #literals = new Uint16Array();
  readonly #probabilities = new Uint16Array(PROBABILITIES);

  /** `more` gives the next bytes of input, none at its end. `dictionaryBytes` is what may be referred back to. */
  constructor(dictionaryBytes: number, more: () => Uint8Array) {
    this.#dictionary = new Uint8Array(Math.max(4096, dictionaryBytes));
    this.#more = more;
  }

  /** The byte of properties: literal context, literal position and position bits. */
  setProperties(byte: number): void {
    if (byte >= 225) throw new TypeError('lzma properties that are none');
    this.#lc = byte % 9;
    const rest = Math.floor(byte / 9);
    this.#lpMask = (1 << (rest % 5)) - 1;
    this.#pbMask = (1 << Math.floor(rest / 5)) - 1;
    this.#literals = new Uint16Array(0x300 << (this.#lc + (rest % 5)));
    this.resetState();
  }

  resetState(): void {
    this.#literals.fill(HALF);
    this.#probabilities.fill(HALF);
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
    this.#matchLeft = 0;
  }

  resetDictionary(): void {
    this.#position = this.#filled = this.#total = 0;
  }

  /** Begins a coded run: five bytes of input. */
  startRange(): void {
    if (this.#next() !== 0) throw new TypeError('an lzma stream that begins with another byte than zero');
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let byte = 0; byte < 4; byte++) this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  /** Leaves the rest of the input that it holds. */
  dropInput(): void {
    this.#at = this.#input.length;
  }

  /** Bytes that stand in the input as they are. */
  copy(length: number): Uint8Array {
    const copied = new Uint8Array(length);
    for (let index = 0; index < length; index++) this.#put((copied[index] = this.#next()));
    return copied;
  }

  /** The next `length` bytes; fewer only at an end marker. */
  decode(length: number): Uint8Array {
    const decoded = new Uint8Array(length);
    const dictionary = this.#dictionary;
    const probabilities = this.#probabilities;
    let written = 0;
    while (written < length) {
      if (this.#matchLeft > 0) {
        let from = this.#position - this.#rep0 - 1;
        if (from < 0) from += dictionary.length;
        const count = Math.min(this.#matchLeft, length - written);
        this.#matchLeft -= count;
        for (let index = 0; index < count; index++) {
          const byte = dictionary[from] ?? 0;
          if (++from === dictionary.length) from = 0;
          decoded[written++] = byte;
          this.#put(byte);
        }
        continue;
      }
      const positionState = this.#total & this.#pbMask;
      if (this.#bit(probabilities, IS_MATCH + (this.#state << 4) + positionState) === 0) {
        const byte = this.#literal();
        decoded[written++] = byte;
        this.#put(byte);
        continue;
      }
      const matched = this.#match(positionState);
      if (matched < 0) return decoded.subarray(0, written);
      if (this.#rep0 >= this.#filled) throw new TypeError('an lzma match before the beginning');
      this.#matchLeft = matched;
    }
    return decoded;
  }

  #put(byte: number): void {
    this.#dictionary[this.#position] = byte;
    if (++this.#position === this.#dictionary.length) this.#position = 0;
    if (this.#filled < this.#dictionary.length) this.#filled++;
    this.#total = (this.#total + 1) >>> 0;
  }

  #literal(): number {
    const before =
      this.#filled === 0 ? 0 : (this.#dictionary[this.#position === 0 ? this.#dictionary.length - 1 : this.#position - 1] ?? 0);
    const context = ((this.#total & this.#lpMask) << this.#lc) + (before >> (8 - this.#lc));
    const base = 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let from = this.#position - this.#rep0 - 1;
      if (from < 0) from += this.#dictionary.length;
      let matchByte = this.#dictionary[from] ?? 0;
      do {
        const matchBit = (matchByte >> 7) & 1;
        matchByte <<= 1;
        const bit = this.#bit(this.#literals, base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, base + symbol);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
    return symbol & 0xff;
  }

  /** The length of a match, with its distance in `rep0`; -1 for the end marker. */
  #match(positionState: number): number {
    const probabilities = this.#probabilities;
    const state = this.#state;
    if (this.#bit(probabilities, IS_REP + state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      this.#state = state < 7 ? 7 : 10;
      const length = this.#length(MATCH_LENGTH, positionState);
      this.#rep0 = this.#distance(length);
      return this.#rep0 === 0xffffffff ? -1 : length + 2;
    }
    if (this.#filled === 0) throw new TypeError('an lzma match before the beginning');
    if (this.#bit(probabilities, IS_REP0 + state) === 0) {
      if (this.#bit(probabilities, IS_REP0_LONG + (state << 4) + positionState) === 0) {
        this.#state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance = this.#rep1;
      if (this.#bit(probabilities, IS_REP1 + state) !== 0) {
        distance = this.#rep2;
        if (this.#bit(probabilities, IS_REP2 + state) !== 0) {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    this.#state = state < 7 ? 8 : 11;
    return this.#length(REP_LENGTH, positionState) + 2;
  }

  #length(base: number, positionState: number): number {
    const probabilities = this.#probabilities;
    if (this.#bit(probabilities, base) === 0) return this.#tree(base + 2 + (positionState << 3), 3);
    if (this.#bit(probabilities, base + 1) === 0) return 8 + this.#tree(base + 130 + (positionState << 3), 3);
    return 16 + this.#tree(base + 258, 8);
  }

  #distance(length: number): number {
    const slot = this.#tree(POSITION_SLOT + (Math.min(length, 3) << 6), 6);
    if (slot < 4) return slot;
    const direct = (slot >> 1) - 1;
    let distance = ((2 | (slot & 1)) << direct) >>> 0;
    if (slot < 14) return distance + this.#reverseTree(POSITION_SPECIAL + distance - slot, direct);
    let bits = 0;
    for (let count = direct - 4; count > 0; count--) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      this.#normalise();
      bits = bits * 2 + bit;
    }
    distance += bits * 16;
    return distance + this.#reverseTree(POSITION_ALIGN, 4);
  }

  #tree(base: number, bits: number): number {
    let symbol = 1;
    for (let bit = 0; bit < bits; bit++) symbol = (symbol << 1) | this.#bit(this.#probabilities, base + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(base: number, bits: number): number {
    let [symbol, value] = [1, 0];
    for (let index = 0; index < bits; index++) {
      const bit = this.#bit(this.#probabilities, base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << index;
    }
    return value;
  }

  #bit(probabilities: Uint16Array, index: number): number {
    const probability = probabilities[index] ?? HALF;
    const bound = (this.#range >>> 11) * probability;
    let bit = 0;
    if (this.#code < bound) {
      this.#range = bound;
      probabilities[index] = probability + ((2048 - probability) >> 5);
    } else {
      this.#code -= bound;
      this.#range -= bound;
      probabilities[index] = probability - (probability >> 5);
      bit = 1;
    }
    this.#normalise();
    return bit;
  }

  #normalise(): void {
    if (this.#range >= 0x1000000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  #next(): number {
    if (this.#at === this.#input.length) {
      this.#input = this.#more();
      this.#at = 0;
      if (this.#input.length === 0) throw new TypeError('an lzma stream that ends too early');
    }
    return this.#input[this.#at++] ?? 0;
  }
}

const HALF = 1024;
/** Where each kind of probability stands in one array. */
const IS_MATCH = 0;
const IS_REP = 192;
const IS_REP0 = 204;
const IS_REP1 = 216;
const IS_REP2 = 228;
const IS_REP0_LONG = 240;
const POSITION_SLOT = 432;
const POSITION_SPECIAL = 688;
const POSITION_ALIGN = 816;
const MATCH_LENGTH = 832;
const REP_LENGTH = MATCH_LENGTH + 514;
const PROBABILITIES = REP_LENGTH + 514;

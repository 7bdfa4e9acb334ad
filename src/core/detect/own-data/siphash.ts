/** A message is packed here, 32 bits each, lowest first; longer ones are cut (contract of the callers: they never are). */
const MOST_WORDS = 2048;

/**
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012), 64 bits, computed in halves of
 * 32. Without the 128-bit key its values say nothing about the input. Test vectors: appendix A of the paper.
 */
export class SipHash {
  /** Halves of the last hash. */
  low = 0;
  high = 0;
  readonly #key: Uint32Array;
  readonly #words = new Uint32Array(MOST_WORDS + 2);

  /** `key`: 16 bytes. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.#key = Uint32Array.from([0, 4, 8, 12], (offset) => view.getUint32(offset, true));
  }

  /** Hashes UTF-16 units, two bytes each, lowest first, behind a unit that keeps the caller's domains apart. */
  text(domain: number, text: string, start = 0, end = text.length): void {
    const words = this.#words;
    const units = Math.min(end - start, MOST_WORDS * 2 - 2) + 1;
    let word = domain;
    for (let index = 1; index < units; index++) {
      const unit = text.charCodeAt(start + index - 1);
      if ((index & 1) === 1) words[index >> 1] = word | (unit << 16);
      else word = unit;
    }
    if ((units & 1) === 1) words[units >> 1] = word;
    this.#hash(units * 2);
  }

  /** Hashes plain bytes. */
  bytes(input: Uint8Array): void {
    const length = Math.min(input.length, MOST_WORDS * 4);
    this.#words.fill(0, 0, (length >> 2) + 1);
    for (let index = 0; index < length; index++) {
      this.#words[index >> 2] = (this.#words[index >> 2] ?? 0) | ((input[index] ?? 0) << ((index & 3) * 8));
    }
    this.#hash(length);
  }

  /** Hashes the first `length` bytes of the packed words. */
  #hash(length: number): void {
    const words = this.#words;
    // What is left over is filled with zeros, its last byte with the length.
    const full = length >>> 3;
    const over = length & 7;
    if (over === 0) words[full * 2] = 0;
    else if (over < 4) words[full * 2] = (words[full * 2] ?? 0) & ((1 << (over * 8)) - 1);
    words[full * 2 + 1] = (over > 4 ? (words[full * 2 + 1] ?? 0) & ((1 << ((over - 4) * 8)) - 1) : 0) | ((length & 0xff) << 24);
    const k0 = this.#key[0] ?? 0;
    const k1 = this.#key[1] ?? 0;
    const k2 = this.#key[2] ?? 0;
    const k3 = this.#key[3] ?? 0;
    // v0 to v3 of the paper, `a` the low and `b` the high half.
    let a0 = k0 ^ 0x7073_6575;
    let b0 = k1 ^ 0x736f_6d65;
    let a1 = k2 ^ 0x6e64_6f6d;
    let b1 = k3 ^ 0x646f_7261;
    let a2 = k0 ^ 0x6e65_7261;
    let b2 = k1 ^ 0x6c79_6765;
    let a3 = k2 ^ 0x7974_6573;
    let b3 = k3 ^ 0x7465_6462;
    for (let block = 0; block <= full + 2; block++) {
      // Two rounds for each block, then four with nothing mixed in.
      const mixed = block <= full;
      const low = mixed ? (words[block * 2] ?? 0) : 0;
      const high = mixed ? (words[block * 2 + 1] ?? 0) : 0;
      if (block === full + 1) a2 ^= 0xff;
      a3 ^= low;
      b3 ^= high;
      for (let round = 0; round < 2; round++) {
        let sum = (a0 >>> 0) + (a1 >>> 0);
        b0 = (b0 + b1 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
        a0 = sum | 0;
        let turned = (a1 << 13) | (b1 >>> 19);
        b1 = (b1 << 13) | (a1 >>> 19);
        a1 = turned ^ a0;
        b1 ^= b0;
        turned = a0;
        a0 = b0;
        b0 = turned;
        sum = (a2 >>> 0) + (a3 >>> 0);
        b2 = (b2 + b3 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
        a2 = sum | 0;
        turned = (a3 << 16) | (b3 >>> 16);
        b3 = (b3 << 16) | (a3 >>> 16);
        a3 = turned ^ a2;
        b3 ^= b2;
        sum = (a0 >>> 0) + (a3 >>> 0);
        b0 = (b0 + b3 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
        a0 = sum | 0;
        turned = (a3 << 21) | (b3 >>> 11);
        b3 = (b3 << 21) | (a3 >>> 11);
        a3 = turned ^ a0;
        b3 ^= b0;
        sum = (a2 >>> 0) + (a1 >>> 0);
        b2 = (b2 + b1 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
        a2 = sum | 0;
        turned = (a1 << 17) | (b1 >>> 15);
        b1 = (b1 << 17) | (a1 >>> 15);
        a1 = turned ^ a2;
        b1 ^= b2;
        turned = a2;
        a2 = b2;
        b2 = turned;
      }
      a0 ^= low;
      b0 ^= high;
    }
    this.low = (a0 ^ a1 ^ a2 ^ a3) >>> 0;
    this.high = (b0 ^ b1 ^ b2 ^ b3) >>> 0;
  }
}

/** 16 bytes from the 32 hex digits of a key, or null. */
export function keyFromHex(hex: string): Uint8Array | null {
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

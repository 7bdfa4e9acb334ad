/** Bits of a stream, the highest first. `fill` gathers what the next block may need, so that reading bits needs no waiting. */
export class BitInput {
  readonly #packed: AsyncIterator<Uint8Array>;
  readonly #longestBlock: number;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #held = 0;
  #count = 0;
  #ended = false;

  constructor(packed: AsyncIterable<Uint8Array>, longestBlock: number) {
    this.#longestBlock = longestBlock;
    this.#packed = packed[Symbol.asyncIterator]();
  }

  get atEnd(): boolean {
    return this.#ended && this.#at >= this.#bytes.length;
  }

  async fill(): Promise<void> {
    const pieces = [this.#bytes.subarray(this.#at)];
    let length = this.#bytes.length - this.#at;
    if (this.#ended || length >= this.#longestBlock) return;
    while (length < 2 * this.#longestBlock) {
      const next = await this.#packed.next();
      this.#ended = next.done === true;
      if (next.done === true) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    this.#bytes = Buffer.concat(pieces);
    this.#at = 0;
  }

  bits(count: number): number {
    while (this.#count < count) {
      if (this.#at >= this.#bytes.length) throw new TypeError('the stream ends within a block');
      this.#held = (this.#held << 8) | (this.#bytes[this.#at++] ?? 0);
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#held >>> this.#count) & ((1 << count) - 1);
  }

  align(): void {
    this.#count = 0;
  }
}

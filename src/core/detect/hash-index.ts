const FEWEST_SLOTS = 16;
const EMPTY = 0;
/** Smaller tables grow fourfold, larger ones twofold. */
const MANY_SLOTS = 65_536;

/**
 * Hashes of `hashOf`, numbered from 0 in the order they came. Takes twelve bytes for a slot, at most half of which are
 * taken: strings kept in a `Set` cost several times as much and keep the text that they were cut from.
 */
export class HashIndex {
  #hashes = new Float64Array(FEWEST_SLOTS);
  #numbers = new Int32Array(FEWEST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a hash, which is added if it is new. */
  add(hash: number): number {
    const slot = slotOf(this.#hashes, hash);
    if (this.#hashes[slot] === hash) return this.#numbers[slot] ?? 0;
    const number = this.#size++;
    this.#hashes[slot] = hash;
    this.#numbers[slot] = number;
    if (this.#size * 2 > this.#hashes.length) this.#grow();
    return number;
  }

  has(hash: number): boolean {
    return this.#hashes[slotOf(this.#hashes, hash)] === hash;
  }

  /** In no order that means anything. */
  *[Symbol.iterator](): Generator<number> {
    for (const hash of this.#hashes) if (hash !== EMPTY) yield hash;
  }

  #grow(): void {
    const [hashes, numbers] = [this.#hashes, this.#numbers];
    const slots = hashes.length * (hashes.length < MANY_SLOTS ? 4 : 2);
    this.#hashes = new Float64Array(slots);
    this.#numbers = new Int32Array(slots);
    for (let old = 0; old < hashes.length; old++) {
      const hash = hashes[old] ?? EMPTY;
      if (hash === EMPTY) continue;
      const slot = slotOf(this.#hashes, hash);
      this.#hashes[slot] = hash;
      this.#numbers[slot] = numbers[old] ?? 0;
    }
  }
}

/** Where a hash is, or the empty slot where it belongs. */
function slotOf(hashes: Float64Array, hash: number): number {
  const mask = hashes.length - 1;
  let slot = hash & mask;
  for (let found = hashes[slot]; found !== hash && found !== EMPTY; found = hashes[slot]) slot = (slot + 1) & mask;
  return slot;
}

export interface CanaryHit {
  /** Which of the canaries, counted from 0: the text itself goes into no report. */
  readonly canary: number;
  readonly offset: number;
  readonly encoding: 'utf-8' | 'utf-16le';
}

const SHORTEST_BYTES = 4;
const MAX_HITS = 10_000;

/** Looks for known texts in a stream of pieces that follow each other, over their borders too. */
export class CanarySearch {
  readonly #needles: { readonly canary: number; readonly encoding: CanaryHit['encoding']; readonly bytes: Buffer }[];
  readonly #overlap: number;
  readonly #hits = new Map<string, CanaryHit>();
  #tail = Buffer.alloc(0);

  /** @throws RangeError for a canary so short that it would be found by chance. */
  constructor(canaries: readonly string[]) {
    this.#needles = canaries.flatMap((text, canary) => {
      const bytes = Buffer.from(text, 'utf8');
      if (bytes.length < SHORTEST_BYTES) throw new RangeError(`canary ${canary} is shorter than ${SHORTEST_BYTES} bytes`);
      return [
        { canary, encoding: 'utf-8' as const, bytes },
        { canary, encoding: 'utf-16le' as const, bytes: Buffer.from(text, 'utf16le') },
      ];
    });
    this.#overlap = Math.max(0, ...this.#needles.map(({ bytes }) => bytes.length - 1));
  }

  take(piece: Buffer, offset: number): void {
    if (this.#needles.length === 0) return;
    const bytes = Buffer.concat([this.#tail, piece]);
    const start = offset - this.#tail.length;
    for (const { canary, encoding, bytes: needle } of this.#needles) {
      for (let at = bytes.indexOf(needle); at >= 0 && this.#hits.size < MAX_HITS; at = bytes.indexOf(needle, at + 1)) {
        this.#hits.set(`${canary} ${encoding} ${start + at}`, { canary, offset: start + at, encoding });
      }
    }
    this.#tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#overlap)));
  }

  hits(): CanaryHit[] {
    return [...this.#hits.values()].toSorted((a, b) => a.offset - b.offset);
  }
}

import type { Finding, Place } from '../../../../contracts/finding.ts';
import type { Companion } from '../../companion.ts';
import type { FingerprintParts } from './index-format.ts';
import { LETTERS_A_PRINT, Winnower } from './winnow.ts';

export interface FingerprintTerms {
  readonly id: string;
  /** Part of a passage that makes it count. */
  readonly share: number;
  /** Or so many of its letters, estimated. */
  readonly sharedLength: number;
}

/** Few prints prove nothing: a phrase is not a passage. */
const FEWEST_PRINTS = 4;
const MOST_SHOWN = 5;
const BUCKET_SHIFT = 16;

interface Seen {
  readonly prints: Set<number>;
  readonly place: Place;
}

/** Looks for passages of known documents in other files. */
export class Fingerprints {
  readonly #parts: FingerprintParts;
  readonly #terms: FingerprintTerms;
  /** Where the prints with each upper half begin. */
  readonly #buckets = new Uint32Array(2 ** (32 - BUCKET_SHIFT) + 1);

  constructor(parts: FingerprintParts, terms: FingerprintTerms) {
    this.#parts = parts;
    this.#terms = terms;
    for (const print of parts.prints) this.#buckets[(print >>> BUCKET_SHIFT) + 1] = (this.#buckets[(print >>> BUCKET_SHIFT) + 1] ?? 0) + 1;
    for (let bucket = 1; bucket < this.#buckets.length; bucket++) {
      this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + (this.#buckets[bucket - 1] ?? 0);
    }
  }

  companion(): Companion {
    const seen = new Map<number, Seen>();
    let at: Place = {};
    const winnower = new Winnower((print) => {
      const index = this.#indexOf(print);
      if (index < 0) return;
      const passage = this.#parts.passages[index] ?? 0;
      const known = seen.get(passage);
      if (known === undefined) seen.set(passage, { prints: new Set([index]), place: at });
      else known.prints.add(index);
    });
    return {
      addText(text, place) {
        at = place;
        winnower.add(text);
      },
      addRow(cells, place) {
        at = place;
        for (const cell of cells) winnower.add(cell);
      },
      endRegion: () => winnower.end(),
      finish: () => {
        winnower.end();
        return { findings: this.#findings(seen) };
      },
    };
  }

  #indexOf(print: number): number {
    const bucket = print >>> BUCKET_SHIFT;
    const { prints } = this.#parts;
    const end = this.#buckets[bucket + 1] ?? 0;
    for (let index = this.#buckets[bucket] ?? 0; index < end; index++) if (prints[index] === print) return index;
    return -1;
  }

  #findings(seen: ReadonlyMap<number, Seen>): Finding[] {
    const { header, documents, sizes } = this.#parts;
    const found = [...seen]
      .map(([passage, { prints, place }]) => ({
        passage,
        place,
        shared: prints.size,
        size: sizes[passage] ?? 0,
        document: documents[passage] ?? 0,
      }))
      .filter(({ shared, size }) => this.#counts(shared, size))
      .toSorted((a, b) => a.passage - b.passage);
    if (found.length === 0) return [];
    const passagesOf = new Map<number, { passages: number; shared: number; size: number }>();
    for (const { document, shared, size } of found) {
      const sum = passagesOf.get(document) ?? { passages: 0, shared: 0, size: 0 };
      passagesOf.set(document, { passages: sum.passages + 1, shared: sum.shared + shared, size: sum.size + size });
    }
    const samples = [...passagesOf].map(([document, { passages, shared, size }]) => {
      const name = Array.from(header.documents[document] ?? '')
        .slice(0, 40)
        .join('');
      return `${name} (${passages}, ${Math.round((100 * shared) / size)} %)`.slice(0, 64);
    });
    return [
      {
        detector: `custom.${this.#terms.id}`,
        confidence: 'high',
        count: found.length,
        distinct: found.length,
        samples: samples.slice(0, MOST_SHOWN),
        where: found.slice(0, MOST_SHOWN).map(({ place }) => place),
        reasons: ['fingerprint'],
      },
    ];
  }

  #counts(shared: number, size: number): boolean {
    if (shared < Math.min(FEWEST_PRINTS, size)) return false;
    return shared >= size * this.#terms.share || shared * LETTERS_A_PRINT >= this.#terms.sharedLength;
  }
}

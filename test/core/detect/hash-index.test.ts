import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashIndex } from '../../../src/core/detect/hash-index.ts';
import { hashOf } from '../../../src/core/detect/value-hash.ts';

describe('an index of hashes', () => {
  it('numbers what a Map numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }))), (hashes) => {
        const index = new HashIndex();
        const known = new Map<number, number>();
        for (const hash of hashes) {
          expect(index.has(hash)).toBe(known.has(hash));
          if (!known.has(hash)) known.set(hash, known.size);
          expect(index.add(hash)).toBe(known.get(hash));
        }
        expect(index.size).toBe(known.size);
        expect(new Set(index)).toEqual(new Set(known.keys()));
      }),
    );
  });
});

describe('the hash of a text', () => {
  it('is a whole number above 0 of at most 53 bits', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, behind) => {
        const hash = hashOf(text, hashOf(behind));
        expect(Number.isSafeInteger(hash) && hash > 0).toBe(true);
      }),
    );
  });

  it('tells texts apart, and what they stand behind', () => {
    const words = Array.from({ length: 300 }, (_, word) => `0${word}`);
    const hashes = new Set(words.flatMap((first) => words.map((second) => hashOf(second, hashOf(first)))));
    expect(hashes.size).toBe(words.length ** 2);
    expect(hashes.has(hashOf('01'))).toBe(false);
  });

  it('spreads likely values over all its bits', () => {
    const ones = Array.from({ length: 53 }, () => 0);
    const texts = 20_000;
    for (let text = 0; text < texts; text++) {
      let rest = hashOf(`090-0000-${text}`);
      for (let bit = 0; bit < ones.length; bit++) {
        ones[bit] = (ones[bit] ?? 0) + (rest % 2);
        rest = Math.floor(rest / 2);
      }
    }
    for (const count of ones) expect(Math.abs(count / texts - 0.5)).toBeLessThan(0.02);
  });
});

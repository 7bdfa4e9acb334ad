import { createSecretKey, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, openChunks, sealChunks, SEALED_CHUNK_BYTES } from '../../src/age/chunks.ts';

const key = createSecretKey(randomBytes(32));

function seal(plaintext: Uint8Array, first = 0, last = true): Buffer {
  const target = Buffer.alloc(plaintext.length + 16 * (Math.ceil(plaintext.length / CHUNK_BYTES) + 1));
  return target.subarray(0, sealChunks({ key, first, last }, plaintext, target));
}

function open(sealed: Uint8Array, first = 0, last = true): Buffer | null {
  const target = Buffer.alloc(sealed.length);
  const length = openChunks({ key, first, last }, sealed, target);
  return length === null ? null : target.subarray(0, length);
}

/** Sizes close to a multiple of a chunk, where framing goes wrong if anywhere. */
const size = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }))
  .map(([chunks, more]) => Math.max(0, chunks * CHUNK_BYTES + more));

describe('chunks', () => {
  it('come back, however the payload is cut into runs', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 3 }), (bytes, chunksPerRun) => {
        const plaintext = randomBytes(bytes);
        const whole = seal(plaintext);
        const runs: Buffer[] = [];
        const step = chunksPerRun * CHUNK_BYTES;
        for (let at = 0; at === 0 || at < bytes; at += step)
          runs.push(seal(plaintext.subarray(at, at + step), at / CHUNK_BYTES, at + step >= bytes));
        expect(Buffer.concat(runs).equals(whole)).toBe(true);
        expect(open(whole)?.equals(plaintext)).toBe(true);
        expect(whole.length).toBe(bytes + 16 * Math.max(1, Math.ceil(bytes / CHUNK_BYTES)));
      }),
    );
  });

  it('do not open with any bit changed', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.integer({ min: 0, max: 7 }), (bytes, place, bit) => {
        const sealed = seal(randomBytes(bytes));
        const at = place % sealed.length;
        sealed.writeUInt8((sealed[at] ?? 0) ^ (1 << bit), at);
        expect(open(sealed)).toBeNull();
      }),
    );
  });

  it('do not open cut off anywhere', () => {
    fc.assert(
      fc.property(size, fc.nat(), (bytes, place) => {
        const sealed = seal(randomBytes(bytes));
        expect(open(sealed.subarray(0, place % sealed.length))).toBeNull();
      }),
    );
  });

  it('count on in numbers beyond 32 bits', () => {
    const plaintext = randomBytes(2 * CHUNK_BYTES);
    const sealed = seal(plaintext, 2 ** 32 - 1);
    expect(open(sealed, 2 ** 32 - 1)?.equals(plaintext)).toBe(true);
    expect(open(sealed, 2 ** 32)).toBeNull();
    expect(open(sealed.subarray(SEALED_CHUNK_BYTES), 2 ** 32)?.equals(plaintext.subarray(CHUNK_BYTES))).toBe(true);
    expect(open(sealed.subarray(SEALED_CHUNK_BYTES), 0)).toBeNull();
  });

  it('do not pass for the last, or for one before the last', () => {
    const middle = seal(randomBytes(CHUNK_BYTES), 0, false);
    expect(open(middle, 0, true)).toBeNull();
    expect(open(middle, 0, false)).toHaveLength(CHUNK_BYTES);
    expect(open(seal(randomBytes(CHUNK_BYTES)), 0, false)).toBeNull();
  });

  it('are empty only alone', () => {
    expect(open(seal(new Uint8Array(0)))).toHaveLength(0);
    expect(open(seal(new Uint8Array(0), 1), 1)).toBeNull();
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { countLineFeeds } from '../../../src/core/detect/line-feeds.ts';

test('as many as a look at each byte finds, from anywhere to anywhere', () => {
  const byte = fc.oneof(fc.constant(0x0a), fc.constantFrom(0x00, 0x0b, 0x8a, 0xff), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 3000 }), fc.nat(7), fc.nat(3000), fc.nat(3000), (bytes, shift, a, b) => {
      const all = new Uint8Array(shift + bytes.length);
      all.set(bytes, shift);
      const view = all.subarray(shift);
      const [from, to] = [Math.min(a, b, view.length), Math.min(Math.max(a, b), view.length)];
      expect(countLineFeeds(view, from, to)).toBe(view.subarray(from, to).filter((each) => each === 0x0a).length);
    }),
  );
});

test('also where its sums are full', () => {
  expect(countLineFeeds(new Uint8Array(100_003).fill(0x0a))).toBe(100_003);
});

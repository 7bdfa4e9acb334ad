import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decode, Passage } from '../../../src/core/detect/passage.ts';
import type { ByteEncoding } from '../../../src/core/detect/segment.ts';

/** Characters that fold to none, to one or to several, alone and with those beside them. */
const unit = fc.constantFrom('a', '1', 'ー', '市', 'カ', 'ﾊ', 'ﾟ', '㈱', '\u200b', '\u3099', '\n', '\n', '\r\n', '𠮷');
const text = fc.array(unit, { minLength: 200, maxLength: 2000 }).map((units) => units.join(''));

it.each(['utf-8', 'shift_jis', 'windows-1252', 'binary'] as const)(
  'tells the character at any place in %s, asked in any order',
  (encoding: ByteEncoding) => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), (written, places) => {
        const bytes = new TextEncoder().encode(written);
        const source = { offset: 0, end: bytes.length, region: 0, place: {}, content: { bytes, encoding }, row: undefined };
        const passage = new Passage(bytes, 0, [source]);
        for (const place of places) {
          const at = place % (bytes.length + 1);
          expect(passage.characterAt(at)).toBe(decode(bytes.subarray(0, at), encoding).length);
        }
      }),
      { numRuns: 50 },
    );
  },
);

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment } from '../../src/core/detect/index.ts';
import { extractDelimited } from '../../src/extract/formats/delimited.ts';
import { Budget } from '../../src/extract/budget.ts';
import { Extraction } from '../../src/extract/extraction.ts';
import { LIMITS } from './extract-bytes.ts';

/** The rows of a table whose text comes in these pieces. */
async function rowsOf(...pieces: readonly string[]): Promise<readonly (readonly [line: number | undefined, cells: readonly string[]])[]> {
  const segments: Segment[] = [];
  const extraction = new Extraction(new Budget(LIMITS, () => 0), (segment) => segments.push(segment));
  const refuse = (): never => {
    throw new Error('a table holds no members');
  };
  const level = { extraction, part: undefined, depth: 0, inner: refuse, enter: refuse };
  const chunks = pieces.map((piece) => Buffer.from(piece));
  await extractDelimited(level, { head: new Uint8Array(), chunks: () => chunks, random: refuse }, ',');
  return segments.map((segment) => [segment.place.line, segment.kind === 'row' ? segment.cells : []]);
}

describe('rows of a delimited table', () => {
  it('are the same however their text is cut, with any quotes and ends of line in it', async () => {
    const part = fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', 'a', 'bc', ' ', '山田', 'é', 'x'.repeat(5000));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
        const text = parts.join('');
        // A piece of a single character is never a whole row with an end.
        expect(await rowsOf(text)).toEqual(await rowsOf(...Array.from(text)));
      }),
      { numRuns: 500 },
    );
  });

  it('are numbered by the lines they begin on', async () => {
    expect(await rowsOf('a,b\n"c\nd",e\r\nf,g\n', '\n"h,",i\n')).toEqual([
      [1, ['a', 'b']],
      [2, ['c\nd', 'e']],
      [4, ['f', 'g']],
      [5, ['']],
      [6, ['h,', 'i']],
    ]);
  });
});

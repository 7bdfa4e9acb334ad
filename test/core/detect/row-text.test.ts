import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowWriter } from '../../../src/core/detect/row-text.ts';

const unit = fc.oneof(
  fc.integer({ min: 0x0a, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('a', '市', '𠮷', '\ud842', '\udfb7', '\u07ff', '\u0800'),
);
const cells = fc.array(fc.string({ unit }));
const columns = { table: 1, roles: undefined, types: undefined, isHeading: false };

describe('the text of a row', () => {
  it('is written as TextEncoder writes it, each row behind the other', () => {
    fc.assert(
      fc.property(fc.array(cells), (rows) => {
        const writer = new RowWriter();
        const written = rows.map((row) => writer.write(row, columns));
        for (const [index, row] of rows.entries()) {
          const text = `${row.map((cell) => `${cell}\t`).join('')}\n`;
          const { encoded, length, cellOffsets } = written[index] ?? {};
          expect(encoded).toEqual(new TextEncoder().encode(text));
          expect(written[index]?.text).toBe(text.toWellFormed());
          expect(length).toBe(text.length - 1);
          expect(cellOffsets).toEqual(
            row.map((_, cell) => row.slice(0, cell).reduce((sum, { length: characters }) => sum + characters + 1, 0)),
          );
        }
      }),
    );
  });

  it('may be of any length', () => {
    const writer = new RowWriter();
    const long = '東'.repeat(100_000);
    const rows = [['a'], [long], ['b']].map((row) => writer.write(row, columns));
    expect(rows.map(({ text }) => text)).toEqual(['a\t\n', `${long}\t\n`, 'b\t\n']);
  });
});

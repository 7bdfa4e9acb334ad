import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRow, RowText } from '../../../src/core/detect/row-text.ts';

const unit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('a', '市', '𠮷', '\ud842', '\udfb7', '\u07ff', '\u0800'),
);
const cells = fc.array(fc.string({ unit }));

describe('the text of a row', () => {
  it('is written as TextEncoder writes it', () => {
    fc.assert(
      fc.property(cells, (row) => {
        const { text } = new RowText(row);
        const bytes = new Uint8Array(text.length * 3);
        expect(bytes.slice(0, encodeRow(row, bytes))).toEqual(new TextEncoder().encode(text));
      }),
    );
  });

  it('has a tab behind each cell and ends its line', () => {
    expect(new RowText(['氏名', '', 'x']).text).toBe('氏名\t\tx\t\n');
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelimitedRow, DelimitedText, type Segment } from '../../../src/core/detect/index.ts';
import { DelimitedWriter } from '../../../src/core/detect/delimited-writer.ts';
import { detectSegments } from './detect-text.ts';

/** Rows as their file has them, and as their cells. */
function segmentsOf(lines: readonly string[], delimiter = ','): readonly [written: Segment[], read: Segment[]] {
  const piece = new DelimitedText(`${lines.join('\n')}\n`, delimiter);
  let from = 0;
  const written = lines.map((text, index) => {
    const row = new DelimitedRow(1, { line: index + 1 }, { piece, from, to: from + text.length });
    from += text.length + 1;
    return row;
  });
  return [written, written.map(({ kind, table, cells, place }) => ({ kind, table, cells, place }))];
}

const CELLS = [
  '',
  ' ',
  'item',
  '12',
  '2026-11-22',
  '1,5',
  '"a',
  'a"b',
  '5.50',
  '0120',
  '1234567',
  'shipped',
  '氏名',
  '電話番号',
  '品名',
  '注文番号',
  '山田太郎',
  '佐藤花子様',
  '東京都千代田区丸の内1-2-3',
  '090-1234-5678',
  '０９０',
  '４５３９１４８８０３４３６４６７',
  'ｶﾅ',
  '𠮷田',
  'taro@kaisha.co.jp',
  '4539148803436467',
  '4539148803436468',
  '123456789018',
  '123456789012',
  ' 1234-5678-9018',
  '10.1.2.3',
  '社外秘',
  '@',
  'a@',
  '1@2',
  'password: hQ7!vx2Lp',
  'マイナンバー',
  'Größe',
  'tab\there',
  '2026-11-22 10:00:00',
  '10000',
  '5835678256246',
];
const cell = fc.constantFrom(...CELLS);
const quoted = cell.map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
const lines = fc.array(
  fc
    .array(fc.oneof(quoted, cell, fc.constant('"in quotes, and ""so""'), fc.constant('""')), { minLength: 1, maxLength: 6 })
    .map((cells) => {
      const line = cells.join(',');
      return line.split('"').length % 2 === 1 ? line : line.replaceAll('"', '');
    }),
  { maxLength: 60 },
);
/** Rows enough for their table to be understood, so that those behind are not looked at. */
const plainRows = Array.from({ length: 24 }, (_, index) => `${10_000 + index},2026-11-22,"item, ${index}",5.50,shipped`);

describe('rows as they are written', () => {
  it('give the findings that their cells give', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (rows, headed) => {
        const all = [...(headed ? ['注文番号,日付,品名,金額,状態'] : []), ...plainRows, ...rows, ...plainRows];
        const [written, read] = segmentsOf(all);
        expect(detectSegments(written)).toEqual(detectSegments(read));
      }),
      { numRuns: 300 },
    );
  });

  it('of a long table name the line and the count of each value', () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, n) => `${10_000 + n},2026-11-22,"item ${n % 97}",${n % 700 === 699 ? `u${n}@kaisha.co.jp` : n},x`,
    );
    const [written, read] = segmentsOf(rows);
    const detection = detectSegments(written);
    expect(detection).toEqual(detectSegments(read));
    expect(detection.findings.map(({ detector, count, where }) => [detector, count, where[0]])).toEqual([['email', 28, { line: 700 }]]);
  });

  it.each([',', '\t', ';', '|'])('have the cells that RFC 4180 gives them, with %j between', (delimiter) => {
    const line = ['a', '"b', 'b"', '""', '"c""d"', 'e"f', '', '"g"h'].join(delimiter);
    const [[row]] = segmentsOf([line], delimiter);
    expect(row?.kind === 'row' && row.cells).toEqual(['a', `b${delimiter}b`, '', 'c"d', 'e"f', '', 'gh']);
  });

  it('are written without a look at their cells only where those say nothing', () => {
    const writer = new DelimitedWriter();
    const bytes = new Uint8Array(1024);
    const write = (line: string): string | undefined => {
      const piece = new DelimitedText(`前\n${line}\r\n`, ',');
      const span = { piece, from: 2, to: 2 + line.length };
      return writer.write(span, bytes, 3) ? Buffer.from(bytes.subarray(3, writer.end)).toString() : undefined;
    };
    expect(write('12345,"a, ""b""",,品名')).toBe('12345\ta, "b"\t\t品名\t\n');
    expect(writer.length).toBe('12345\ta, "b"\t\t品名\t'.length);
    expect(write('a@b,c')).toBe('a@b\tc\t\n');
    expect(['氏名,電話', 'a@,b', '1234,a', '123456789012,a', '1234 5678 9012,a', '１２３４５,12345', 'a\tb,12345', ''].map(write)).toEqual(
      Array.from({ length: 8 }, () => undefined),
    );
  });
});

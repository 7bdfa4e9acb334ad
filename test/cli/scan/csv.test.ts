import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, csvRecord } from '../../../src/cli/scan/csv.ts';

/** RFC 4180 section 2, and nothing more lenient. */
function parseRecords(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          const end = text.indexOf('"', at);
          if (end === -1) throw new Error('a quoted cell without an end');
          cell += text.slice(at, end);
          at = end + 1;
          if (text[at] !== '"') break;
          cell += '"';
          at += 1;
        }
      } else {
        const end = text.slice(at).search(/[,\r]/);
        cell = text.slice(at, at + end);
        if (cell.includes('"') || cell.includes('\n')) throw new Error('a bare cell with what needs quotes');
        at += end;
      }
      record.push(cell);
      if (text[at] === ',') at += 1;
      else if (text.startsWith('\r\n', at)) break;
      else throw new Error(`unexpected ${text[at]}`);
    }
    at += 2;
    records.push(record);
  }
  return records;
}

const hostile = fc.string({
  unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', "'", ',', ';', ' ', 'a', '＝', '＠', '語', '|'),
  maxLength: 12,
});

describe('csvRecord', () => {
  it('gives back every value, but for the apostrophe before what would be computed', () => {
    fc.assert(
      fc.property(fc.array(fc.array(hostile, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }), (rows) => {
        const parsed = parseRecords(rows.map(csvRecord).join(''));
        expect(parsed.map((row) => row.length)).toEqual(rows.map((row) => row.length));
        for (const [index, row] of rows.entries()) {
          for (const [column, value] of row.entries()) {
            const cell = parsed[index]?.[column] ?? '';
            expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
            expect([value, `'${value}`]).toContain(cell);
          }
        }
      }),
    );
  });

  // OWASP "CSV Injection"; CVE-2014-3524 and the DDE form of MWR Labs.
  it.each([
    ['=1+1', '"\'=1+1"'],
    ["=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""],
    ['@SUM(1+9)*cmd', '"\'@SUM(1+9)*cmd"'],
    ['-2+3', '"\'-2+3"'],
    ['\t=1', '"\'\t=1"'],
    ['＝1', '"\'＝1"'],
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    [-3, '-3'],
  ])('writes %j as %s', (value, cell) => expect(csvCell(value)).toBe(cell));
});

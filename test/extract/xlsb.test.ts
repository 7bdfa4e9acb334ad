import { describe, expect, it } from 'vitest';
import { people } from '../fixtures/people.ts';
import { extractBytes, reasons, textOf } from './extract-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

/** A record of [MS-XLSB] 2.1.4. */
function record(type: number, ...fields: readonly Buffer[]): Buffer {
  const data = Buffer.concat(fields);
  const header = type < 0x80 ? [type] : [(type & 0x7f) | 0x80, type >> 7];
  const size = data.length < 0x80 ? [data.length] : [(data.length & 0x7f) | 0x80, data.length >> 7];
  return Buffer.concat([Buffer.from([...header, ...size]), data]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const wide = (text: string) => Buffer.concat([uint32(text.length), Buffer.from(text, 'utf16le')]);
const cell = (type: number, column: number, value: Buffer) => record(type, uint32(column), uint32(0), value);
const row = (index: number) => record(0, uint32(index), Buffer.alloc(13));
const LIST = people(3);
const STRINGS = ['氏名', '個人番号', ...LIST.map(({ name }) => name)];

function workbook(sheet: readonly Buffer[], more: Readonly<Record<string, Buffer>> = {}): Buffer {
  const parts = {
    '[Content_Types].xml': Buffer.from('<Types/>'),
    'xl/workbook.bin': record(156, uint32(1), uint32(1), wide('rId1'), wide('名簿')),
    'xl/_rels/workbook.bin.rels': Buffer.from('<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>'),
    'xl/sharedStrings.bin': Buffer.concat(STRINGS.map((text) => record(19, Buffer.from([0]), wide(text)))),
    'xl/worksheets/sheet1.bin': Buffer.concat(sheet),
    ...more,
  };
  return zipBytes(Object.entries(parts).map(([name, data]) => ({ name, data })));
}

describe('xlsb', () => {
  it('gives rows with their place: shared strings, strings, numbers of both kinds, results of formulas', async () => {
    const sheet = [row(0), cell(7, 0, uint32(0)), cell(7, 2, uint32(1))];
    for (const [index, { myNumber }] of LIST.entries())
      sheet.push(row(index + 4), cell(7, 0, uint32(index + 2)), cell(5, 2, double(Number(myNumber))));
    sheet.push(row(9), cell(2, 0, uint32((42 << 2) | 2)), cell(6, 1, wide('備考')), cell(8, 2, wide('結果')), cell(9, 3, double(0.5)));
    sheet.push(record(479, Buffer.alloc(2), wide('社外秘'), uint32(0xffffffff), wide('フッター')));
    const seen = await extractBytes(workbook(sheet));
    expect(seen).toMatchObject({ type: 'xlsb', unreadable: [], persons: { from: 3, to: 3 } });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')).toMatchObject({
      confidence: 'high',
      where: [
        { sheet: '名簿', line: 5, cell: 'C5' },
        { sheet: '名簿', line: 6 },
        { sheet: '名簿', line: 7 },
      ],
    });
    for (const text of ['42|備考|結果|0.5', '社外秘', 'フッター']) expect(textOf(seen)).toContain(text);
  });

  it('opens what else is in it', async () => {
    const seen = await extractBytes(workbook([], { 'xl/embeddings/memo.txt': Buffer.from('個人番号 123456789018') }));
    expect(seen.findings[0]?.where).toEqual([{ part: 'xl/embeddings/memo.txt', line: 1 }]);
  });

  it('says when a record ends too early, and keeps what stands before it', async () => {
    const seen = await extractBytes(
      workbook([row(0), cell(6, 0, wide('個人番号 123456789018')), record(6, Buffer.alloc(100)).subarray(0, 40)]),
    );
    expect(reasons(seen)).toEqual(['corrupt']);
    expect(seen.persons.to).toBe(1);
  });
});

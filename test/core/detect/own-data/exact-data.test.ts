import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnKind, columnValue } from '../../../../src/core/detect/own-data/exact-data/column-values.ts';
import { EdmBuilder, type BuilderColumn } from '../../../../src/core/detect/own-data/exact-data/edm-builder.ts';
import { EdmIndex } from '../../../../src/core/detect/own-data/exact-data/edm-index.ts';
import { ExactData } from '../../../../src/core/detect/own-data/exact-data/exact-data.ts';
import { parseEdm } from '../../../../src/core/detect/own-data/exact-data/index-format.ts';
import { SipHash } from '../../../../src/core/detect/own-data/siphash.ts';

const KEY = '000102030405060708090a0b0c0d0e0f';
const KEY_BYTES = Uint8Array.from({ length: 16 }, (_, index) => index);
const COLUMNS = [{ name: '会員番号' }, { name: '氏名' }, { name: '電話' }, { name: 'メール' }];
const ROWS = [
  ['10234567', '山田 太郎', '090-1234-5678', 'taro@example.jp'],
  ['10234568', '佐々木　花子', '０３（１２３４）５６７８', 'hanako@example.jp'],
  ['10234569', 'Smith, John', '+81 80-1111-2222', ''],
] as const;

function bytesOf(rows: readonly (readonly string[])[], columns: readonly BuilderColumn[] = COLUMNS): Uint8Array {
  const builder = new EdmBuilder(KEY_BYTES, columns);
  for (const row of rows) builder.add(row);
  return Uint8Array.from(builder.finish().parts.flatMap((part) => [...part]));
}

function opened(bytes: Uint8Array): EdmIndex {
  const index = EdmIndex.open(bytes, KEY);
  if (!index.ok) throw new Error(index.error);
  return index.value;
}

const index = opened(bytesOf(ROWS));

function inText(text: string, terms: { columns?: number; near?: number } = {}, of = index) {
  const companion = new ExactData(of, { id: 'customers', columns: 1, near: 200, ...terms }).companion();
  companion.addText(text, { line: 1 });
  return companion.finish();
}

describe('SipHash-2-4', () => {
  // Appendix A of the paper, and the reference implementation's vectors.h.
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
    [63, '958a324ceb064572'],
  ])('of %i bytes', (length, expected) => {
    const hash = new SipHash(KEY_BYTES);
    hash.bytes(Uint8Array.from({ length }, (_, at) => at));
    expect(hash.high.toString(16).padStart(8, '0') + hash.low.toString(16).padStart(8, '0')).toBe(expected);
  });

  it('takes text by its units, and keeps domains apart', () => {
    const byText = new SipHash(KEY_BYTES);
    const byBytes = new SipHash(KEY_BYTES);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(16), (text, domain) => {
        byText.text(domain, text);
        byBytes.bytes(
          new Uint8Array(Uint16Array.from([domain, ...Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))]).buffer),
        );
        expect([byText.low, byText.high]).toEqual([byBytes.low, byBytes.high]);
      }),
    );
  });
});

describe('values of columns', () => {
  it('have one spelling', () => {
    expect(columnValue('number', '+81 90-1234-5678')).toBe('09012345678');
    expect(columnValue('number', '090 (1234) 5678')).toBe('09012345678');
    expect(columnValue('email', ' Taro@Example.JP ')).toBe('taro@example.jp');
    expect(columnValue('code', 'A-1234/b')).toBe('a1234b');
    expect(columnValue('text', 'Smith, John')).toBe('smithjohn');
    expect(columnValue('number', '123')).toBe('');
  });

  it('tell the kind of their column', () => {
    expect(columnKind(['10234567', '', '1-2'])).toBe('number');
    expect(columnKind(['a@b.jp'])).toBe('email');
    expect(columnKind(['A-0001', 'B-0002'])).toBe('code');
    expect(columnKind(['山田 太郎', 'John Smith'])).toBe('text');
    expect(columnKind(['', ''])).toBe('text');
  });
});

describe('rows of a table in text', () => {
  it('are found by the primary value and one more of the same row nearby', () => {
    const { findings, persons } = inText('お客様番号 10234567 の山田太郎様\n別件 10234568（佐々木 花子）');
    expect(findings).toMatchObject([
      { detector: 'custom.customers', confidence: 'high', count: 2, distinct: 2, reasons: ['exact-data', 'same-row'] },
    ]);
    expect(findings[0]?.where).toEqual([{ line: 1 }, { line: 2 }]);
    expect(findings[0]?.samples.join()).not.toContain('23456');
    expect(persons).toEqual({ from: 2, to: 2 });
  });

  it('are found in other spellings', () => {
    expect(inText('1023-4567 09012345678').persons?.to).toBe(1);
    expect(inText('10234567 +81-90-1234-5678').persons?.to).toBe(1);
    expect(inText('10234569 08011112222').persons?.to).toBe(1);
    expect(inText('JOHN SMITH SMITH JOHN 10234569').persons?.to).toBe(1);
    expect(inText('<TARO@example.jp> 10234567.').persons?.to).toBe(1);
    expect(inText('10234567 山田\n太郎').persons?.to).toBe(1);
  });

  it('are not found by one value alone, nor by those of other rows, nor from afar', () => {
    expect(inText('10234567').findings).toEqual([]);
    expect(inText('10234567 佐々木花子').findings).toEqual([]);
    expect(inText('山田太郎 090-1234-5678').findings).toEqual([]);
    expect(inText(`10234567${'。'.repeat(300)}山田太郎`).findings).toEqual([]);
    expect(inText(`10234567${'。'.repeat(300)}山田太郎`, { near: 400 }).persons?.to).toBe(1);
    expect(inText('10234567 xtaro@example.jp', { columns: 1 }).findings).toEqual([]);
    expect(inText('10234569 BlackSmith John').findings).toEqual([]);
  });

  it('need as many columns as asked; none makes them medium', () => {
    expect(inText('10234567 山田太郎', { columns: 2 }).findings).toEqual([]);
    expect(inText('10234567 山田太郎 090-1234-5678', { columns: 2 }).persons?.to).toBe(1);
    expect(inText('10234567', { columns: 0 }).findings).toMatchObject([{ confidence: 'medium', reasons: ['exact-data'] }]);
  });

  it('are counted once each in a text of many windows, cut anywhere', () => {
    const line = `${'本日の議事録です。'.repeat(100)}10234567 山田太郎\n`;
    const text = line.repeat(60);
    const companion = new ExactData(index, { id: 'c', columns: 1, near: 200 }).companion();
    for (const piece of text.match(/[^]{1,999}/gu) ?? []) companion.addText(piece, { line: 1 });
    expect(companion.finish().findings).toMatchObject([{ count: 60, distinct: 1 }]);
  });
});

describe('rows of a table in a table', () => {
  const inRows = (...rows: string[][]) => {
    const companion = new ExactData(index, { id: 'c', columns: 2, near: 10 }).companion();
    for (const [at, cells] of rows.entries()) companion.addRow(cells, { sheet: 'S', line: at + 1 });
    return companion.finish();
  };

  it('are found however far their cells are apart', () => {
    const { findings, persons } = inRows(
      ['x'.repeat(500), '10234567', 'y'.repeat(500), '山田太郎', '09012345678'],
      ['10234568', '山田太郎', '09012345678'],
    );
    expect(persons).toEqual({ from: 1, to: 1 });
    expect(findings[0]?.where).toEqual([{ sheet: 'S', line: 1, cell: 'B1' }]);
  });

  it('are found with names in two cells, or among other words', () => {
    expect(inRows(['10234567', '山田', '太郎', '09012345678']).persons?.to).toBe(1);
    expect(inRows(['10234567', '担当: 山田 太郎 様', '09012345678']).persons?.to).toBe(1);
  });
});

describe('the index', () => {
  it('holds every row, and few others', () => {
    const rows = Array.from({ length: 3000 }, (_, row) => [String(10_000_000 + row * 7), `u${row}@example.jp`]);
    const built = opened(bytesOf(rows, [{ name: 'id' }, { name: 'mail' }]));
    for (const [id = ''] of rows) {
      const [first, last] = built.rowsOf(id);
      expect(last - first).toBe(1);
    }
    const strangers = Array.from({ length: 100_000 }, (_, row) => built.rowsOf(String(20_000_000 + row))).filter(
      ([first, last]) => last > first,
    );
    expect(strangers).toEqual([]);
  });

  it('takes less than 20 bytes a row of four columns: ten million rows in 200 MB', () => {
    const builder = new EdmBuilder(KEY_BYTES, COLUMNS);
    for (let row = 0; row < 50_000; row++)
      builder.add([String(10_000_000 + row), '山田 太郎', `0901234${1000 + (row % 9000)}`, `u${row}@example.jp`]);
    const { header, parts } = builder.finish();
    expect(parts.reduce((sum, { length }) => sum + length, 0) / header.rows).toBeLessThan(20);
  });

  it('keeps no value, and the same table is the same file', () => {
    const bytes = bytesOf(ROWS);
    const text = new TextDecoder('latin1').decode(bytes) + new TextDecoder('utf-16le').decode(bytes);
    for (const value of ['10234567', '09012345678', 'taro']) expect(text).not.toContain(value);
    expect(bytesOf(ROWS)).toEqual(bytes);
  });

  it('finds a value that thousands share no more than a thousand times', () => {
    const builder = new EdmBuilder(KEY_BYTES, [{ name: 'a', kind: 'number' }]);
    for (let row = 0; row < 1500; row++) builder.add(['12345678']);
    expect(builder.finish()).toMatchObject({ tooAlike: 500, header: { rows: 1000 } });
  });

  it('says when the key is another', () => {
    expect(EdmIndex.open(bytesOf(ROWS), KEY.replace('00', 'ff'))).toEqual({ ok: false, error: 'it was built with another key' });
  });

  it('is refused when it is cut, and never read past its end when it is changed', () => {
    const bytes = bytesOf(ROWS);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(parseEdm(bytes.slice(0, length)).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        const read = EdmIndex.open(changed, KEY);
        expect(read.ok ? inText('10234567 山田太郎', {}, read.value).findings.length : read.error.slice(0, 2)).toBeOneOf([0, 1, 'it']);
      }),
      { numRuns: 500 },
    );
  });
});

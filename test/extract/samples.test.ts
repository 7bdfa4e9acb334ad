import { describe, expect, it } from 'vitest';
import { people } from '../fixtures/people.ts';
import { extractBytes, fixture, reasons, textOf } from './extract-bytes.ts';

const twenty = { from: 20, to: 20 };

describe('real files', () => {
  it.each([
    ['meibo.xlsx', 'xlsx'],
    ['meibo-hidden-sheet.xlsx', 'xlsx'],
    ['meibo.ods', 'ods'],
    ['meibo.odt', 'odt'],
    ['meibo.rtf', 'rtf'],
    ['meibo.odp', 'odp'],
    ['meibo.docx', 'docx'],
    ['meibo.pptx', 'pptx'],
    ['meibo.pdf', 'pdf'],
    ['meibo-shift-jis.csv', 'csv'],
    ['meibo-euc-jp.csv', 'csv'],
    ['meibo-utf16.txt', 'tsv'],
    ['nested-shift-jis.zip', 'zip'],
  ])('%s is %s and holds twenty people', async (name, type) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type, unreadable: [], persons: twenty });
    expect(seen.findings[0]).toMatchObject({ detector: 'jp.my-number', confidence: 'high', count: 20, distinct: 20 });
    const text = textOf(seen);
    for (const person of people(20)) expect(text).toContain(person.myNumber);
  });

  it('tells the cell, the sheet, the page and the member', async () => {
    const where = async (name: string) => (await extractBytes(fixture(name))).findings[0]?.where[0];
    expect(await where('meibo.xlsx')).toEqual({ sheet: '名簿', cell: 'D2', line: 2 });
    expect(await where('meibo-hidden-sheet.xlsx')).toMatchObject({ sheet: '控え' });
    expect(await where('meibo.pdf')).toEqual({ page: 1 });
    expect(await where('meibo.pptx')).toMatchObject({ page: 1 });
    expect(await where('nested-shift-jis.zip')).toEqual({ part: 'inner.zip/社員名簿.csv', line: 2 });
  });

  it('reads mail in ISO-2022-JP and its attachment', async () => {
    const seen = await extractBytes(fixture('mail-iso-2022-jp.eml'));
    expect(seen).toMatchObject({ type: 'eml', unreadable: [], persons: { from: 21, to: 22 } });
    expect(textOf(seen)).toContain('名簿を送ります');
    expect(textOf(seen)).toContain('【社外秘】');
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toEqual({ part: 'meibo.csv', line: 2 });
  });

  it.each([
    ['password.zip', 'zip'],
    ['password.xlsx', 'encrypted-office'],
    ['password.pdf', 'pdf'],
    ['sealed.age', 'age'],
    ['sealed-armor.age', 'age'],
  ])('%s cannot be read without its password', async (name, type) => {
    const seen = await extractBytes(fixture(name));
    expect(seen.type).toBe(type);
    expect(reasons(seen)).toEqual(['encrypted']);
  });

  it('finds nothing in a harmless report', async () => {
    expect(await extractBytes(fixture('report.docx'))).toMatchObject({
      type: 'docx',
      unreadable: [],
      persons: { from: 0, to: 0 },
      findings: [],
    });
  });

  it('finds cards, keys and company numbers', async () => {
    const found = async (name: string) =>
      (await extractBytes(fixture(name))).findings.map(({ detector, confidence, distinct }) => `${detector}:${confidence}:${distinct}`);
    expect(await found('cards.txt')).toContain('credit-card:high:4');
    expect(await found('deploy.py')).toEqual(['secret.aws:high:2']);
    expect(await found('corporate-numbers.csv')).toContain('jp.corporate-number:high:4');
    expect((await found('corporate-numbers.csv')).some((line) => line.startsWith('jp.my-number'))).toBe(false);
  });
});

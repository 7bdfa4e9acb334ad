import { describe, expect, it } from 'vitest';
import { people } from '../fixtures/people.ts';
import { extractBytes, fixture, textOf, type Seen } from './extract-bytes.ts';

const placeOf = ({ findings }: Seen, wanted: string) => findings.find(({ detector }) => detector === wanted)?.where[0];

describe('files of further programs', () => {
  it.each([
    ['writer.html.sample', 'html', { line: 2 }],
    ['calc.html.sample', 'html', { line: 2 }],
    ['pandoc.html.sample', 'html', { line: 2 }],
    ['pandoc.docx', 'docx', { line: 2 }],
    ['pandoc.odt', 'odt', { line: 2 }],
    ['pandoc.rtf', 'rtf', { line: 2 }],
    ['pandoc.pptx', 'pptx', { page: 2, line: 2 }],
    ['meibo.md.sample', 'text', { line: 5 }],
    ['meibo.xlsb', 'xlsb', { sheet: '名簿', line: 2, cell: 'D2' }],
    ['openpyxl.xlsx', 'xlsx', { sheet: '名簿', line: 2, cell: 'D2' }],
    ['inline-strings.xlsx', 'xlsx', { sheet: '名簿', line: 2, cell: 'D2' }],
  ])('%s is %s and holds twenty people, each in a row', async (name, type, where) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type, unreadable: [], persons: { from: 20, to: 20 } });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')).toMatchObject({
      confidence: 'high',
      count: 20,
      distinct: 20,
    });
    expect(placeOf(seen, 'jp.my-number')).toEqual(where);
    for (const { name: person, address, phone } of people(20)) {
      for (const value of [person, address, phone]) expect(textOf(seen)).toContain(value);
    }
  });

  it('khard.vcf: people as rows, with their notes', async () => {
    const seen = await extractBytes(fixture('khard.vcf'));
    expect(seen).toMatchObject({ type: 'vcard', unreadable: [] });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')).toMatchObject({ distinct: 3 });
    expect(placeOf(seen, 'jp.my-number')).toEqual({ line: 7 });
    for (const { phone, address } of people(3)) for (const value of [phone, address]) expect(textOf(seen)).toContain(value);
  });

  it('khal.ics: summary and description, over folded lines', async () => {
    const seen = await extractBytes(fixture('khal.ics'));
    expect(seen).toMatchObject({ type: 'icalendar', unreadable: [] });
    expect(placeOf(seen, 'jp.my-number')).toEqual({ line: 19 });
    expect(textOf(seen)).toContain('面談【社外秘】');
    expect(textOf(seen)).toContain('ご確認ください。とても長い説明');
  });

  it('outlook.msg: subject, body and recipient', async () => {
    const seen = await extractBytes(fixture('outlook.msg'));
    expect(seen).toMatchObject({ type: 'msg', unreadable: [] });
    expect(placeOf(seen, 'email')).toEqual({});
    for (const text of ['Test for MSGConvert -- plain text', 'The body is in plain text', 'someone@somewhere.com']) {
      expect(textOf(seen)).toContain(text);
    }
  });
});

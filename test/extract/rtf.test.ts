import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { extractBytes, fixture, reasons, segmentText, textOf } from './extract-bytes.ts';

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => `\\'${byte.toString(16).padStart(2, '0')}`).join('');
const shiftJis = (text: string) => hex(encodeJapanese(text, 'shift_jis'));
const read = async (body: string) => textOf(await extractBytes(Buffer.from(`{\\rtf1\\ansi${body}}`, 'latin1')));

describe('rtf', () => {
  it.each([
    ['by the code page of the document', `\\ansicpg932 ${shiftJis('個人番号 123456789018')}`],
    ['by the font', `\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset128 B;}}\\f1 ${shiftJis('個人番号')}\\f0  123456789018`],
    ['as Unicode, with what stands in for it left out', "\\uc1 \\u20491?\\u20154\\'3f\\uc2\\u30058??\\uc0\\u21495  123456789018"],
    ['in raw bytes', `\\ansicpg932 ${encodeJapanese('個人番号', 'shift_jis').toString('latin1')} 123456789018`],
  ])('reads Japanese %s', async (_, body) => {
    expect(await read(body)).toBe('個人番号 123456789018');
  });

  it('reads characters above 32767, which rtf writes as negative numbers', async () => {
    expect(await read('\\u-26976?')).toBe('隠');
  });

  it('joins runs and keeps paragraphs apart', async () => {
    expect(await read('{\\b 12345678}{\\i 9018}\\par 1234\\par 5678')).toBe('123456789018\n1234\n5678');
  });

  it('reads rows, and text after a table as text', async () => {
    const row = (...cells: string[]) =>
      `\\trowd\\cellx1000\\cellx2000\\pard\\intbl ${cells.map((cell) => `${cell}\\cell `).join('')}\\row `;
    const body = `${row('name', 'no')}${row('a\\par b', '1')}\\pard after\\par ${row('x', 'y')}`;
    const seen = await extractBytes(`{\\rtf1 ${body}}`);
    expect(
      seen.segments.map((segment) => (segment.kind === 'row' ? `${segment.place.line}: ${segment.cells.join('|')}` : segmentText(segment))),
    ).toEqual(['1: name|no', '2: a b|1', 'after', '1: x|y']);
  });

  it('passes over binary data and unknown destinations', async () => {
    expect(await read('{\\*\\unheardof secret}{\\pict\\bin5 {}}}x}a{\\*\\shppict{\\pict 0102}}b')).toBe('ab');
  });

  it('opens an embedded workbook', async () => {
    const seen = await extractBytes(
      `{\\rtf1 {\\object\\objemb{\\*\\objdata 0105000002000000${fixture('meibo.xlsx').toString('hex').replace(/.{64}/g, '$&\n')}}{\\result shown}}}`,
    );
    expect(seen.persons).toEqual({ from: 20, to: 20 });
    expect(seen.findings[0]?.where[0]).toMatchObject({ part: 'object-1', sheet: '名簿' });
    expect(textOf(seen)).toContain('shown');
  });

  it('does not fall over deep groups', async () => {
    const deep = `{\\rtf1 ${'{'.repeat(200_000)}個人${'}'.repeat(200_000)} 123456789018}`;
    const seen = await extractBytes(deep);
    expect(reasons(seen)).toEqual([]);
    expect(textOf(seen)).toContain('123456789018');
  });
});

import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { detectEncoding } from '../../src/extract/text-encoding.ts';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { extractBytes, reasons, segmentText, textOf } from './extract-bytes.ts';

const SHORT = [
  '氏名',
  '田中太郎',
  '住所:東京都',
  '社外秘です。',
  'カタカナのみ',
  '山本様\r\n',
  'abc あ',
  '髙くない高橋さんの電話番号は０３－１２３４',
];
const inJis = SHORT.filter((text) => !text.includes('髙'));

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('encodings', () => {
  it.each(inJis)('of %j are told apart', (text) => {
    expect(detectEncoding(Buffer.from(text))).toBe('utf-8');
    expect(detectEncoding(encodeJapanese(text, 'shift_jis'))).toBe('shift_jis');
    expect(detectEncoding(encodeJapanese(text, 'euc-jp'))).toBe('euc-jp');
    expect(detectEncoding(encodeJapanese(text, 'iso-2022-jp'))).toBe('iso-2022-jp');
    expect(detectEncoding(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))).toBe('utf-16le');
    expect(detectEncoding(Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be(text)]))).toBe('utf-16be');
  });

  it('knows UTF-16 without a mark and without a single ASCII character', () => {
    expect(detectEncoding(Buffer.from('横浜市西区', 'utf16le'))).toBe('utf-16le');
    expect(detectEncoding(utf16be('京都市上京区'))).toBe('utf-16be');
    // Reads as five kanji in UTF-16, which it is not.
    expect(detectEncoding(Buffer.from('bush hid the facts'))).toBe('utf-8');
  });

  it('does not take a whole short file for UTF-8 that was cut off', () => {
    expect(detectEncoding(Buffer.from([0xc3, 0xbd, 0xc4]))).not.toBe('utf-8');
    expect(detectEncoding(Buffer.from([0x8e, 0xc3, 0x8e, 0xbd, 0x8e, 0xc4]))).toBe('euc-jp');
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from('\ufeff社外秘の文書\n')],
    ['UTF-16 LE without a mark', Buffer.from('社外秘の文書です。abc\r\n', 'utf16le')],
    ['UTF-16 BE without a mark', utf16be('社外秘の文書です。abc\r\n')],
    [
      'Shift_JIS after a megabyte of ASCII',
      Buffer.concat([Buffer.from('log line\n'.repeat(120_000)), encodeJapanese('社外秘の文書です\n', 'shift_jis')]),
    ],
  ])('%s is read', async (_, bytes) => {
    const seen = await extractBytes(bytes);
    expect(seen.type).toBe('text');
    expect(seen.findings.some(({ detector }) => detector === 'keyword.confidential')).toBe(true);
  });

  it('decodes any Japanese text of some length', () => {
    const letter = fc.constantFrom(...Array.from('のはをにがとでするいなた社員名簿電話番号住所東京都アイウカード、。123abc \n'));
    fc.assert(
      fc.property(
        fc.array(letter, { minLength: 20, maxLength: 200 }),
        fc.constantFrom('shift_jis' as const, 'euc-jp' as const),
        (letters, encoding) => {
          const text = letters.join('') + 'のです';
          expect(detectEncoding(encodeJapanese(text, encoding))).toBe(encoding);
        },
      ),
    );
  });
});

describe('text formats', () => {
  it.each([
    ['csv', 'csv', 'a,b\n1,"x, ""y"""\n', 'a|b\n1|x, "y"'],
    ['csv with line ends inside quotes', 'csv', 'a,b\r\n1,"x\ny"\r\n2,z\r\n', 'a|b\n1|x\ny\n2|z'],
    ['tsv', 'tsv', 'a\tb\n1\t2\n', 'a|b\n1|2'],
    ['semicolons', 'csv', 'a;b;c\n1;2;3\n', 'a|b|c\n1|2|3'],
  ])('%s', async (_, type, source, text) => {
    const seen = await extractBytes(source);
    expect(seen.type).toBe(type);
    expect(textOf(seen)).toBe(text);
  });

  it('csv cells come out as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.stringMatching(/^[a-z",\n]{0,6}x$/), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 8 }),
        async (rows) => {
          const source = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n');
          const seen = await extractBytes(source);
          expect(seen.segments.map((segment) => (segment.kind === 'row' ? segment.cells : segmentText(segment)))).toEqual(rows);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes prose and code for text', async () => {
    expect((await extractBytes('Dear all, hello.\nThis is, as ever, a letter.\nBye.\n')).type).toBe('text');
    expect((await extractBytes('const a = 1;\nconst b = 2;\nfoo();\n')).type).toBe('text');
  });

  it('html: rows, entities, attributes, comments', async () => {
    const seen = await extractBytes(
      '<!doctype html><table><tr><th>氏名<th>個人番号<tr><td>佐藤&#22826;郎<td>1234&#x35;6789018</table><!-- 社外秘 --><a href="mailto:a@kaisha.jp">x</a>',
    );
    expect(seen.type).toBe('html');
    expect(seen.persons).toEqual({ from: 1, to: 1 });
    expect(seen.findings.map(({ detector }) => detector)).toEqual(
      expect.arrayContaining(['jp.my-number', 'email', 'keyword.confidential']),
    );
  });

  it('json: escapes are undone, depth does not matter', async () => {
    const seen = await extractBytes(`{"a":"\\u793e\\u5916\\u79d8","b":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(seen).toMatchObject({ type: 'json', unreadable: [] });
    expect(seen.findings.map(({ detector }) => detector)).toContain('keyword.confidential');
  });

  it.each([
    ['attributes', '<r><p tel="090-1234-5678">x</p></r>', 'jp.phone'],
    ['names as context', '<r><個人番号>123456789018</個人番号></r>', 'jp.my-number'],
    ['comments', '<r><!-- 【社外秘】 --></r>', 'keyword.confidential'],
    ['character references', '<r>&#x793E;&#22806;秘</r>', 'keyword.confidential'],
    ['text behind damage', '<a>x < y & z</a></b> 090-1234-5678', 'jp.phone'],
  ])('xml: %s', async (_, body, detector) => {
    const seen = await extractBytes(`<?xml version="1.0"?>${body}`);
    expect(seen).toMatchObject({ type: 'xml', unreadable: [] });
    expect(seen.findings.map((found) => found.detector)).toEqual([detector]);
  });

  it('gzip: what is inside', async () => {
    const seen = await extractBytes(gzipSync('マイナンバー 123456789018'));
    expect(seen).toMatchObject({ type: 'gzip', unreadable: [], persons: { from: 1, to: 1 } });
  });
});

describe('true types', () => {
  it.each([
    ['empty', '', []],
    ['unknown', Buffer.from(Array.from({ length: 2000 }, (_, index) => (index * 7919) % 251)), []],
    ['png', Buffer.from('89504e470d0a1a0a0000', 'hex'), []],
    ['jpeg', Buffer.from('ffd8ffe000104a46', 'hex'), []],
    ['mp4', Buffer.from('\0\0\0\x20ftypisom\0\0', 'latin1'), []],
    ['exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)]), []],
    ['elf', Buffer.from('\x7fELF\x02\x01', 'latin1'), []],
    ['7z', Buffer.from('377abcaf271c0004', 'hex'), ['corrupt']],
    ['rar', Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'), ['corrupt']],
    ['age', 'age-encryption.org/v1\n-> X25519 abc\n', ['encrypted']],
    ['age', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n', ['encrypted']],
  ])('%s', async (type, bytes, unreadable) => {
    const seen = await extractBytes(bytes);
    expect(seen.type).toBe(type);
    expect(reasons(seen)).toEqual(unreadable);
  });

  it('finds printable strings in an unknown binary', async () => {
    const noise = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7919) % 31));
    const seen = await extractBytes(Buffer.concat([noise, Buffer.from('taro@kaisha.co.jp'), noise]));
    expect(seen.type).toBe('unknown');
    expect(seen.findings.map(({ detector, where }) => [detector, where])).toEqual([['email', [{}]]]);
  });

  it('names the line in text of an encoding that it does not know', async () => {
    const seen = await extractBytes(Buffer.from('\xe8\xe8\xe8\x9d\x01\x01\x01\n'.repeat(40) + 'ivo@kaisha.co.jp', 'latin1'));
    expect(seen.type).toBe('unknown');
    expect(seen.findings.map(({ where }) => where)).toEqual([[{ line: 41 }]]);
  });
});

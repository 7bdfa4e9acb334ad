import { describe, expect, it } from 'vitest';
import { compoundFile } from '../fixtures/compound-file.ts';
import { compoundTree } from '../fixtures/compound-tree.ts';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { people } from '../fixtures/people.ts';
import { REMARKS } from '../fixtures/remark-sources.ts';
import { extractBytes, fixture, reasons, textOf } from './extract-bytes.ts';

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('Office 97 to 2003', () => {
  it.each([
    ['meibo.doc', 'doc', { line: 2 }],
    ['meibo.xls', 'xls', { sheet: '名簿', line: 2, cell: 'D2' }],
  ])('%s: rows with their place', async (name, type, where) => {
    const seen = await extractBytes(fixture(name));
    expect(seen).toMatchObject({ type, unreadable: [], persons: { from: 20, to: 20 } });
    expect(seen.findings[0]).toMatchObject({ detector: 'jp.my-number', distinct: 20 });
    expect(seen.findings[0]?.where[0]).toMatchObject(where);
  });

  it('meibo.ppt: text with its page', async () => {
    const seen = await extractBytes(fixture('meibo.ppt'));
    expect(seen).toMatchObject({ type: 'ppt', unreadable: [] });
    for (const person of people(20)) expect(textOf(seen)).toContain(person.myNumber);
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toMatchObject({ page: 1 });
  });

  it.each([
    ['remarks.doc', ['body', 'header', 'footer', 'note', 'comment', 'deleted', 'box', 'link', 'title']],
    ['remarks.xls', ['comment', 'link', 'title']],
    ['remarks.ppt', ['body', 'comment', 'link', 'speakerNote', 'title']],
  ] as const)('%s: the corners', async (name, corners) => {
    const seen = await extractBytes(fixture(name));
    expect(seen.unreadable).toEqual([]);
    const text = textOf(seen);
    expect(corners.filter((corner) => !text.includes(REMARKS[corner]))).toEqual([]);
    expect(seen.findings.map(({ detector }) => detector)).toContain('jp.my-number');
  });

  it('remarks.xls: a hidden row and the sheet of a comment', async () => {
    const seen = await extractBytes(fixture('remarks.xls'));
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where).toEqual([{ sheet: '控え', line: 6, cell: 'E6' }]);
    const comment = seen.segments.find((segment) => segment.kind === 'text' && segment.text === REMARKS.comment);
    expect(comment?.place).toEqual({ sheet: '控え' });
  });

  it.each([
    ['WordDocument', 'doc'],
    ['Workbook', 'xls'],
    ['PowerPoint Document', 'ppt'],
  ])('noise in %s is corrupt', async (stream, type) => {
    const seen = await extractBytes(compoundFile([stream]));
    expect(seen).toMatchObject({ type, unreadable: [{ reason: 'corrupt' }] });
  });

  it('Word 95: text in the code page of its language', async () => {
    const text = encodeJapanese('個人番号 123456789018\r以上', 'shift_jis');
    const word = Buffer.alloc(2048);
    word.writeUInt16LE(0xa5dc, 0);
    word.writeUInt16LE(0x0411, 6);
    word.writeUInt32LE(1024, 0x18);
    word.writeUInt32LE(1024 + text.length, 0x1c);
    text.copy(word, 1024);
    const seen = await extractBytes(compoundTree({ WordDocument: word }));
    expect(seen).toMatchObject({ type: 'doc', unreadable: [] });
    expect(textOf(seen)).toBe('個人番号 123456789018\n以上');
  });

  it('encrypted ones are told', async () => {
    const word = Buffer.alloc(2048);
    word.writeUInt16LE(0xa5ec, 0);
    word.writeUInt16LE(0xc1, 2);
    word.writeUInt16LE(0x0100, 0x0a);
    const excel = Buffer.from('09080400000605002f000200010000000a000000', 'hex');
    const user = Buffer.alloc(20);
    user.writeUInt32LE(0xf3d1c4df, 12);
    for (const tree of [{ WordDocument: word }, { Workbook: excel }, { 'PowerPoint Document': Buffer.alloc(8), 'Current User': user }]) {
      expect(reasons(await extractBytes(compoundTree(tree)))).toEqual(['encrypted']);
    }
  });

  it('a compound file of another kind is unsupported; a loop in it ends', async () => {
    expect(await extractBytes(compoundTree({ other: Buffer.from('x') }))).toMatchObject({
      type: 'ole2',
      unreadable: [{ reason: 'unsupported' }],
    });
    const looping = compoundFile(['a', 'b', 'c', 'd', 'e']);
    looping.writeUInt32LE(1, 512 + 4);
    expect(reasons(await extractBytes(looping))).toEqual(['unsupported']);
  });

  it('opens what is embedded', async () => {
    const native = Buffer.concat([
      Buffer.alloc(6),
      Buffer.from('list.csv\0C:\\list.csv\0\0\0\x03\0\x04\0\0\0abc\0', 'latin1'),
      Buffer.alloc(4),
      fixture('cards.txt'),
    ]);
    native.writeUInt32LE(fixture('cards.txt').length, native.length - fixture('cards.txt').length - 4);
    const seen = await extractBytes(
      compoundTree({ ObjectPool: { _1: { Package: fixture('meibo.xlsx') }, _2: { '\u0001Ole10Native': native } } }),
    );
    expect(seen.persons.to).toBeGreaterThanOrEqual(20);
    const parts = new Set(seen.findings.flatMap(({ where }) => where.map(({ part }) => part)));
    expect(parts).toEqual(new Set(['_1', 'list.csv']));
  });
});

describe('Outlook messages', () => {
  const inner = { '__properties_version1.0': Buffer.alloc(32), '__substg1.0_1000001F': utf16('中のメール 個人番号 123456789018') };
  const message = {
    '__properties_version1.0': Buffer.alloc(32),
    '__substg1.0_0037001F': utf16('名簿を送ります'),
    '__substg1.0_1000001E': Buffer.from('【社外秘】です'),
    '__substg1.0_10130102': Buffer.from('<html><body><p>電話は090-5555-1234</p></body></html>'),
    '__recip_version1.0_#00000000': { '__substg1.0_39FE001F': utf16('taro@torihiki.co.jp') },
    '__attach_version1.0_#00000000': { '__substg1.0_3707001F': utf16('meibo.xlsx'), '__substg1.0_37010102': fixture('meibo.xlsx') },
    '__attach_version1.0_#00000001': { '__substg1.0_3707001F': utf16('転送'), '__substg1.0_3701000D': inner },
  };

  it('gives subject, bodies, recipients, attachments and messages within', async () => {
    const seen = await extractBytes(compoundTree(message));
    expect(seen).toMatchObject({ type: 'msg', unreadable: [] });
    for (const text of ['名簿を送ります', '【社外秘】です', '電話は090-5555-1234', 'taro@torihiki.co.jp'])
      expect(textOf(seen)).toContain(text);
    const places = seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where ?? [];
    expect(places).toContainEqual({ part: 'meibo.xlsx', sheet: '名簿', cell: 'D2', line: 2 });
    expect(seen.segments.find(({ place }) => place.part === '転送')).toMatchObject({ text: '中のメール 個人番号 123456789018' });
  });

  it('goes no deeper than allowed', async () => {
    const seen = await extractBytes(compoundTree(message), { maxDepth: 0 });
    expect(reasons(seen)).toEqual(['too-deep', 'too-deep', 'too-deep']);
  });

  it('reads a packed rtf body, by the example of the format', async () => {
    // [MS-OXRTFCP] 3.1: "{\rtf1\ansi\ansicpg1252\pard hello world}\r\n".
    const packed = Buffer.from('2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0', 'hex');
    const seen = await extractBytes(compoundTree({ '__properties_version1.0': Buffer.alloc(32), '__substg1.0_10090102': packed }));
    expect(seen.unreadable).toEqual([]);
    expect(textOf(seen)).toContain('world');
  });
});

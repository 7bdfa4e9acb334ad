import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { people } from '../fixtures/people.ts';
import { extractBytes, fixture, reasons, textOf } from './extract-bytes.ts';

const twenty = { from: 20, to: 20 };

describe('sqlite', () => {
  it('gives tables under their columns, with the place', async () => {
    const seen = await extractBytes(fixture('meibo.sqlite'));
    expect(seen).toMatchObject({ type: 'sqlite', unreadable: [], persons: twenty });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')).toMatchObject({
      confidence: 'high',
      distinct: 20,
      where: expect.arrayContaining([expect.objectContaining({ sheet: '名簿', line: 1 })]),
    });
    for (const { address } of people(20)) expect(textOf(seen)).toContain(address);
  });

  it('follows overflow pages, in tables without row numbers too', async () => {
    const seen = await extractBytes(fixture('meibo.sqlite'));
    expect(seen.findings.find(({ detector }) => detector === 'keyword.confidential')?.where[0]).toMatchObject({
      sheet: 'settings',
      line: 1,
    });
    expect(textOf(seen)).toContain(`${'x'.repeat(3000)} 【社外秘】 ${'y'.repeat(3000)}`);
  });

  it('cut off is corrupt, and what was read counts', async () => {
    const bytes = fixture('meibo.sqlite');
    const seen = await extractBytes(bytes.subarray(0, bytes.length - 2048));
    expect(reasons(seen)).toEqual(['corrupt']);
    expect(seen.segments.length).toBeGreaterThan(5);
  });

  it('whose pages point to themselves ends', async () => {
    const bytes = Buffer.from(fixture('meibo.sqlite'));
    for (let at = 512; at < bytes.length; at += 512) bytes.writeUInt8(5, at);
    expect(reasons(await extractBytes(bytes))).toEqual(['corrupt']);
  });
});

describe('mbox', () => {
  it('gives each message and its attachments', async () => {
    const seen = await extractBytes(fixture('meibo.mbox'));
    expect(seen).toMatchObject({ type: 'mbox', unreadable: [] });
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toEqual({ part: 'message-2/meibo.csv', line: 2 });
    expect(textOf(seen).match(/From now on【社外秘】/g)).toHaveLength(2);
    expect(textOf(seen)).toContain('名簿 1');
  });

  it('counts its messages as entries', async () => {
    expect(reasons(await extractBytes(fixture('meibo.mbox'), { maxEntries: 1 }))).toEqual(['too-many-entries']);
  });
});

describe('vCard', () => {
  const quoted = (bytes: Uint8Array) => Array.from(bytes, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  const card = (name: string, ...more: readonly string[]) => ['BEGIN:VCARD', 'VERSION:3.0', name, ...more, 'END:VCARD', ''].join('\r\n');

  it('counts people by their cards, and unfolds lines', async () => {
    const seen = await extractBytes(
      card('FN:佐藤 太郎', 'TEL;TYPE=CELL:090-\r\n 1111-2222', 'ADR:;;霞が関1-1-1;千代田区;東京都;;', 'NOTE:個人番号\\, 123456789018') +
        card('item1.FN:鈴木 花子', 'EMAIL:hanako@kaisha.co.jp'),
    );
    // The number in the note stands in no row: it may be another person's.
    expect(seen).toMatchObject({ type: 'vcard', unreadable: [], persons: { from: 3 } });
    expect(textOf(seen)).toContain('佐藤 太郎|');
    expect(textOf(seen)).toContain('090-1111-2222');
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toMatchObject({ line: 7 });
  });

  it('counts each card once, whatever else stands in them', async () => {
    const names = ['山田 花子', '佐藤 次郎', '鈴木 一', '高橋 恵子'];
    const cards = names.map((name, index) => card(`FN:${name}`, `TEL:090-1111-222${index}`, `TEL:03-1234-567${index}`, 'NOTE:来月訪問'));
    expect(await extractBytes(cards.join(''))).toMatchObject({ persons: { from: 4, to: 4 } });
  });

  it.each([
    ['Shift_JIS', 'SHIFT_JIS', encodeJapanese('佐藤 太郎', 'shift_jis')],
    ['UTF-8', 'UTF-8', Buffer.from('佐藤 太郎')],
  ])('decodes quoted-printable in %s, over soft line ends', async (_, charset, bytes) => {
    const written = quoted(bytes);
    const line = `FN;CHARSET=${charset};ENCODING=QUOTED-PRINTABLE:${written.slice(0, 9)}=\r\n${written.slice(9)}`;
    expect(textOf(await extractBytes(card(line)))).toContain('佐藤 太郎');
  });

  it('opens what is attached', async () => {
    const photo = fixture('meibo.xlsx').toString('base64').replace(/.{70}/g, '$&\r\n ');
    const seen = await extractBytes(card('FN:x', `PHOTO;ENCODING=b:${photo}`));
    expect(seen.findings[0]?.where[0]).toMatchObject({ part: 'photo-1', sheet: '名簿' });
  });
});

describe('iCalendar', () => {
  it('reads folded and escaped text, and attachments', async () => {
    const lines = [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'SUMMARY:面談【社',
      ' 外秘】',
      'DESCRIPTION:個人番号は\\n123456789018\\, 以上',
      `ATTACH;ENCODING=BASE64;VALUE=BINARY:${fixture('cards.txt').toString('base64')}`,
      'END:VEVENT',
      'END:VCALENDAR',
    ];
    const seen = await extractBytes(lines.join('\r\n'));
    expect(seen).toMatchObject({ type: 'icalendar', unreadable: [] });
    expect(textOf(seen)).toContain('面談【社外秘】');
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where[0]).toMatchObject({ line: 6 });
    expect(seen.findings.find(({ detector }) => detector === 'credit-card')?.where[0]?.part).toBe('attach-1');
  });
});

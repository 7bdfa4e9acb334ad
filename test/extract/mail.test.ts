import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { extractBytes, fixture, reasons, textOf } from './extract-bytes.ts';

const HEAD = 'From: a@kaisha.co.jp\r\nTo: b@kaisha.co.jp\r\nSubject: =?UTF-8?B?5ZCN57C/?=\r\nMIME-Version: 1.0\r\n';

async function read(mail: string | Buffer) {
  const seen = await extractBytes(mail);
  expect(seen.type).toBe('eml');
  return seen;
}

const alternatives = (parts: readonly string[], kind = 'alternative') =>
  `${HEAD}Content-Type: multipart/${kind}; boundary="b 1"\r\n\r\nignored\r\n${parts.map((part) => `--b 1\r\n${part}\r\n`).join('')}--b 1--\r\nafter\r\n`;

describe('mail', () => {
  it('decodes its header', async () => expect(textOf(await read(`${HEAD}\r\nx`))).toContain('名簿\n <a@kaisha.co.jp>'));

  it('reads text and html alike: one may hold what the other does not', async () => {
    const text = textOf(
      await read(
        alternatives([
          'Content-Type: text/plain\r\n\r\nplain',
          'Content-Type: text/html; charset=utf-8\r\n\r\n<p>個人番号 123456789018</p>',
        ]),
      ),
    );
    expect(text).toContain('plain');
    expect(text).toContain('個人番号 123456789018');
  });

  it.each([
    ['before the parts', 'boundary=b', '個人番号 123456789018\r\n--b\r\n\r\nplain\r\n--b--\r\n'],
    ['behind the parts', 'boundary=b', '--b\r\n\r\nplain\r\n--b--\r\n個人番号 123456789018\r\n'],
    ['where no part begins', 'boundary=b', '個人番号 123456789018\r\nplain'],
    ['where the boundary is nothing', 'boundary=""', '--\r\n個人番号 123456789018\r\nplain\r\n'],
    ['behind an end without a line end', 'boundary=b', '--b\r\n\r\nplain\r\n--b--個人番号\r\n123456789018\r\n'],
  ])('reads what stands %s, which no mail program shows', async (_, parameter, body) => {
    const seen = await read(`${HEAD}Content-Type: multipart/mixed; ${parameter}\r\n\r\n${body}`);
    expect(seen.findings.map(({ detector }) => detector)).toContain('jp.my-number');
    expect(textOf(seen)).toContain('plain');
  });

  it('says which transfer encoding it does not undo', async () => {
    const seen = await read(`${HEAD}Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a.csv\r\n`);
    expect(seen.unreadable).toEqual([{ reason: 'unsupported' }]);
  });

  it.each([
    ['base64', 'base64', Buffer.from('社外秘の資料').toString('base64'), 'utf-8'],
    ['quoted-printable', 'quoted-printable', '=E7=A4=BE=E5=A4=96=\r\n=E7=A7=98=E3=81=AE=E8=B3=87=E6=96=99', 'UTF-8'],
    ['8bit in Shift_JIS', '8bit', encodeJapanese('社外秘の資料', 'shift_jis').toString('latin1'), 'Shift_JIS'],
    ['8bit without a charset', '8bit', encodeJapanese('社外秘の資料', 'shift_jis').toString('latin1'), 'us-ascii'],
    ['7bit in ISO-2022-JP', '7bit', encodeJapanese('社外秘の資料', 'iso-2022-jp').toString('latin1'), '"iso-2022-jp"'],
    ['a charset that is none', '8bit', Buffer.from('社外秘の資料').toString('latin1'), 'x-none'],
  ])('decodes %s', async (_, encoding, body, charset) => {
    const mail = `${HEAD}Content-Type: text/plain;\r\n charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
    expect(textOf(await read(Buffer.from(mail, 'latin1')))).toContain('社外秘の資料');
  });

  describe('saved as text', () => {
    const text =
      'From: 水野 大輔 <a@kaisha.co.jp>\r\nSubject: 名簿\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n社外秘の資料\r\n';
    const swapped = (bytes: Buffer) => bytes.swap16();
    it.each([
      ['UTF-16LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
      ['UTF-16BE with a mark', swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
      ['UTF-16LE without a mark', Buffer.from(text, 'utf16le')],
      ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ])('reads header and body in %s, whatever the header says', async (_, bytes) => {
      const seen = textOf(await read(bytes));
      expect(seen).toContain('名簿\n水野 大輔 <a@kaisha.co.jp>');
      expect(seen).toContain('社外秘の資料');
    });

    it.each(['shift_jis', 'euc-jp', 'iso-2022-jp'] as const)('reads names written as they are in %s', async (encoding) => {
      const bytes = encodeJapanese(text.replace(/Content-Type.*\r\n/, ''), encoding);
      const seen = textOf(await read(bytes));
      expect(seen).toContain('名簿\n水野 大輔 <a@kaisha.co.jp>');
      expect(seen).toContain('社外秘の資料');
    });
  });

  it('joins flowed lines (RFC 3676)', async () => {
    const seen = await read(`${HEAD}Content-Type: text/plain; format=flowed\r\n\r\nfirst \r\nsecond\r\n`);
    expect(textOf(seen)).toContain('first second');
  });

  it('opens attachments under their names, in RFC 2231 and RFC 2047', async () => {
    const file = fixture('meibo-shift-jis.csv').toString('base64');
    const part = (name: string) =>
      `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; ${name}\r\n\r\n${file}`;
    const seen = await read(
      alternatives([part("filename*=UTF-8''%E5%90%8D%E7%B0%BF.csv"), part('filename="=?UTF-8?B?5ZCN57C/?="')], 'mixed'),
    );
    // Twenty in the list, and the mail's own addresses.
    expect(seen.persons).toEqual({ from: 21, to: 22 });
    expect(new Set(seen.segments.map(({ place }) => place.part))).toEqual(new Set([undefined, '名簿.csv', '名簿']));
  });

  it('reads a message within a message', async () => {
    const inner = `${HEAD}\r\n個人番号 123456789018`;
    const seen = await read(
      alternatives([`Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=old.eml\r\n\r\n${inner}`], 'mixed'),
    );
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where).toEqual([{ part: 'old.eml', line: 1 }]);
  });

  it('takes a multipart that is cut off', async () => {
    const mail = alternatives(['Content-Type: text/plain\r\n\r\n社外秘の資料']);
    expect(textOf(await read(mail.slice(0, mail.indexOf('--b 1--'))))).toContain('社外秘の資料');
  });

  it('says when parts are too deep, and counts them', async () => {
    let part = 'Content-Type: text/plain\r\n\r\nx';
    for (let depth = 0; depth < 80; depth++)
      part = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${part}\r\n--b${depth}--`;
    expect(reasons(await read(`${HEAD}${part}`))).toEqual(['too-deep']);
    const many = alternatives(Array.from({ length: 50 }, () => 'Content-Type: text/plain\r\n\r\nx'));
    expect(reasons(await extractBytes(many, { maxEntries: 20 }))).toEqual(['too-many-entries']);
  });

  it('takes a header without end as text from where it is too long', async () => {
    const seen = await read(`${HEAD}${'X-Filler: 0123456789\r\n'.repeat(20_000)}X-Last: 社外秘の資料\r\n`);
    expect(textOf(seen)).toContain('社外秘の資料');
  });
});

import { describe, expect, test } from 'vitest';
import { encodings } from '../../../../scripts/scanner/encodings.ts';
import { WORDS } from '../../../../src/core/detect/scanner/words.ts';
import { createScanner } from '../../../../src/core/detect/scanner/index.ts';
import { engine, found, scan } from './scan.ts';

const ENGINES = [engine('wasm'), engine('plain')];
const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe.each(ENGINES)('the $name engine', (on) => {
  test.each([
    ['jp.my-number', '123456789018', '6214-9832-0257', '9832 0567 3214'],
    ['jp.drivers-license', '309012345620', '3090-1234-5620'],
    ['jp.corporate-number', '7123456789012', '4011001098993', '5835678256246', '1-1803-0101-8771'],
    [
      'credit-card',
      '4111111111111111',
      '4111 1111 1111 1111',
      '5555-5555-5555-4444',
      '3782 822463 10005',
      '30569309025904',
      '6011111111111117',
    ],
    ['jp.phone', '090-1234-5678', '03-1234-5678', '(03)1234-5678', '03(1234)5678', '+81-90-1234-5678', '+819012345678', '0312345678'],
    ['us.ssn', '123-45-6789'],
    ['iban', 'DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819', 'NO9386011117947', 'MT84MALT011000012345MTLCAST001S'],
    ['jp.passport', 'TR1234567'],
    ['jp.residence-card', 'AB12345678CD'],
    ['email', 'taro.yamada+list@mail.example.co.jp', 'a_b@x-y.jp'],
  ])('finds %s', (kind, ...values) => {
    for (const value of values) {
      const text = ascii(`before, ${value}\nafter`);
      const kinds = scan(on, text).filter((candidate) => candidate.kind === kind);
      expect(kinds.map(({ end }) => Buffer.from(text.subarray(0, end)).toString())).toEqual([`before, ${value}`]);
    }
  });

  test.each([
    ['a wrong check digit', '123456789012'],
    ['a piece of a longer number', '1234567890181'],
    ['groups that go on', '1234-5678-9018-1234'],
    ['an identifier', 'x123456789018'],
    ['an identifier behind', '123456789018_1'],
    ['one digit repeated', '000000000000'],
    ['a decimal', '1.123456789018'],
    ['a date and a time', '2026-03-07 12:34:56'],
    ['a toll number of no length', '090-1234-567'],
    ['an IBAN of another length', 'DE89 3704 0044 0532 0130'],
    ['a social security number never issued', '666-45-6789'],
    ['an @ in a decorator', '@Injectable() foo@bar'],
    ['a token that is too short', 'ghp_abc AKIA1234 xoxb-1'],
  ])('finds nothing in %s: %s', (_what, text) => {
    expect(found(on, ascii(` ${text} `))).toEqual([]);
  });

  test('counts what has the shape and not the check digit', () => {
    const scanner = createScanner(() => undefined);
    scanner.push(ascii('123456789012 123456789013 123456789018 4111111111111112'));
    scanner.finish();
    expect(scanner.misses('jp.my-number')).toBe(2);
    expect(scanner.misses('jp.drivers-license')).toBe(3);
    expect(scanner.misses('credit-card')).toBe(1);
  });

  test.each(['utf-8', 'shift_jis'])('reads full-width digits and dashes in %s', (encoding) => {
    for (const text of ['１２３４５６７８９０１８', '１２３４－５６７８－９０１８', '1234ー5678ー9018', '１２３４　５６７８　９０１８']) {
      const bytes = encodings(`番号は${text}です`)[encoding === 'utf-8' ? 0 : 1];
      expect([text, ...scan(on, bytes ?? new Uint8Array()).map(({ kind }) => kind)]).toEqual([text, 'jp.my-number']);
    }
  });

  test.each([
    [
      'jp.person-name',
      '昨日、田中太郎さんから',
      '佐々木　花子様',
      '担当者：森 健太',
      '中谷有宏さんから連絡',
      '部長山田誠',
      '営業部山田太郎',
      '経理部山田太郎',
      '姓：薮下',
      '<姓>薮下',
      '田中さくらです',
    ],
    ['jp.address', '新宿区西新宿2-8-1', '大阪市北区中之島１丁目3番20号', '札幌市中央区北1条西二丁目', '青森県', '和歌山県'],
    ['ip-address', '接続元 8.8.8.8 から', '2001:db8::1 ', '2001:0db8:0:0:0:0:0:1 '],
    ['secret.password', 'postgres://app:s3cret!@db.internal', '初期PW: abcd1234', 'ﾊﾟｽﾜｰﾄﾞ：x'],
    ['jp.passport', 'TR 1234567', 'ＴＲ１２３４５６７', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
    ['jp.residence-card', 'AB 12345678 CD', 'ＡＢ１２３４５６７８ＣＤ'],
    ['jp.my-number', '1234-5678-\n9018', '1 2 3 4 5 6 7 8 9 0 1 8', '1│2│3│4│5│6│7│8│9│0│1│8', '1234　5678　9018'],
    ['jp.phone', '03.1234.5678'],
    ['email', 'ＴＡＲＯ＠ＫＡＩＳＨＡ．ＪＰ'],
    ['keyword.confidential', '極　秘', '（秘）'],
  ])('finds %s in both encodings', (kind, ...texts) => {
    for (const text of texts) {
      for (const bytes of encodings(`社内 ${text}。`))
        expect([text, ...scan(on, bytes).map((candidate) => candidate.kind)]).toContain(kind);
    }
  });

  test.each([
    ['a run that begins no name', '定例会議を開きます。資料は共有フォルダ。'],
    ['a municipality without a block', '市場と区分、郡部の話'],
    ['a version of three numbers, a time and a MAC address', '1.2.3 12:34:56 aa:bb:cc:dd:ee:ff std::vector'],
    ['an octet too large', '1.2.3.456 '],
    ['thirteen boxes', '1 2 3 4 5 6 7 8 9 0 1 8 1'],
  ])('finds nothing in %s', (_what, text) => {
    for (const bytes of encodings(text)) expect([text, ...found(on, bytes)]).toEqual([text]);
  });

  test('reads a number behind a Shift_JIS character whose second byte is a letter', () => {
    const bytes = encodings('電話090-1234-5678')[1] ?? new Uint8Array();
    expect(found(on, bytes)).toContain('jp.phone 090-1234-5678');
  });

  test('finds every word in every encoding', () => {
    for (const { text, kind, tail = 0, follow } of WORDS) {
      const behind = follow === undefined ? 'A'.repeat(tail) : { label: ':', number: ' 1', 'latin-name': ': X' }[follow];
      for (const bytes of encodings(text)) {
        const file = Buffer.concat([ascii('. '), bytes, ascii(behind), ascii(' .')]);
        const words = scan(on, file).filter((candidate) => candidate.kind === kind && candidate.start === 2);
        expect([text, ...words.map(({ end }) => end)]).toContain(2 + bytes.length);
      }
    }
  });

  test('stops for a full output and goes on where it stopped', () => {
    const file = ascii('a@b.cd '.repeat(100_000));
    expect(scan(on, file)).toHaveLength(100_000);
  });
});

test('surroundings hold what is near, within the file', () => {
  const seen: string[] = [];
  const scanner = createScanner((candidate, surroundings) => {
    if (candidate.kind === 'email') seen.push(Buffer.from(surroundings.bytes(5, 5)).toString());
  });
  scanner.push(ascii('at a@b.cd, and then c@d.ef'));
  scanner.finish();
  expect(seen).toEqual(['at a@b.cd, and', 'then c@d.ef']);
});

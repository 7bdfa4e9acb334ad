import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMyNumber } from '../../../src/core/detect/check-digits.ts';
import { detectRows, detectText, findingOf, summary } from './detect-text.ts';

describe('twelve digits', () => {
  it.each([
    '個人番号 123456789018',
    '個人番号:１２３４５６７８９０１８',
    'マイナンバー 1234-5678-9018',
    'マイナンバー 1234 5678 9018',
    'マイナンバー １２３４‐５６７８‐９０１８',
    'マイナンバー 1234−5678−9018',
    'マイナンバー 1234ー5678ー9018',
    'マイナンバー 1234\u200b56789018',
    'My Number: 123456789018',
    '123456789018 が私のマイナンバーです',
    'マイナンバー①123456789018',
  ])('is a My Number: %s', (text) => expect(summary(detectText(text))).toEqual(['jp.my-number:high:1']));

  it.each([
    ['no word beside it', '123456789018', 'jp.my-number:low:1'],
    ['the word too far away', `個人番号${'、'.repeat(400)}123456789018`, 'jp.my-number:low:1'],
    ['a licence word nearer', 'マイナンバーではなく免許証番号は 309012345620', 'jp.drivers-license:high:1'],
  ])('with %s', (_, text, expected) => expect(summary(detectText(text))).toEqual([expected]));

  it.each([
    ['a wrong check digit', '個人番号 123456789012'],
    ['a longer run', '個人番号 91234567890180'],
    ['four groups', '個人番号 1234-5678-9018-0000'],
    ['a UUID', 'マイナンバー 0b1f3c5d-aaaa-4bbb-8ccc-123456789018'],
    ['a hash', 'マイナンバー deadbeef123456789018deadbeef'],
    ['a decimal', 'マイナンバー 0.123456789018'],
    ['an order number', '注文番号 123456789018'],
    ['a company register number', '会社法人等番号 123456789018'],
    ['an amount', 'マイナンバー事業 123456789018円'],
  ])('is nothing: %s', (_, text) => expect(summary(detectText(text))).toEqual([]));

  it('goes by the heading of its column, whatever the other headings say', () => {
    expect(
      summary(
        detectRows([
          ['受付番号', '個人番号'],
          ['123456789018', ''],
        ]),
      ),
    ).toEqual([]);
    expect(
      summary(
        detectRows([
          ['メモ', '個人番号'],
          ['', '123456789018'],
        ]),
      ),
    ).toEqual(['jp.my-number:high:1']);
    expect(
      summary(
        detectRows([
          ['氏名', '免許証番号'],
          ['佐藤太郎', '309012345620'],
        ]),
      ),
    ).toContain('jp.drivers-license:high:1');
  });

  it('is believed without a word when a column holds several, not when most of the column fails', () => {
    expect(summary(detectText('123456789018\n621498320257\n983205673214'))).toEqual(['jp.my-number:high:3']);
    const random = Array.from({ length: 40 }, (_, index) => String(111_222_333_444 + index)).join('\n');
    expect(summary(detectText(random)).every((line) => line.includes(':low:'))).toBe(true);
  });

  it('is known under its heading without the zero that a spreadsheet dropped', () => {
    const last = Array.from('0123456789').find((digit) => isMyNumber(`01234567890${digit}`)) ?? '';
    const detection = detectRows([
      ['氏名', '個人番号', '携帯'],
      ['佐藤太郎', `1234567890${last}`, '9012345678'],
    ]);
    expect(summary(detection)).toEqual(['jp.my-number:high:1', 'jp.phone:high:1', 'jp.person-name:high:1']);
    expect(detection.persons).toEqual({ from: 1, to: 1 });
    expect(summary(detectText(`個人番号 1234567890${last}`))).toEqual([]);
  });

  it('agrees with the check digit on any twelve digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9][0-9]{11}$/), (digits) => {
        expect(findingOf(detectText(`個人番号 ${digits}`), 'jp.my-number') !== undefined).toBe(isMyNumber(digits));
      }),
    );
  });
});

describe('corporate number', () => {
  it('is public, and never a My Number', () => {
    const detection = detectText('法人番号 7123456789012 登録番号 T4011001098993');
    expect(summary(detection)).toEqual(['jp.corporate-number:high:2']);
    expect(detection.persons).toEqual({ from: 0, to: 0 });
  });

  it('does not make its table a list of people', () => {
    const rows = [
      ['法人番号', '商号又は名称', '電話番号'],
      ['7123456789012', '見本商事', '03-1234-5678'],
    ];
    expect(detectRows(rows).persons).toEqual({ from: 0, to: 0 });
  });
});

describe('payment cards', () => {
  it.each([
    ['beside a word', 'カード番号 4539148803436467', 'credit-card:high:1'],
    ['in groups', '4539 1488 0343 6467', 'credit-card:medium:1'],
    ['alone', '4539148803436467', 'credit-card:low:1'],
    ['American Express', 'Amex 3742-454554-00126', 'credit-card:high:1'],
    ['a known test card', 'card number 4111 1111 1111 1111', 'credit-card:low:1'],
  ])('%s', (_, text, expected) => expect(summary(detectText(text))).toEqual([expected]));

  it.each(['card number 4539148803436468', 'card number 9539148803436460', 'card number 4539-1488-0343-6467-1234-5678'])(
    'refuses %s',
    (text) => expect(summary(detectText(text))).toEqual([]),
  );
});

describe('telephone', () => {
  it.each([
    '090-1234-5678',
    '電話03-1234-5678',
    'TEL03(1234)5678',
    '+81-90-1234-5678',
    '携帯 09012345678',
    '０９０−１２３４−５６７８',
    '電話 (03)1234-5678',
  ])('finds %s', (text) => {
    const finding = findingOf(detectText(text), 'jp.phone');
    expect(finding?.distinct).toBe(1);
    expect(finding?.confidence).toBe('high');
  });

  it('knows one number by several spellings', () => {
    expect(findingOf(detectText('電話 090-1234-5678、+81 90 1234 5678、09012345678'), 'jp.phone')).toMatchObject({ count: 3, distinct: 1 });
  });

  it.each(['0120-123-456', '2026-11-22', '090-1234-56789', 'a0901234567', '1.090.1234.5678'])('refuses %s', (text) =>
    expect(findingOf(detectText(text), 'jp.phone')).toBeUndefined(),
  );
});

describe('other numbers', () => {
  it.each([
    ['旅券番号 TR1234567', 'jp.passport:high:1'],
    ['TR12345672JPN0001018M2501017<<<<<<<<<<<<<<04', 'jp.passport:high:1'],
    ['在留カード AB12345678CD', 'jp.residence-card:high:1'],
    ['基礎年金番号 1234-567890', 'jp.pension-number:high:1'],
    ['健康保険 記号 123 番号 4567', 'jp.health-insurance:high:1'],
    ['普通 1234567', 'jp.bank-account:high:1'],
    ['ゆうちょ 記号 10530 番号 12345671', 'jp.bank-account:high:1'],
    ['GB26 MIDL 4005 1512 3456 74', 'iban:high:1'],
    ['SSN 523-45-6788', 'us.ssn:high:1'],
    ['生年月日 昭和60年4月1日', 'date-of-birth:high:1'],
    ['アクセス元 8.8.8.8', 'ip-address:medium:1'],
  ])('finds %s', (text, expected) => expect(summary(detectText(text))).toContain(expected));

  it.each([
    'TR1234567',
    '在留期間 2026年',
    '1234-567890',
    '2026-11-22 に生まれ変わる計画',
    'GB26 MIDL 4005 1512 3456 75',
    'SSN 000-12-3456',
  ])('refuses %s', (text) => expect(summary(detectText(text)).filter((line) => line.includes(':high:'))).toEqual([]));
});

import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../../fixtures/encode-japanese.ts';
import { detectRows, detectSegments, detectText, summary } from './detect-text.ts';

/** As found in the text, and in its bytes in both encodings that are searched undecoded. */
function inEveryEncoding(text: string): string[][] {
  const bytes = (content: Uint8Array, encoding: 'utf-8' | 'shift_jis') =>
    summary(detectSegments([{ kind: 'bytes', bytes: content, encoding, place: { line: 1 } }]));
  return [summary(detectText(text)), bytes(Buffer.from(text), 'utf-8'), bytes(encodeJapanese(text, 'shift_jis'), 'shift_jis')];
}

const sure = (found: readonly string[]): string[] => found.filter((line) => !line.includes(':low:'));

describe('behind its name', () => {
  it.each([
    ['a My Number broken with a carriage return', 'マイナンバー：3657-1779-\r\n4417', 'jp.my-number:high:1'],
    ['one broken without a hyphen', 'マイナンバー：3657 1779\n4417', 'jp.my-number:high:1'],
    ['one of two lines', '個人番号（12桁）\r\n36571779\r\n4417', 'jp.my-number:high:1'],
    ['one in brackets', '個人番号（12桁）\n[3][6][5][7][1][7][7][9][4][4][1][7]', 'jp.my-number:high:1'],
    ['one between squares', 'マイナンバー：3□6□5□7□1□7□7□9□4□4□1□7', 'jp.my-number:high:1'],
    ['one digit a line', '個人番号\r\n3\r\n6\r\n5\r\n7\r\n1\r\n7\r\n7\r\n9\r\n4\r\n4\r\n1\r\n7', 'jp.my-number:high:1'],
    ['社会保障・税番号', '社会保障・税番号 365717794417', 'jp.my-number:high:1'],
    ['a corporate number in boxes', '法人番号　9 6 3 6 3 2 8 4 0 3 2 8 7', 'jp.corporate-number:high:1'],
    ['a telephone with blanks', '電話番号　( 0776 ) 28 - 6498', 'jp.phone:high:1'],
    ['a telephone in full-width brackets', '連絡先：090（8680）4389', 'jp.phone:high:1'],
    ['a telephone with 0081', '電話：0081-90-1234-5678', 'jp.phone:high:1'],
    ['a telephone with half-width long vowels', '電話：080ｰ2632ｰ7042', 'jp.phone:high:1'],
    ['an account in boxes', '口座番号 2 5 6 2 4 8 6', 'jp.bank-account:high:1'],
    ['an account between rules', '口座番号 │3│0│2│3│9│7│1│', 'jp.bank-account:high:1'],
    ['a postal account on two lines', '【ゆうちょ銀行】\n記号　１８５７０\n番号　８８６７４７３１', 'jp.bank-account:high:1'],
    ['a postal transfer account', '振替口座 00108-2-456821', 'jp.bank-account:high:1'],
    ['the number of an insurance card', '保険証の記号番号は115681-857です。', 'jp.health-insurance:high:1'],
    ['a card', 'ご利用カード 4884424914364414', 'credit-card:high:1'],
    ['a blank in the label of a birth date', '生　年　月　日　昭和56年4月5日', 'date-of-birth:high:1'],
    ['an address of the network', '送信元 8.8.4.4 からの通信', 'ip-address:medium:1'],
  ])('finds %s', (_, text, expected) => {
    for (const found of inEveryEncoding(text)) expect(found).toContain(expected);
  });

  it.each([
    ['SS# 347-84-0808', 'us.ssn:high:1'],
    ['Soc. Sec. No. 180-18-4915', 'us.ssn:high:1'],
    ['S.S.N. 180-18-4915', 'us.ssn:high:1'],
    ['☎070.6407.5587', 'jp.phone:high:1'],
    ['☎ 072 848 8141', 'jp.phone:high:1'],
    ['℡ 044.667.7150', 'jp.phone:high:1'],
    ['card_no=4201760813272851', 'credit-card:high:1'],
    ['Zairyu card number: XX10858364KB', 'jp.residence-card:high:1'],
    ['nameserver 71.97.208.46', 'ip-address:medium:1'],
    ['allow 36.212.113.180/32;', 'ip-address:medium:1'],
    ['Received: from host ([120.240.69.93])', 'ip-address:medium:1'],
    ['GET /confirm?email=taro.yamada%40kaisha.co.jp&tel=1', 'email:high:1'],
  ])('finds %s', (text, expected) => expect(summary(detectText(text))).toContain(expected));

  it.each([
    ['two lines of digits without the name', '36571779\n4417'],
    ['a longer number over lines', '個人番号 3657 1779\n4417 1234'],
    ['boxes without the name of an account', '2 5 6 2 4 8 6'],
    ['thirteen boxes without a name', '9 6 3 6 3 2 8 4 0 3 2 8 7'],
    ['a sample in forms', 'ssn: 123-45-6789'],
  ])('leaves %s', (_, text) => expect(sure(summary(detectText(text)))).toEqual([]));
});

describe('birth dates by the 生 behind them', () => {
  it.each([
    '1980年5月6日に生まれ',
    'S52.11.20生',
    'S56/4/5生',
    'H14.6.17生まれ',
    '1978-01-13生まれ',
    '19840228生',
    '昭和 26 年 1 月 27 日生まれ',
  ])('finds %s', (text) => {
    for (const found of inEveryEncoding(text)) expect(found).toEqual(['date-of-birth:high:1']);
  });
  it.each([
    'birthday party on 2025-06-01',
    '誕生日プレゼントは6月1日までに発送\n設立：1975年4月1日',
    '2024.05.01生産',
    '誕生日特典 2025年6月1日まで',
  ])('leaves %s', (text) => expect(summary(detectText(text))).toEqual([]));
});

describe('amounts, goods and parts', () => {
  it.each(['普通株式 1234567 株', '普通車 1234567 台', '普通預金残高 2729733円', '当座預金 1781490 円', '口座残高：8434433円'])(
    'takes %s for no account',
    (text) => expect(summary(detectText(text))).toEqual([]),
  );
  it.each(['普通 1234567', '普通預金 1234567', '(普) 1234567', '普通口座　No.1234567', '当座：1234567'])(
    'takes %s for an account',
    (text) => expect(summary(detectText(text))).toEqual(['jp.bank-account:high:1']),
  );

  it.each([
    ['a journal', ['日付', '借方科目', '借方金額'], ['2025/06/01', '普通預金', '1234567']],
    ['balances', ['年月', '普通預金', '定期預金'], ['2025/01', '1234567', '2345678']],
  ])('takes %s for no accounts', (_, ...rows) => expect(summary(detectRows(rows))).toEqual([]));
  it('finds accounts beside amounts', () =>
    expect(
      summary(
        detectRows([
          ['種目', '口座番号', '振込金額'],
          ['普通', '1147000', '4836645'],
        ]),
      ),
    ).toEqual(['jp.bank-account:high:1']));

  it.each(['JANコード', '製品番号', 'lot_no'])('goes by the heading %s, however many look like corporate numbers', (heading) =>
    expect(
      summary(detectRows([[heading, '商品名'], ...['7123456789012', '4011001098993', '5835678256246'].map((number) => [number, '緑茶'])])),
    ).toEqual([]),
  );
  it('goes by the heading of parts to its end', () =>
    expect(
      summary(
        detectRows([
          ['品番', '品名'],
          ...Array.from({ length: 60 }, (_, index) => [`03-12${String(index).padStart(2, '0')}-5678`, '軸受']),
        ]),
      ),
    ).toEqual([]));

  it.each(['6700 51F1 5272 5274 5275 5269 52DE', '[.4300.0020.0011.0002]', '6465 736b 746f 702e 4442 7573 0000 0000'])(
    'takes a table of characters or bytes for no card: %s',
    (text) => expect(sure(summary(detectText(text)))).toEqual([]),
  );
  it('tells a security code from the end of a card', () =>
    expect(summary(detectText('カード番号 4201 7608 1327 2851 123'))).toEqual(['credit-card:high:1']));
  it('finds nineteen digits in groups', () =>
    expect(summary(detectText('カード番号 4998 9690 5015 4511 526'))).toEqual(['credit-card:high:1']));
});

describe('secrets beside their names', () => {
  const KEY = 'AKIAZ5XQ7R2NVK3TW6PM';
  const SECRET = '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';
  it.each([
    `Access key ID,Secret access key\n${KEY},${SECRET}`,
    `access_key = "${KEY}"\nsecret_key = "${SECRET}"`,
    `アクセスキー: ${KEY}\nシークレットアクセスキー: ${SECRET}`,
  ])('finds both keys of %s', (text) => expect(summary(detectText(text))).toEqual(['secret.aws:high:2']));
  it('finds the argument of a command', () =>
    expect(summary(detectText(`aws configure set aws_secret_access_key ${SECRET}`))).toEqual(['secret.aws:high:1']));
  it('takes a hash beside a key id for no secret', () =>
    expect(summary(detectText(`${KEY} 8843d7f92416211de9ebb963ff4ce28125932878`))).toEqual(['secret.aws:high:1']));

  it.each([
    "define( 'DB_PASSWORD', 'd5moZn6PmY07' );",
    'machine h login d password Xy7abcd',
    'パスワード「Xy7abcd9」',
    'user/pass = admin / Sakura4129!',
  ])('finds the password of %s', (text) => expect(sure(summary(detectText(text)))).toEqual(['secret.password:medium:1']));
  it.each([
    'password: !vault',
    '$pass = !$pass;',
    'PASS: gdb.ada/assign_1.exp: continue',
    'pass: matchResult?.pass',
    'USERNAME_PASSWORD: 0x02',
    'pass = imagePasses[1]',
    "password => 'fred'",
    'http://user:s3cretx@www.example.com/',
    'http_proxy="http://proxyuser:proxypass@proxyhost:80"',
  ])('leaves %s', (text) => expect(sure(summary(detectText(text)))).toEqual([]));
  it('takes the token of documentation for a sample', () =>
    expect(
      summary(detectText('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzb21lIjoicGF5bG9hZCJ9.4twFt5NiznN84AWoo1d7KO1T_yoc0Z6XOpOVswacPZg')),
    ).toEqual(['secret.jwt:low:1']));
});

describe('stamps and sentences', () => {
  it.each([
    '社外秘書検定の案内',
    '取扱注意事項をよくお読みください',
    '取扱注意点を説明します',
    '交渉は極秘裏に進められた。',
    '極秘という映画を見た',
    '# For internal use only',
    '* For internal use only.',
    "passphrase: 'top secret'",
    'Make sure to set CONFIDENTIAL flag in Assuan.',
    'Mark with ASSUAN_CONFIDENTIAL.',
  ])('takes no stamp from %s', (text) => {
    for (const found of inEveryEncoding(text)) expect(sure(found).filter((line) => line.startsWith('keyword'))).toEqual([]);
  });
  it.each([
    '社外秘',
    '極秘：人事異動案',
    '極秘資料',
    '取扱注意 顧客名簿',
    '【社外秘】来期の計画について、関係者のみに配布します。閲覧後は廃棄のこと。',
    'INTERNAL USE ONLY',
  ])('takes a stamp from %s', (text) => {
    for (const found of inEveryEncoding(text)) expect(found).toEqual(['keyword.confidential:high:1']);
  });
});

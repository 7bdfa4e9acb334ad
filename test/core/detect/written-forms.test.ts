import { describe, expect, it } from 'vitest';
import { detectRows, detectText, findingOf, summary } from './detect-text.ts';

/** Findings that policies count. */
const counted = (text: string): string[] => summary(detectText(text)).filter((line) => !line.includes(':low:'));
const sure = (text: string): string[] => counted(text).map((line) => line.replace(/:[a-z]+:/, ':'));

/** Offices of prefectures and towns, as they publish their addresses. */
const OFFICES = [
  '北海道札幌市中央区北3条西6丁目',
  '青森県青森市長島1丁目1-1',
  '岩手県盛岡市内丸10番1号',
  '宮城県仙台市青葉区本町3丁目8番1号',
  '秋田県秋田市山王四丁目1番1号',
  '山形県山形市松波二丁目8番1号',
  '福島県福島市杉妻町2-16',
  '茨城県水戸市笠原町978番6',
  '栃木県宇都宮市塙田1-1-20',
  '群馬県前橋市大手町1-1-1',
  '埼玉県さいたま市浦和区高砂3-15-1',
  '千葉県千葉市中央区市場町1-1',
  '東京都新宿区西新宿2-8-1',
  '神奈川県横浜市中区日本大通1-1',
  '新潟県新潟市中央区新光町4番地1',
  '富山県富山市新総曲輪1-7',
  '石川県金沢市鞍月1丁目1番地',
  '福井県福井市大手3丁目17番1号',
  '山梨県甲府市丸の内1-6-1',
  '長野県長野市大字南長野字幅下692-2',
  '岐阜県岐阜市薮田南2-1-1',
  '静岡県静岡市葵区追手町9番6号',
  '愛知県名古屋市中区三の丸三丁目1番2号',
  '三重県津市広明町13番地',
  '滋賀県大津市京町四丁目1番1号',
  '京都府京都市上京区下立売通新町西入薮ノ内町85-3',
  '大阪府大阪市中央区大手前2丁目1-22',
  '兵庫県神戸市中央区下山手通5丁目10番1号',
  '奈良県奈良市登大路町30番地',
  '和歌山県和歌山市小松原通1-1',
  '鳥取県鳥取市東町1丁目220番地',
  '島根県松江市殿町1番地',
  '岡山県岡山市北区内山下2-4-6',
  '広島県広島市中区基町10-52',
  '山口県山口市滝町1番1号',
  '徳島県徳島市万代町1丁目1番地',
  '香川県高松市番町四丁目1番10号',
  '愛媛県松山市一番町4-4-2',
  '高知県高知市丸ノ内1丁目2番20号',
  '福岡県福岡市博多区東公園7番7号',
  '佐賀県佐賀市城内1丁目1番59号',
  '長崎県長崎市尾上町3-1',
  '熊本県熊本市中央区水前寺6丁目18番1号',
  '大分県大分市大手町3丁目1番1号',
  '宮崎県宮崎市橘通東2丁目10番1号',
  '鹿児島県鹿児島市鴨池新町10番1号',
  '沖縄県那覇市泉崎1-2-2',
];

describe('addresses', () => {
  it.each(OFFICES)('finds %s', (office) => expect(counted(office)).toEqual(['jp.address:medium:1']));
  it.each(['新宿区西新宿2-8-1', '大阪市北区中之島1丁目3番20号', '住所：長野市大字南長野字幅下692-2'])(
    'finds %s without its prefecture',
    (text) => expect(sure(text)).toEqual(['jp.address:1']),
  );
  it('finds it in kanji, and block numbers behind a town that is named after one', () => {
    expect(sure('東京都千代田区千代田一丁目一番一号')).toEqual(['jp.address:1']);
    expect(sure('愛媛県松山市一番町4-4-2、愛媛県松山市一番町5-5-3')).toEqual(['jp.address:2']);
  });
  it('finds it in columns of its parts', () => {
    const rows = [
      ['氏名', '都道府県', '市区町村', '番地'],
      ['佐藤太郎', '東京都', '千代田区', '千代田1-1'],
      ['鈴木花子', '大阪府', '大阪市北区', '梅田3-1-1'],
    ];
    expect(summary(detectRows(rows))).toEqual(['jp.address:high:2', 'jp.person-name:high:2']);
  });
  it.each(['市場価格は1-2%上昇', '都市計画第2-3条', '新宿区で3-5月に開催', '東京都内で1-2時間', '同市中央1-1-1'])(
    'leaves %s alone',
    (text) => expect(counted(text)).toEqual([]),
  );
});

describe('birth dates', () => {
  it.each([
    '昭和55年4月1日',
    '昭和５５年４月１日',
    '昭和 55 年 4 月 1 日',
    'S55.4.1',
    'S55/04/01',
    '昭55.4.1',
    '昭和五十五年四月一日',
    '平成元年5月3日',
    '1980年4月1日',
    '1980/04/01',
    '19800401',
    'April 1, 1980',
    '1 Apr 1980',
  ])('finds %s behind its label, on its own line too', (date) => {
    expect(sure(`生年月日：${date}`)).toEqual(['date-of-birth:1']);
    expect(sure(`生年月日\n${date}`)).toEqual(['date-of-birth:1']);
  });
  it('takes one date for one label', () => {
    expect(sure('生年月日 1980/4/1 更新日 2026/11/22')).toEqual(['date-of-birth:1']);
    expect(sure('生年月日は未入力、登録日 2026年11月22日')).toEqual([]);
  });
  it('finds 昭和55年4月1日生', () => expect(sure('昭和55年4月1日生')).toEqual(['date-of-birth:1']));
});

describe('numbers over lines and in boxes', () => {
  it.each([
    '個人番号 1234-5678-\n9018',
    '個人番号\n1 2 3 4 5 6 7 8 9 0 1 8',
    '個人番号|1|2|3|4|5|6|7|8|9|0|1|8|',
    `個人番号\n${Array.from('123456789018').join('\n')}\n`,
  ])('finds %j', (text) => expect(sure(text)).toEqual(['jp.my-number:1']));
  it('finds one digit in a cell', () => {
    expect(summary(detectRows([['個人番号', ...Array.from('123456789018')]]))).toEqual(['jp.my-number:high:1']);
  });
  it('leaves a longer row of boxes alone', () => expect(sure('個人番号 1 2 3 4 5 6 7 8 9 0 1 8 3')).toEqual([]));
  it('tells a time from a number', () => {
    expect(findingOf(detectText(`マイナンバー連携の夜間処理を${' '.repeat(12)}202611220022 に開始`), 'jp.my-number')?.confidence).not.toBe(
      'high',
    );
  });
});

describe('health insurance', () => {
  it.each(['保険者番号 33120015', '保険者番号：３３１２００１５', '被保険者番号 12345678', '被保険者証の記号番号 1234-56789'])(
    'finds %s',
    (text) => expect(sure(text)).toEqual(['jp.health-insurance:1']),
  );
  it('counts nobody by an insurer’s number, which thousands share', () => {
    expect(detectText('保険者番号 33120015').persons).toEqual({ from: 0, to: 0 });
  });
});

describe('forms of other numbers', () => {
  it.each([
    ['Passport: TR 1234567', 'jp.passport:1'],
    ['在留カード AB 12345678 CD', 'jp.residence-card:1'],
    ['りそな銀行 梅田支店 (普)1234567', 'jp.bank-account:1'],
    ['ゆうちょ銀行 10530-12345671', 'jp.bank-account:1'],
    ['電話 03.1234.5678', 'jp.phone:1'],
    ['電話 +81 (0)3-1234-5678', 'jp.phone:1'],
    ['BE06 3101 2345 6774 BIC KREDBEBB', 'iban:1'],
    ['BR3400360305000010045195420C1', 'iban:1'],
    ['8.8.8.8 - - [22/Nov/2026:10:15:32 +0900] "GET / HTTP/1.1" 200 5', 'ip-address:1'],
    ['Failed password for root from 8.8.4.4 port 22 ssh2', 'ip-address:1'],
    ['client 2400:4050::1a2b', 'ip-address:1'],
    ['postgres://app:k3yB0ard@db.kaisha.jp/app', 'secret.password:1'],
    ['taro..@docomo.ne.jp', 'email:1'],
    ['極　秘', 'keyword.confidential:1'],
  ])('finds %s', (text, expected) => expect(sure(text)).toContain(expected));

  it.each([
    '図面番号 01-1234-5678',
    '基礎年金について 01-1234-5678',
    'server version 9.2.14.3',
    'client Chrome/126.0.6478.62',
    'IP address 2001:db8::1',
    '型番 TR1234567 のパスポートケース',
    'password: "Enter your password"',
    '"password": "パスワードを入力してください"',
    'SLACK_TOKEN=xoxb-your-bot-token-goes-here',
    '4000 0000 0000 0002',
  ])('leaves %s alone', (text) => expect(counted(text)).toEqual([]));
});

describe('names in running text', () => {
  it.each([
    '昨日、中谷有宏さんから連絡がありました。',
    '磯田一裕様',
    '担当：関 由有子',
    '氏名\n長谷川 慎一郎',
    '申請者氏名　廣田　真知子　印',
    '田中さくらさんが入社しました',
    'Full name: YAMADA Taro',
  ])('finds one in %s', (text) => expect(sure(text)).toEqual(['jp.person-name:1']));
  it.each([
    '上野動物園と千葉大学、山口大学、豊田自動織機',
    '福島第一、前田建設、小松空港、高松市内',
    '千葉 市川 船橋 松戸の各店',
    '森林組合、原子力、関東、東西南北',
    '御担当者様、関係各位様、代表取締役様',
    '氏名：未記入',
    'Product name: Blue Widget',
  ])('finds none in %s', (text) => expect(sure(text)).toEqual([]));
});

describe('reasons', () => {
  it.each([
    ['placeholder', 'secret.aws', 'AKIAIOSFODNN7EXAMPLE'],
    ['known-test-value', 'credit-card', 'card number 4111 1111 1111 1111'],
    ['reserved-range', 'ip-address', 'host 10.0.0.1'],
    ['reserved-range', 'email', 'user@example.com'],
    ['machine-sender', 'email', 'noreply@github.com'],
    ['version-number', 'ip-address', 'version 1.2.3.4'],
  ])('say %s of %s', (reason, detector, text) => {
    const finding = findingOf(detectText(text), detector);
    expect(finding?.confidence).toBe('low');
    expect(finding?.reasons).toContain(reason);
  });
});

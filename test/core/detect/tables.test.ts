import { describe, expect, it } from 'vitest';
import { roleOfHeading } from '../../../src/core/detect/columns.ts';
import { detectRows, findingOf } from './detect-text.ts';

describe('headings of names', () => {
  it.each([
    '受講者名',
    'お届け先名',
    'お客さま名',
    'お名前（フルネーム）をご記入ください',
    '名前（漢字）',
    '口座名義',
    '預金者名',
    '借主',
    '保護者',
    'Patient Name',
    'card_holder_name',
    'Guest name',
    '申込者氏名',
  ])('%s heads names', (heading) => {
    expect(roleOfHeading(heading)).toBe('name');
  });

  it.each([
    '品名',
    '商品名',
    '会社名',
    '学校名',
    '営業所名',
    '事業者名',
    '端子名',
    '地名',
    '消費者物価指数',
    '申込者数',
    '市場',
    '学生番号',
  ])('%s does not', (heading) => {
    expect(roleOfHeading(heading)).not.toBe('name');
  });

  it.each([
    ['現住所都道府県', 'prefecture'],
    ['市区町村名', 'municipality'],
    ['現住所丁目・番地', 'town'],
    ['ご住所', 'address'],
    ['日中の連絡先', 'phone'],
    ['お名前(名)', 'given-name'],
    ['品番', 'other-number'],
    ['取引ID', 'other-number'],
    ['Transaction ID', 'other-number'],
    ['個番', 'my-number'],
  ])('%s heads %s', (heading, role) => {
    expect(roleOfHeading(heading)).toBe(role);
  });
});

const distinct = (rows: readonly (readonly string[])[], detector: string) => findingOf(detectRows(rows), detector)?.distinct ?? 0;

describe('columns told by their values', () => {
  const people = [
    ['竹内由美子', '330-0854', '090-3522-6112'],
    ['原恵子', '330-0853', '090-3522-6113'],
    ['竈門一葉', '330-0852', '090-3522-6114'],
    ['佐藤花子', '330-0851', '090-3522-6115'],
  ];

  it('takes all values of a column of names, known or not, under a heading nobody knows', () => {
    const rows = [['くらしの友', '郵便番号', '電話番号'], ...people];
    expect(distinct(rows, 'jp.person-name')).toBe(4);
    expect(detectRows(rows).persons).toEqual({ from: 4, to: 4 });
  });

  it('takes a row of words over numbers for headings', () => {
    const rows = [['くらしの友', '〒', 'でんわ'], ...people];
    expect(distinct(rows, 'jp.person-name')).toBe(4);
    expect(detectRows(rows).persons).toEqual({ from: 4, to: 4 });
  });

  it('takes dates in several forms for one column, without headings', () => {
    const rows = [
      ['佐藤花子', 'sato@kaisha.jp', '昭和 52 年 12 月 1 日'],
      ['後藤大輔', 'goto@kaisha.jp', '平成 16 年 3 月 26 日'],
      ['千葉舞', 'chiba@kaisha.jp', '1980-09-28'],
      ['原恵子', 'hara@kaisha.jp', '1958年12月25日'],
    ];
    expect(distinct(rows, 'date-of-birth')).toBe(4);
  });

  it('joins family and given names without headings', () => {
    const rows = [
      ['1000', '後藤', '大輔', '2021/07/11'],
      ['1001', '千葉', '舞', '2021/07/12'],
      ['1002', '佐藤', '花子', '2021/07/13'],
    ];
    expect(distinct(rows, 'jp.person-name')).toBe(3);
    expect(detectRows(rows).persons).toEqual({ from: 3, to: 3 });
  });

  it('takes no towns and no goods for names', () => {
    expect(
      distinct(
        [
          ['商品', '単価'],
          ['田中太郎', '100'],
          ['佐藤花子', '200'],
          ['鈴木一郎', '300'],
        ],
        'jp.person-name',
      ),
    ).toBeLessThan(4);
    expect(
      distinct(
        [
          ['都市', '人口'],
          ['千葉', '980000'],
          ['福島', '280000'],
          ['山口', '190000'],
        ],
        'jp.person-name',
      ),
    ).toBe(0);
  });
});

describe('rows that are nobody', () => {
  it.each([['合計'], ['小計'], ['以上'], ['20名']])('%s', (word) => {
    const rows = [
      ['No', '氏名', '電話番号'],
      ['1', '佐藤花子', '090-1111-2222'],
      ['', word, ''],
    ];
    expect(detectRows(rows).persons).toEqual({ from: 1, to: 1 });
    expect(distinct(rows, 'jp.person-name')).toBe(1);
  });

  it('shops with telephones', () => {
    const rows = [
      ['営業所名', '住所', '電話番号'],
      ['新宿店', '東京都新宿区西新宿1-24-11', '03-1111-2222'],
      ['横浜店', '横浜市西区北幸1-2-3', '045-111-2222'],
    ];
    expect(detectRows(rows).persons).toEqual({ from: 0, to: 0 });
  });

  it('users of a service, by the names of their accounts', () => {
    expect(
      distinct(
        [
          ['User Name', 'Access key ID'],
          ['deploy', 'AKIAQWERTYUIOPASDFGH'],
        ],
        'jp.person-name',
      ),
    ).toBe(0);
  });

  it('but a family name that ends like a department', () => {
    expect(
      distinct(
        [
          ['姓', '名', '電話番号'],
          ['服部', '一', '090-1111-2222'],
        ],
        'jp.person-name',
      ),
    ).toBe(1);
  });
});

describe('addresses in columns', () => {
  it('are joined under any of the usual headings', () => {
    const rows = [
      ['氏名', '現住所都道府県', '現住所市区町村', '現住所丁目・番地'],
      ['佐藤花子', '東京都', '新宿区', '西新宿1-24-11'],
    ];
    expect(distinct(rows, 'jp.address')).toBe(1);
  });

  it('are none in a list of places', () => {
    expect(
      distinct(
        [
          ['都道府県名', '市区町村名', '町域名'],
          ['東京都', '新宿区', '西新宿'],
          ['東京都', '新宿区', '北新宿'],
        ],
        'jp.address',
      ),
    ).toBe(0);
  });
});

describe('forms, with their headings in the first column', () => {
  const form = [
    ['お名前', '竈門一葉'],
    ['フリガナ', 'カマド イチヨウ'],
    ['住所', '東京都新宿区西新宿1-24-11'],
    ['E-mail', 'kamado@kaisha.co.jp'],
    ['電話番号', '090-3522-6112'],
  ];

  it('of one person', () => {
    expect(detectRows(form).persons).toEqual({ from: 1, to: 1 });
    expect(distinct(form, 'jp.person-name')).toBe(1);
    expect(distinct(form, 'jp.address')).toBe(1);
  });

  it('of several, side by side', () => {
    const rows = [
      ['項目', '1人目', '2人目'],
      ['氏名', '佐藤花子', '鈴木一郎'],
      ['電話番号', '090-1111-2222', '090-1111-3333'],
      ['生年月日', '1981/4/5', '1982/4/5'],
    ];
    expect(detectRows(rows).persons).toEqual({ from: 2, to: 2 });
    expect(distinct(rows, 'date-of-birth')).toBe(2);
  });

  it('are not tables whose only known heading comes first', () => {
    const rows = [
      ['氏名', 'ふね'],
      ['佐藤花子', '丸'],
      ['鈴木一郎', '船'],
    ];
    expect(detectRows(rows).persons).toEqual({ from: 2, to: 2 });
  });
});

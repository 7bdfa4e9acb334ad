import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADINGS, people, personCells } from '../../fixtures/people.ts';
import { detectRows, detectSegments, detectText, findingOf } from './detect-text.ts';

const exactly = (count: number) => ({ from: count, to: count });

describe('persons in tables', () => {
  it('is exact to the row on a clean table of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), (count) => {
        const detection = detectRows([HEADINGS, ...people(count).map(personCells)]);
        expect(detection.persons).toEqual(exactly(count));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [
      'the same My Number twice',
      [
        ['氏名', '個人番号'],
        ['佐藤太郎', '123456789018'],
        ['佐藤 太郎', '123456789018'],
      ],
      1,
    ],
    [
      'the same e-mail twice',
      [
        ['name', 'e-mail'],
        ['Sato', 'sato@kaisha.jp'],
        ['T. Sato', 'SATO@kaisha.jp'],
      ],
      1,
    ],
    [
      'a shared telephone, two names',
      [
        ['氏名', '電話番号'],
        ['佐藤太郎', '03-1111-2222'],
        ['佐藤花子', '03-1111-2222'],
      ],
      2,
    ],
    [
      'name and telephone twice',
      [
        ['氏名', '電話番号'],
        ['佐藤太郎', '03-1111-2222'],
        ['佐藤太郎', '0311112222'],
      ],
      1,
    ],
    ['bare names', [['氏名'], ['佐藤太郎'], ['鈴木花子'], ['佐藤太郎']], 2],
    [
      'a total row',
      [
        ['氏名', '金額'],
        ['佐藤太郎', '100'],
        ['合計', '100'],
      ],
      1,
    ],
    [
      'family and given name apart',
      [
        ['姓', '名', '電話'],
        ['佐藤', '太郎', '090-1111-2222'],
        ['佐藤', '花子', '090-1111-3333'],
      ],
      2,
    ],
    [
      'staff numbers without names',
      [
        ['社員番号', '部署'],
        ['A001', '営業'],
        ['A002', '総務'],
      ],
      2,
    ],
    [
      'a title above the headings',
      [['社員名簿'], ['氏名', '住所'], ['佐藤太郎', '東京都千代田区1-1'], ['鈴木花子', '東京都千代田区1-2']],
      2,
    ],
    [
      'a table of goods',
      [
        ['商品コード', '数量'],
        ['A-1', '3'],
        ['A-2', '4'],
      ],
      0,
    ],
    [
      'companies',
      [
        ['会社名', '電話番号'],
        ['見本商事', '03-1234-5678'],
      ],
      0,
    ],
    [
      'two linked by a third row',
      [
        ['氏名', 'メール', '個人番号'],
        ['A', 'a@k.jp', ''],
        ['A', '', '123456789018'],
        ['A', 'a@k.jp', '123456789018'],
      ],
      1,
    ],
  ] as const)('%s', (_, rows, count) => expect(detectRows(rows).persons).toEqual(exactly(count)));

  it('counts a person once who is in two tables', () => {
    const table = (id: number) =>
      [HEADINGS, ...people(5).map(personCells)].map(
        (cells, index) => ({ kind: 'row', table: id, cells, place: { line: index + 1 } }) as const,
      );
    expect(detectSegments([...table(1), ...table(2)]).persons).toEqual(exactly(5));
  });

  it('gives a range where a bare name may be someone already counted', () => {
    const rows = [
      ['氏名', '電話番号'],
      ['佐藤太郎', '090-1111-2222'],
      ['佐藤太郎', ''],
    ];
    expect(detectRows(rows).persons).toEqual({ from: 1, to: 2 });
  });
});

describe('headings', () => {
  const rows = people(4).map(personCells);

  it.each([0, 1, 5, 12, 19])('are found below %d lines of something else', (above) => {
    const title = Array.from({ length: above }, (_, line) => [`お知らせ その${line + 1}`]);
    expect(detectRows([...title, HEADINGS, ...rows]).persons).toEqual(exactly(4));
    expect(
      detectRows([...title, ['No', '氏名', '所属'], ...rows.map(([name = ''], index) => [String(index), name, '営業部'])]).persons,
    ).toEqual(exactly(4));
  });

  it('may be missing: the values of the columns tell', () => {
    const detection = detectRows(rows);
    expect(detection.persons).toEqual(exactly(4));
    expect(findingOf(detection, 'jp.person-name')).toMatchObject({ confidence: 'high', distinct: 4, reasons: ['column-type'] });
  });

  it('of both kinds name the same people once', () => {
    const table = (id: number, lines: readonly (readonly string[])[]) =>
      lines.map((cells, index) => ({ kind: 'row', table: id, cells, place: { sheet: `S${id}`, line: index + 1 } }) as const);
    expect(detectSegments([...table(1, [HEADINGS, ...rows]), ...table(2, rows.toReversed())]).persons).toEqual(exactly(4));
  });

  it('with the bare word name head people only beside other headings of people, or with names below', () => {
    const goods = [
      ['id', 'name', 'version'],
      ['1', 'Blue Widget', '1.0'],
      ['2', 'left-pad', '2.0'],
    ];
    expect(detectRows(goods)).toMatchObject({ findings: [], persons: exactly(0) });
    expect(
      detectRows([
        ['id', 'name'],
        ['1', '佐藤 太郎'],
        ['2', 'Hanako Suzuki'],
      ]).persons,
    ).toEqual(exactly(2));
    expect(
      detectRows([
        ['name', 'department'],
        ['J. Doe', 'Sales'],
        ['K. Roe', 'Sales'],
      ]).persons,
    ).toEqual(exactly(2));
  });

  it('are not made of the answers below them', () => {
    const survey = [
      ['氏名', '連絡方法', '希望'],
      ['佐藤太郎', '電話', 'メール'],
      ['鈴木花子', 'メール', '電話'],
    ];
    expect(detectRows(survey).persons).toEqual(exactly(2));
  });

  it('that are missing over goods and logs make nobody', () => {
    expect(
      detectRows([
        ['緑茶', '100', '2026/11/22'],
        ['煎餅', '200', '2026/11/22'],
        ['牛乳', '150', '2026/11/23'],
      ]).persons,
    ).toEqual(exactly(0));
    expect(
      detectRows([
        ['株式会社見本', '03-1234-5678'],
        ['有限会社例示', '03-1234-5679'],
        ['見本商事株式会社', '03-1234-5680'],
      ]).persons,
    ).toEqual(exactly(0));
  });
});

describe('persons in text', () => {
  it('counts document numbers exactly', () => {
    const text = people(7)
      .map(({ name, myNumber }) => `${name}さんの個人番号は${myNumber}です。`)
      .join('\n');
    expect(detectText(text).persons).toEqual(exactly(7));
  });

  it('gives a range for contact data alone', () => {
    expect(detectText('a@kaisha.jp b@kaisha.jp c@kaisha.jp').persons).toEqual({ from: 1, to: 3 });
  });

  it('does not count a person again whose row was counted', () => {
    const [person] = people(1);
    if (person === undefined) throw new Error('no person');
    const rows = [HEADINGS, personCells(person)].map(
      (cells, index) => ({ kind: 'row', table: 1, cells, place: { line: index + 1 } }) as const,
    );
    const text = { kind: 'text', text: `マイナンバー ${person.myNumber}`, place: {} } as const;
    expect(detectSegments([...rows, text]).persons).toEqual(exactly(1));
  });

  it('counts nobody in a report', () => {
    expect(detectText('売上は1,234,567円、注文番号 202610150001 の件。').persons).toEqual(exactly(0));
  });
});

describe('the lower bound in running text', () => {
  it.each([
    ['names', '本日の出席者は佐藤花子様、鈴木一郎様、高橋健太様です。', { from: 3, to: 3 }],
    ['one name twice', '佐藤花子様、佐藤 花子様', { from: 1, to: 1 }],
    ['a name and its reading', '氏名：佐藤花子\n氏名：サトウ ハナコ\n電話：090-1111-2222', { from: 1, to: 1 }],
    ['addresses of mail', 'a@kaisha.jp b@kaisha.jp c@kaisha.jp', { from: 1, to: 3 }],
    ['two names, three telephones', '佐藤花子様 090-1111-2222 03-1111-2222、鈴木一郎様 090-1111-3333', { from: 2, to: 3 }],
  ])('%s', (_, text, persons) => {
    expect(detectText(text).persons).toEqual(persons);
  });

  it('counts nobody of a table again', () => {
    const rows = [
      ['氏名', '電話番号'],
      ['佐藤花子', '090-1111-2222'],
    ].map((cells, index) => ({ kind: 'row', table: 1, cells, place: { line: index + 1 } }) as const);
    expect(detectSegments([...rows, { kind: 'text', text: '佐藤花子様へ', place: { line: 9 } }]).persons).toEqual({ from: 1, to: 1 });
  });
});

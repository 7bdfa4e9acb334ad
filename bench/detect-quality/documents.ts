import type { Segment } from '../../src/core/detect/index.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { name } from './names.ts';
import * as numbers from './numbers.ts';
import { address } from './places.ts';
import { birthDate, emailAddress, phoneNumber, POSITIVES, publicAddress } from './positives.ts';
import type { Random } from './random.ts';

/** A file of the corpus, and what is in it: distinct values by detector, and persons where a table settles their number. */
export interface Sample {
  readonly kind: string;
  readonly segments: readonly Segment[];
  readonly expected: Readonly<Record<string, number>>;
  readonly persons?: number;
}

const PROSE = [
  '本日の会議は第2会議室で10時30分からです。',
  '添付の資料をご確認のうえ、ご意見をお聞かせください。',
  '売上は前年同期より3.5%増え、1,234,567円となりました。',
  '次回の更新は2026年12月1日を予定しています。',
  '詳しくは社内ポータルの手順書をご覧ください。',
  'The build took 42 seconds and all 1,024 tests passed.',
  'Please review the attached draft by Friday.',
  'サーバーの再起動は22:00に行います。作業時間は約15分です。',
];

function prose(random: Random, sentences: number): string {
  return Array.from({ length: sentences }, () => random.pick(PROSE)).join(random.pick(['', '\n']));
}

const text = (content: string): readonly Segment[] => [{ kind: 'text', text: content, place: { line: 1 } }];

/** One value in running text. */
export function single(random: Random, detector: string): Sample {
  const value = random.pick(POSITIVES[detector] ?? [])(random);
  const content = `${prose(random, random.integer(0, 4))}\n${value}\n${prose(random, random.integer(0, 4))}`;
  return { kind: 'single value', segments: text(content), expected: { [detector]: 1 } };
}

export function lookAlike(random: Random, kind: string): Sample {
  const content = `${prose(random, random.integer(0, 3))}\n${random.pick(LOOK_ALIKES[kind] ?? [])(random)}\n${prose(random, random.integer(0, 3))}`;
  return { kind, segments: text(content), expected: kind === 'corporate number' ? { 'jp.corporate-number': 1 } : {} };
}

export function mail(random: Random): Sample {
  const [from, to] = [name(random), name(random)];
  const sender = emailAddress(random);
  const content = `From: ${sender}\nTo: ${emailAddress(random)}\nDate: Sun, 22 Nov 2026 10:15:32 +0900\nSubject: お打ち合わせの件

${to.family} ${to.given} 様

${prose(random, 4)}

--
${from.family} ${from.given}
見本商事株式会社 営業部
〒${random.digits(3)}-${random.digits(4)} ${address(random)}
TEL ${numbers.landline(random)} / 携帯 ${numbers.mobile(random)}
E-mail: ${sender}
`;
  const people = from.family + from.given === to.family + to.given ? 1 : 2;
  return { kind: 'mail', segments: text(content), expected: { email: 2, 'jp.person-name': people, 'jp.address': 1, 'jp.phone': 2 } };
}

export function form(random: Random): Sample {
  const who = name(random);
  const separator = random.pick(['：', '　', '\n', ': ', '\t']);
  const content = [
    '入会申込書',
    `氏名${separator}${who.family}　${who.given}`,
    `フリガナ${separator}${who.familyKana} ${who.givenKana}`,
    `生年月日${separator}${birthDate(random)}`,
    `住所${separator}${address(random)}`,
    `電話番号${separator}${phoneNumber(random)}`,
    `メールアドレス${separator}${emailAddress(random)}`,
    `個人番号${separator}${numbers.myNumber(random)}`,
    '受付日 2026年11月22日　受付番号 202611220042',
  ].join('\n');
  const expected = { 'jp.person-name': 1, 'date-of-birth': 1, 'jp.address': 1, 'jp.phone': 1, email: 1, 'jp.my-number': 1 };
  return { kind: 'form', segments: text(content), expected };
}

interface PersonColumn {
  readonly headings: readonly string[];
  readonly detector?: string;
  cell(random: Random, row: number): string;
}

const NAMES: PersonColumn = {
  headings: ['氏名', 'お名前', '氏　名', '顧客名', '社員氏名', 'Full Name', '氏名（漢字）', '利用者氏名'],
  detector: 'jp.person-name',
  cell: (random) => {
    const who = name(random);
    return `${who.family}${random.pick([' ', '　'])}${who.given}`;
  },
};

const COLUMNS: readonly PersonColumn[] = [
  { headings: ['住所', '現住所', '自宅住所', 'Address'], detector: 'jp.address', cell: (random) => address(random) },
  { headings: ['電話番号', 'TEL', '携帯電話', '連絡先電話番号', 'Phone'], detector: 'jp.phone', cell: (random) => phoneNumber(random) },
  {
    headings: ['メールアドレス', 'E-mail', 'Email Address', 'メール'],
    detector: 'email',
    cell: (random, row) => emailAddress(random).replace('@', `${row}@`),
  },
  { headings: ['生年月日', 'Date of Birth', '誕生日'], detector: 'date-of-birth', cell: (random) => birthDate(random) },
  { headings: ['個人番号', 'マイナンバー', 'My Number'], detector: 'jp.my-number', cell: (random) => numbers.myNumber(random) },
  { headings: ['社員番号', '会員ID', '顧客コード'], cell: (_, row) => `A${String(row + 1001)}` },
];

const OTHER_COLUMNS: readonly PersonColumn[] = [
  { headings: ['部署', '所属'], cell: (random) => random.pick(['営業部', '総務部', '開発部', '経理部']) },
  { headings: ['備考', 'メモ'], cell: (random) => random.pick(['', '', '更新済み', '2026/4/1 入会', '要確認']) },
  { headings: ['金額', '合計'], cell: (random) => String(random.integer(100, 99_999)) },
  { headings: ['注文番号', '受付番号'], cell: (random) => random.digits(12) },
];

/** A table of people under a heading row somewhere in its first twenty lines, or under none. */
export function peopleTable(random: Random, { headed, sheets = 1 }: { readonly headed: boolean; readonly sheets?: number }): Sample {
  const columns = random.shuffled([
    NAMES,
    ...random.shuffled(COLUMNS).slice(0, random.integer(1, 4)),
    ...random.shuffled(OTHER_COLUMNS).slice(0, random.integer(0, 3)),
  ]);
  const rows = Array.from({ length: random.integer(5, 60) }, (_, row) => columns.map((column) => column.cell(random, row)));
  const heading = columns.map((column) => random.pick(column.headings));
  const title = headed
    ? random.pick([
        [],
        [],
        [['会員一覧']],
        [['2026年度 名簿'], ['作成日', '2026/11/22'], ['部外秘']],
        Array.from({ length: 12 }, (_, line) => [`注意${line + 1}`]),
      ])
    : [];
  const segments: Segment[] = [];
  for (let sheet = 1; sheet <= sheets; sheet++) {
    const lines = [...title, ...(headed ? [heading] : []), ...(sheet === 1 ? rows : random.shuffled(rows))];
    segments.push(
      ...lines.map((cells, index): Segment => ({ kind: 'row', table: sheet, cells, place: { sheet: `S${sheet}`, line: index + 1 } })),
    );
  }
  const expected: Record<string, number> = title.some(([first]) => first === '2026年度 名簿') ? { 'keyword.confidential': 1 } : {};
  for (const [index, { detector }] of columns.entries()) {
    if (detector === undefined) continue;
    expected[detector] = new Set(rows.map((row) => spelling(detector, row[index] ?? ''))).size;
  }
  const shape = sheets > 1 ? 'table over two sheets' : headed ? 'table with headings' : 'table without headings';
  return { kind: shape, segments, expected, persons: distinctPeople(columns, rows) };
}

function spelling(detector: string, value: string): string {
  return detector === 'jp.person-name' || detector === 'jp.address' ? value.normalize('NFKC').replace(/\s/g, '') : value.normalize('NFKC');
}

/** Rows that agree in everything that tells people apart are one person twice; a bare namesake cannot be told from its name. */
function distinctPeople(columns: readonly PersonColumn[], rows: readonly (readonly string[])[]): number {
  const telling = columns.flatMap((column, index) => (column === NAMES || COLUMNS.includes(column) ? [index] : []));
  return new Set(rows.map((row) => telling.map((index) => row[index]).join('\t'))).size;
}

/** Tables of goods, orders and companies: nobody is in them. */
export function goodsTable(random: Random): Sample {
  const tables: readonly (readonly [readonly string[], () => readonly string[]])[] = [
    [
      ['商品コード', '商品名', '単価', '数量'],
      () => [numbers.ean13(random, '49'), random.pick(['緑茶 500ml', '大和 煎餅', '山田 米']), random.digits(3), '4'],
    ],
    [
      ['id', 'name', 'version', 'size'],
      () => [random.digits(12), random.pick(['core', 'left-pad', 'Blue Widget', 'express']), '1.2.3', random.digits(6)],
    ],
    [['法人番号', '商号', '電話番号'], () => [numbers.corporateNumber(random), '見本商事', numbers.landline(random)]],
    [
      ['注文番号', '注文日', '送り状番号', '金額'],
      () => [random.digits(12), '2026/11/22', `${random.digits(4)}-${random.digits(4)}-${random.digits(4)}`, random.digits(5)],
    ],
    [['timestamp', 'host', 'pid', 'value'], () => [`17${random.digits(11)}`, 'web01', random.digits(5), `0.${random.digits(12)}`]],
  ];
  const [heading, row] = random.pick(tables);
  const rows = [heading, ...Array.from({ length: random.integer(5, 40) }, row)];
  const expected: Record<string, number> = {};
  if (heading[0] === '法人番号') {
    for (const [detector, column] of [
      ['jp.corporate-number', 0],
      ['jp.phone', 2],
    ] as const)
      expected[detector] = new Set(rows.slice(1).map((cells) => cells[column])).size;
  }
  const segments = rows.map((cells, index): Segment => ({ kind: 'row', table: 1, cells, place: { line: index + 1 } }));
  return { kind: 'table of goods', segments, expected, persons: 0 };
}

export function accessLog(random: Random): Sample {
  const clients = Array.from({ length: random.integer(3, 20) }, () => publicAddress(random));
  const line = (client: string): string =>
    `${client} - - [22/Nov/2026:10:${random.integer(10, 59)}:32 +0900] "GET /items/${random.digits(12)}?v=${random.digits(13)} HTTP/1.1" 200 ${random.digits(5)} "-" "Mozilla/5.0 Chrome/126.0.6478.62"`;
  return { kind: 'access log', segments: text(clients.map(line).join('\n')), expected: { 'ip-address': new Set(clients).size } };
}

export function sourceCode(random: Random): Sample {
  const secret = random.chance(0.3) ? `const token = 'ghp_${random.characters('abcdefghijkLMNOPQRSTUVWXYZ0123456789', 36)}';\n` : '';
  const content = `import { scan } from './scan.ts';
export const VERSION = '${random.integer(1, 9)}.${random.integer(0, 30)}.${random.integer(0, 9)}';
const REQUEST_ID = '${random.characters('0123456789abcdef', 8)}-1234-4abc-8def-${random.digits(12)}';
const EXAMPLE_KEY = 'AKIAIOSFODNN7EXAMPLE';
const TEST_CARD = '4111111111111111';
const password: string = process.env.PASSWORD ?? '';
const LIMITS = [${Array.from({ length: 8 }, () => random.integer(100_000_000_000, 999_999_999_999)).join(', ')}];
// author: noreply@example.com, see https://example.com/${random.digits(10)}
${secret}export function passwordField(form: { password: string }) { return form.password; }
`;
  return { kind: 'source code', segments: text(content), expected: secret === '' ? {} : { 'secret.github': 1 } };
}

import { encodings } from '../../scripts/scanner/encodings.ts';
import { planted, type Planted } from './planted.ts';
import { Random } from './random.ts';

export interface Truth {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** What extraction would hand over as one file's bytes. */
export interface Document {
  readonly start: number;
  readonly end: number;
  readonly encoding: 'utf-8' | 'shift_jis';
}

export interface Corpus {
  readonly bytes: Uint8Array;
  readonly documents: readonly Document[];
  readonly truth: readonly Truth[];
}

const DOCUMENT_LINES = 400;
const SHIFT_JIS_PERCENT = 12;
/** One line in so many holds a value. */
const LINES_PER_VALUE = 60;

const PROSE =
  '本日の定例会議では来期の販売計画について話し合いました。資料は共有フォルダに置いてありますので、ご確認ください。先方からの回答は来週の水曜日までに届く見込みです。工場の在庫は先月より増えており、出荷の予定を見直す必要があります。新しい社員の研修は四月から始まります。担当者は部署ごとに決めて、総務まで連絡をお願いします。見積書の金額に誤りがあったため、修正したものをお送りします。お忙しいところ恐れ入りますが、よろしくお願いいたします。'.split(
    '。',
  );
const ENGLISH =
  'the report covers the second quarter and was reviewed by the finance team before it was sent to customers please find the attached minutes of our meeting about the new warehouse we expect the delivery to arrive early next month and will keep you informed'.split(
    ' ',
  );
const CODE = [
  'export function total(rows: readonly Row[]): number {',
  '  return rows.reduce((sum, row) => sum + row.amount * 1.1, 0);',
  '}',
  "import { readFile } from 'node:fs/promises';",
  '    if (response.status !== 200) throw new RangeError(`unexpected ${response.status}`);',
  '  const color = "#a1b2c3"; // see section 4.2.1',
  '<div class="table-row" data-id="4821"><span>%s</span></div>',
  'SELECT id, amount, created_at FROM orders WHERE created_at > ? ORDER BY id LIMIT 100;',
];
const PRODUCTS = [
  'ボールペン',
  'コピー用紙',
  'インクカートリッジ',
  'ノートパソコン',
  '会議用テーブル',
  'desk lamp',
  'USB cable',
  'monitor 27in',
];
const PLACES = ['本社', '大阪支店', '名古屋営業所', '福岡支店', '札幌営業所'];

/** About `megabytes` of tables, logs, mail and code with known values in it. */
export function makeCorpus(seed: number, megabytes: number): Corpus {
  const random = new Random(seed);
  const bytes = new Uint8Array(megabytes * 1_000_000);
  const truth: Truth[] = [];
  const documents: Document[] = [];
  let at = 0;
  for (;;) {
    const write = random.pick([tableLine, logLine, mailLine, codeLine]);
    const shiftJis = random.below(100) < SHIFT_JIS_PERCENT;
    const start = at;
    const end = (): Document => ({ start, end: at, encoding: shiftJis ? 'shift_jis' : 'utf-8' });
    for (let line = 0; line < DOCUMENT_LINES; line++) {
      const value = random.below(LINES_PER_VALUE) === 0 ? planted(random) : undefined;
      const [before, after] = write(random, value);
      const pieces = [before, value?.text ?? '', `${after}\n`].map((text) => encode(text, shiftJis));
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (at + length > bytes.length) return { bytes: bytes.subarray(0, at), documents: [...documents, end()], truth };
      for (const [index, piece] of pieces.entries()) {
        bytes.set(piece, at);
        if (index === 1 && value !== undefined) truth.push({ kind: value.kind, start: at, end: at + piece.length });
        at += piece.length;
      }
    }
    documents.push(end());
  }
}

function encode(text: string, shiftJis: boolean): Uint8Array {
  const [utf8 = new Uint8Array(), other] = encodings(text, true, 0);
  return shiftJis ? (other ?? utf8) : utf8;
}

/** What stands before and behind the value on its line. */
type Line = readonly [string, string];

function tableLine(random: Random, value: Planted | undefined): Line {
  const cells = [
    random.digits(6),
    random.pick(PRODUCTS),
    random.pick(PLACES),
    `${1 + random.below(90)}`,
    `${random.below(90_000)}`,
    date(random),
  ];
  return value === undefined ? [cells.join(','), ''] : [`${cells.join(',')},`, ',済'];
}

function logLine(random: Random, value: Planted | undefined): Line {
  const head = `${date(random)} ${two(random, 24)}:${two(random, 60)}:${two(random, 60)}.${random.digits(3)} INFO [worker-${random.below(16)}]`;
  const rest = `GET /api/v1/items/${random.digits(5)} 200 ${random.below(90_000)}B ${random.below(900)}ms req=${random.digits(4)}f${random.digits(3)}ab`;
  return value === undefined ? [`${head} ${rest}`, ''] : [`${head} value `, ` ${rest}`];
}

function mailLine(random: Random, value: Planted | undefined): Line {
  const words = random.below(2) === 0 ? `${random.pick(PROSE)}。${random.pick(PROSE)}。` : english(random);
  return value === undefined ? [words, ''] : [`${words} `, ' 以上'];
}

function codeLine(random: Random, value: Planted | undefined): Line {
  const code = random.pick(CODE);
  return value === undefined ? [code, ''] : [`${code} // '`, `' ${english(random)}`];
}

function english(random: Random): string {
  return Array.from({ length: 14 }, () => random.pick(ENGLISH)).join(' ');
}

function date(random: Random): string {
  return `20${two(random, 27)}-${two(random, 12, 1)}-${two(random, 28, 1)}`;
}

function two(random: Random, below: number, first = 0): string {
  return String(first + random.below(below - first)).padStart(2, '0');
}

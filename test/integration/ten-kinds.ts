import { people, personCells, HEADINGS } from '../fixtures/people.ts';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { zipBytes } from '../extract/zip-bytes.ts';

/** What an employee's folder holds, in ten kinds: harmless, with My Numbers, or with a private key. Each file is another. */

/** What the standings rest on. */
export const POLICY = `
format: sekisho-policy/1
name: copies
title: { ja: 試験, en: Test }
rules:
  - { id: keys, when: [{ findings: [{ detector: secret.private-key }] }], action: block }
  - { id: my-numbers, when: [{ findings: [{ detector: jp.my-number }] }], action: encrypt }
`;

export type Standing = 'allowed' | 'encrypted' | 'refused';

export interface OfficeFile {
  readonly name: string;
  readonly kind: string;
  readonly standing: Standing;
  readonly content: Buffer;
}

/** A third is sensitive: two of nine are to be encrypted, one refused. */
const STANDINGS: readonly Standing[] = [
  'encrypted',
  'allowed',
  'allowed',
  'refused',
  'allowed',
  'allowed',
  'encrypted',
  'allowed',
  'allowed',
];
const WORDS = ['議事録', '見積', '予定', '在庫', '部品', '会議室', '進捗', '納期', '仕様', '手順', '製品', '品質', '検査', '工程', '棚卸'];

const text = (n: number): string =>
  Array.from(
    { length: 30 + (n % 50) },
    (_, line) => `${WORDS[(n + line) % 15]}${WORDS[(n * 7 + line) % 15]}について ${n * 31 + line} 件を確認した。`,
  ).join('\n');

const key = (n: number): string => {
  const body = Array.from({ length: 8 }, (_, line) =>
    Buffer.from(`key ${n} line ${line} ${'x'.repeat(30)}`)
      .toString('base64')
      .slice(0, 64),
  );
  return `-----BEGIN PRIVATE KEY-----\n${body.join('\n')}\n-----END PRIVATE KEY-----`;
};

/** Rows of a list; a harmless one speaks of parts, with the same shape. */
function rows(n: number, standing: Standing): string[][] {
  if (standing === 'encrypted')
    return [
      [...HEADINGS],
      ...people(500 + n)
        .slice(400 + n)
        .map((person) => [...personCells(person)]),
    ];
  const parts = Array.from({ length: 40 }, (_, row) => [`${WORDS[row % 15]}${n}`, `棚${row}`, `${row * 3 + n}個`, `品番 ${n}-${row}`]);
  const list = [['品名', '場所', '数量', '品番'], ...parts];
  return standing === 'refused' ? [...list, [key(n)]] : list;
}

function prose(n: number, standing: Standing): string {
  if (standing === 'allowed') return text(n);
  const persons = rows(n, 'encrypted').slice(1, 4);
  return `${text(n)}\n${standing === 'refused' ? key(n) : persons.map(([name, , , number]) => `${name} 様の個人番号 ${number}`).join('\n')}\n`;
}

const joined = (table: string[][], separator: string): string =>
  table.map((cells) => cells.map((cell) => (cell.includes('\n') ? `"${cell}"` : cell)).join(separator)).join('\r\n');
const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN: Readonly<Record<string, string>> = {
  'word/document.xml': 'wordprocessingml.document',
  'xl/workbook.xml': 'spreadsheetml.sheet',
};

function office(main: string, parts: Readonly<Record<string, string>>): Buffer {
  const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="application/vnd.openxmlformats-officedocument.${MAIN[main]}.main+xml"/></Types>`;
  const root = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${RELATIONS}/officeDocument" Target="${main}"/></Relationships>`;
  const all = { '[Content_Types].xml': types, '_rels/.rels': root, ...parts };
  return zipBytes(Object.entries(all).map(([name, content]) => ({ name, data: Buffer.from(content) })));
}

function document(n: number, standing: Standing): Buffer {
  const paragraphs = prose(n, standing)
    .split('\n')
    .map((line) => `<w:p><w:r><w:t>${escaped(line)}</w:t></w:r></w:p>`);
  const body = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraphs.join('')}</w:body></w:document>`;
  return office('word/document.xml', { 'word/document.xml': body });
}

function workbook(n: number, standing: Standing): Buffer {
  const cell = (value: string, row: number, column: number): string =>
    `<c r="${String.fromCharCode(65 + column)}${row + 1}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  const lines = rows(n, standing).map(
    (cells, row) => `<row r="${row + 1}">${cells.map((value, column) => cell(value, row, column)).join('')}</row>`,
  );
  const namespace = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  return office('xl/workbook.xml', {
    'xl/workbook.xml': `<workbook xmlns="${namespace}" xmlns:r="${RELATIONS}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${namespace}"><sheetData>${lines.join('')}</sheetData></worksheet>`,
  });
}

const KINDS: Readonly<Record<string, (n: number, standing: Standing) => Buffer>> = {
  txt: (n, standing) => Buffer.from(prose(n, standing)),
  md: (n, standing) => Buffer.from(`# 記録 ${n}\n\n${prose(n, standing)}`),
  csv: (n, standing) => Buffer.from(joined(rows(n, standing), ',')),
  'sjis.csv': (n, standing) => encodeJapanese(joined(rows(n, standing), ','), 'shift_jis'),
  tsv: (n, standing) => Buffer.from(`\u{feff}${joined(rows(n, standing), '\t')}`, 'utf16le'),
  json: (n, standing) => Buffer.from(JSON.stringify({ number: n, lines: prose(n, standing) })),
  html: (n, standing) => Buffer.from(`<!doctype html><meta charset="utf-8"><title>${n}</title><pre>${escaped(prose(n, standing))}</pre>`),
  docx: document,
  xlsx: workbook,
  zip: (n, standing) =>
    zipBytes([
      { name: `${n}.txt`, data: Buffer.from(prose(n, standing)) },
      { name: 'read.me', data: Buffer.from(text(n)) },
    ]),
};

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

/** `count` files, evenly of all kinds and standings. */
export function officeFiles(count: number): OfficeFile[] {
  return Array.from({ length: count }, (_, n): OfficeFile => {
    const kind = KIND_NAMES[n % KIND_NAMES.length] ?? 'txt';
    const standing = STANDINGS[Math.floor(n / KIND_NAMES.length) % STANDINGS.length] ?? 'allowed';
    return {
      name: `${String(n).padStart(4, '0')} ${WORDS[n % 15]}.${kind}`,
      kind,
      standing,
      content: (KINDS[kind] ?? document)(n, standing),
    };
  });
}

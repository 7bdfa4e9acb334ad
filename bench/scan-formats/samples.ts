import { writeFileSync } from 'node:fs';
import { zipBytes } from '../../test/extract/zip-bytes.ts';
import { name } from '../detect-quality/names.ts';
import { Random } from '../detect-quality/random.ts';

const SEED = 20_261_122;
const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPES = 'application/vnd.openxmlformats-officedocument';

function officeFile(
  path: string,
  main: string,
  mainType: string,
  parts: Readonly<Record<string, string>>,
  types: Readonly<Record<string, string>>,
): void {
  const overrides = Object.entries({ [main]: mainType, ...types }).map(
    ([part, type]) => `<Override PartName="/${part}" ContentType="${TYPES}.${type}+xml"/>`,
  );
  const all = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join('')}</Types>`,
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="${main}"/></Relationships>`,
    ...parts,
  };
  writeFileSync(path, zipBytes(Object.entries(all).map(([part, text]) => ({ name: part, data: Buffer.from(text) }))));
}

/** A customer list with dates, amounts, codes; strings shared and inline, as Excel and as other programs write them. */
export function writeWorkbook(path: string, rows: number, columns: number): void {
  const random = new Random(SEED);
  const shared = new Map<string, number>();
  const sharedCell = (reference: string, text: string): string => {
    const known = shared.get(text);
    const index = known ?? shared.size;
    if (known === undefined) shared.set(text, index);
    return `<c r="${reference}" s="1" t="s"><v>${index}</v></c>`;
  };
  const sheet: string[] = [`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${SHEET}"><sheetData>`];
  const headings = ['氏名', '電話番号', '住所', '生年月日', 'メール', '会員番号'];
  for (let row = 1; row <= rows; row++) {
    const cells: string[] = [];
    const who = name(random);
    for (let column = 0; column < columns; column++) {
      const reference = `${String.fromCharCode(65 + column)}${row}`;
      if (row === 1) cells.push(sharedCell(reference, headings[column] ?? `項目${column + 1}`));
      else if (column === 0) cells.push(sharedCell(reference, `${who.family} ${who.given}`));
      else if (column === 1)
        cells.push(`<c r="${reference}" t="inlineStr"><is><t>090-${random.digits(4)}-${random.digits(4)}</t></is></c>`);
      else if (column === 2)
        cells.push(
          `<c r="${reference}" t="inlineStr"><is><t>東京都港区六本木${random.integer(1, 9)}-${random.integer(1, 30)}-${random.integer(1, 20)}</t></is></c>`,
        );
      else if (column === 3) cells.push(`<c r="${reference}" s="2"><v>${random.integer(20_000, 45_000)}</v></c>`);
      else if (column === 4) cells.push(`<c r="${reference}" t="inlineStr"><is><t>user${random.digits(6)}@kaisha.co.jp</t></is></c>`);
      else if (column === 5) cells.push(`<c r="${reference}"><v>${random.digits(8)}</v></c>`);
      else if (column % 3 === 0) cells.push(sharedCell(reference, `区分${random.integer(1, 500)}`));
      else cells.push(`<c r="${reference}" s="3"><v>${random.integer(1, 999_999) / (column % 2 === 0 ? 1 : 100)}</v></c>`);
    }
    sheet.push(`<row r="${row}" spans="1:${columns}">${cells.join('')}</row>`);
  }
  sheet.push('</sheetData></worksheet>');
  const strings = [...shared.keys()].map((text) => `<si><t>${text}</t></si>`).join('');
  officeFile(
    path,
    'xl/workbook.xml',
    'spreadsheetml.sheet.main',
    {
      'xl/workbook.xml': `<workbook xmlns="${SHEET}" xmlns:r="${RELATIONS}"><sheets><sheet name="顧客" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
      'xl/styles.xml': `<styleSheet xmlns="${SHEET}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>`,
      'xl/worksheets/sheet1.xml': sheet.join(''),
      'xl/sharedStrings.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="${SHEET}" count="${shared.size}" uniqueCount="${shared.size}">${strings}</sst>`,
    },
    {
      'xl/worksheets/sheet1.xml': 'spreadsheetml.worksheet',
      'xl/sharedStrings.xml': 'spreadsheetml.sharedStrings',
      'xl/styles.xml': 'spreadsheetml.styles',
    },
  );
}

const SENTENCES =
  '会議の議事録を送付します。|次回の打ち合わせは来週の火曜日に行います。|お客様からの問い合わせは担当者が確認しました。|The quarterly report is attached for your review.|契約の更新については総務部までご連絡ください。|在庫の数量と納期を確認してから発注します。|Please contact the help desk in case of questions.|経費の精算は月末までに済ませてください。'.split(
    '|',
  );

/** A report of so many pages of thirty paragraphs, a run or two each as Word writes them, a person here and there. */
export function writeDocument(path: string, pages: number): void {
  const random = new Random(SEED);
  const main = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
  const paragraphs: string[] = [];
  for (let page = 0; page < pages; page++) {
    for (let paragraph = 0; paragraph < 30; paragraph++) {
      const who = name(random);
      const first = random.chance(0.02)
        ? `担当 ${who.family} ${who.given} 03-${random.digits(4)}-${random.digits(4)}`
        : random.pick(SENTENCES);
      const run = (text: string) =>
        `<w:r w:rsidRPr="00${random.digits(6)}"><w:rPr><w:rFonts w:hint="eastAsia"/><w:sz w:val="21"/></w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;
      const end = page > 0 && paragraph === 0 ? '<w:pPr><w:pageBreakBefore/></w:pPr>' : '';
      paragraphs.push(
        `<w:p w:rsidR="00${random.digits(6)}" w:rsidRDefault="00${random.digits(6)}">${end}${run(first)}${run(random.pick(SENTENCES).slice(0, 14))}</w:p>`,
      );
    }
  }
  officeFile(
    path,
    'word/document.xml',
    'wordprocessingml.document.main',
    {
      'word/document.xml': `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w="${main}"><w:body>${paragraphs.join('')}</w:body></w:document>`,
    },
    {},
  );
}

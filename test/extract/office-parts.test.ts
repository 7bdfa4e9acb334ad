import { describe, expect, it } from 'vitest';
import { extractBytes, fixture, reasons, textOf } from './extract-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

type Parts = Readonly<Record<string, string | Buffer>>;

/** An office package with just these parts. */
function officePackage(parts: Parts): Buffer {
  return zipBytes(
    Object.entries({ '[Content_Types].xml': '<Types/>', ...parts }).map(([name, data]) => ({ name, data: Buffer.from(data) })),
  );
}

const word = (body: string) => `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`;
const paragraph = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const MY_NUMBER = Buffer.from('個人番号 123456789018');
const PNG = fixture('scan.png');
const wordCell = (inner: string) => `<w:tc>${inner}</w:tc>`;

describe('docx', () => {
  const read = async (parts: Parts) => extractBytes(officePackage(parts));

  it('reads every part that holds text', async () => {
    const parts = ['document', 'header1', 'footer2', 'comments', 'footnotes', 'endnotes'];
    const seen = await read(Object.fromEntries(parts.map((part) => [`word/${part}.xml`, word(paragraph(`in ${part}`))])));
    expect(seen).toMatchObject({ type: 'docx', unreadable: [] });
    for (const part of parts) expect(textOf(seen)).toContain(`in ${part}`);
  });

  it.each(['secret.csv', 'word/media/image1.png', 'word/anything.bin', 'docProps/thumbnail.jpeg'])(
    'reads a file that was put in as %s, by its type',
    async (part) => {
      const seen = await read({ 'word/document.xml': word(paragraph('plain')), [part]: zipBytes([{ name: 'a.txt', data: MY_NUMBER }]) });
      expect(seen.findings).toMatchObject([{ detector: 'jp.my-number', where: [{ part: `${part}/a.txt` }] }]);
    },
  );

  it('has nothing to say about macros', async () => {
    // A compound file that is no document, as macros are stored.
    const macros = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1024)]);
    const seen = await read({ 'word/document.xml': word(paragraph('plain')), 'word/vbaProject.bin': macros });
    expect(seen).toMatchObject({ type: 'docx', unreadable: [], findings: [] });
  });

  it('is not too deep for its pictures', async () => {
    const parts = { 'word/document.xml': word(paragraph('plain')), 'word/media/image1.png': PNG };
    expect(await extractBytes(officePackage(parts), { maxDepth: 0 })).toMatchObject({ unreadable: [] });
    const strange = await extractBytes(officePackage({ ...parts, 'a.csv': MY_NUMBER }), { maxDepth: 0 });
    expect(strange.unreadable).toEqual([{ reason: 'too-deep', where: { part: 'a.csv' } }]);
  });

  it('joins a number that was typed in pieces, and keeps paragraphs apart', async () => {
    const seen = await read({
      'word/document.xml': word(
        `<w:p><w:r><w:t>個人番号 12345678</w:t></w:r><w:r><w:t>9018</w:t></w:r></w:p>${paragraph('1234')}${paragraph('5678')}`,
      ),
    });
    expect(seen.findings.map(({ detector, count }) => [detector, count])).toEqual([['jp.my-number', 1]]);
    expect(textOf(seen).split('\n')).toEqual(['個人番号 123456789018', '1234', '5678']);
  });

  it('reads a text box once, and what was deleted but is still in the file', async () => {
    const box = `<mc:AlternateContent><mc:Choice>${paragraph('in the box')}</mc:Choice><mc:Fallback>${paragraph('in the box')}</mc:Fallback></mc:AlternateContent>`;
    const seen = await read({ 'word/document.xml': word(`${box}<w:p><w:del><w:r><w:delText>struck out</w:delText></w:r></w:del></w:p>`) });
    expect(textOf(seen).split('\n')).toEqual(['in the box', 'struck out']);
  });

  it('reads a table within a table as rows of its own', async () => {
    const inner = `<w:tbl><w:tr>${wordCell(paragraph('氏名'))}${wordCell(paragraph('電話'))}</w:tr><w:tr>${wordCell(paragraph('佐藤太郎'))}${wordCell(paragraph('090-1111-2222'))}</w:tr></w:tbl>`;
    const seen = await read({ 'word/document.xml': word(`<w:tbl><w:tr>${wordCell(paragraph('外'))}${wordCell(inner)}</w:tr></w:tbl>`) });
    expect(textOf(seen)).toContain('佐藤太郎|090-1111-2222');
    expect(seen.persons).toEqual({ from: 1, to: 1 });
  });

  it('opens what is embedded', async () => {
    const seen = await read({ 'word/document.xml': word(paragraph('x')), 'word/embeddings/list.xlsx': fixture('meibo.xlsx') });
    expect(seen.persons).toEqual({ from: 20, to: 20 });
    expect(seen.findings[0]?.where[0]).toMatchObject({ part: 'word/embeddings/list.xlsx', sheet: '名簿' });
  });
});

describe('xlsx', () => {
  const WORKBOOK = {
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="一覧" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
  };
  const sheet = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;

  it('reads inline and shared strings without their readings, formulas by result, and numbers in full', async () => {
    const seen = await extractBytes(
      officePackage({
        ...WORKBOOK,
        'xl/sharedStrings.xml':
          '<sst><si><t>個人番号</t><rPh sb="0" eb="4"><t>コジンバンゴウ</t></rPh></si><si><r><t>佐</t></r><r><t>藤</t></r></si></sst>',
        'xl/worksheets/sheet1.xml': sheet(
          '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>備考</t></is></c></row>' +
            '<row r="3"><c r="A3"><v>1.23456789018E11</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="str"><f>A3</f><v>結果</v></c></row>',
        ),
      }),
    );
    expect(textOf(seen).split('\n')).toEqual(['個人番号||備考', '123456789018|佐藤|結果']);
    expect(seen.findings[0]).toMatchObject({
      detector: 'jp.my-number',
      confidence: 'high',
      where: [{ sheet: '一覧', cell: 'A3', line: 3 }],
    });
  });

  it('reads comments, text boxes and a sheet that the workbook does not name', async () => {
    const seen = await extractBytes(
      officePackage({
        ...WORKBOOK,
        'xl/comments1.xml': '<comments><commentList><comment><text><r><t>in a comment</t></r></text></comment></commentList></comments>',
        'xl/drawings/drawing1.xml': '<xdr:wsDr xmlns:xdr="x" xmlns:a="a"><a:p><a:r><a:t>in a box</a:t></a:r></a:p></xdr:wsDr>',
        'xl/worksheets/sheet9.xml': sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>unnamed</t></is></c></row>'),
      }),
    );
    expect(textOf(seen).split('\n').toSorted()).toEqual(['in a box', 'in a comment', 'unnamed']);
  });

  it('does not hold a row that names a column beyond the last', async () => {
    const seen = await extractBytes(
      officePackage({
        ...WORKBOOK,
        'xl/worksheets/sheet1.xml': sheet('<row r="1"><c r="ZZZ1" t="inlineStr"><is><t>far</t></is></c></row>'),
      }),
    );
    const [row] = seen.segments;
    expect(row?.kind === 'row' && row.cells.length).toBeLessThanOrEqual(16_385);
  });
});

describe('text in unusual places', () => {
  const read = async (parts: Parts) => textOf(await extractBytes(officePackage(parts)));

  it('of a document: WordArt, descriptions, field codes, bound data, metadata, files put in as text', async () => {
    const text = await read({
      'word/document.xml': word(
        '<w:p><w:r><w:pict><v:shape xmlns:v="v"><v:textpath string="社外秘の透かし"/></v:shape></w:pict></w:r>' +
          '<w:r><w:drawing><wp:docPr xmlns:wp="wp" id="1" name="x" descr="名簿の写真"/></w:drawing></w:r>' +
          '<w:r><w:instrText>HYPERLINK "mailto:hanako@kaisha.co.jp"</w:instrText></w:r><w:r><w:t>連絡先</w:t></w:r></w:p>',
      ),
      'customXml/item1.xml': '<data><name>佐藤 太郎</name></data>',
      'docProps/custom.xml': '<Properties><property name="担当"><lpwstr>鈴木 花子</lpwstr></property></Properties>',
      'docProps/app.xml':
        '<Properties><Application>Writer</Application><AppVersion>10.20.30.40</AppVersion><Company>例示工業</Company></Properties>',
      'word/afchunk1.htm': '<html><body><p>差し込んだ文章</p></body></html>',
    });
    for (const part of [
      '社外秘の透かし',
      '名簿の写真',
      'mailto:hanako@kaisha.co.jp',
      '連絡先',
      '佐藤 太郎',
      '鈴木 花子',
      '例示工業',
      '差し込んだ文章',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('10.20.30.40');
  });

  it('of a workbook: pivot caches, cells of other workbooks, headers, the sheet of a box', async () => {
    const seen = await extractBytes(
      officePackage({
        'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="一覧" sheetId="1" r:id="rId1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        'xl/worksheets/sheet1.xml':
          '<worksheet><sheetData/><headerFooter><oddHeader>&amp;C社外秘の頭</oddHeader></headerFooter></worksheet>',
        'xl/worksheets/_rels/sheet1.xml.rels': '<Relationships><Relationship Id="r1" Target="../drawings/drawing7.xml"/></Relationships>',
        'xl/drawings/drawing7.xml': '<x:wsDr xmlns:x="x" xmlns:a="a"><a:p><a:r><a:t>箱の中</a:t></a:r></a:p></x:wsDr>',
        'xl/pivotCache/pivotCacheDefinition1.xml':
          '<d><cacheField name="氏名"><sharedItems><s v="佐藤 太郎"/></sharedItems></cacheField></d>',
        'xl/pivotCache/pivotCacheRecords1.xml': '<records><r><s v="100000000005"/></r></records>',
        'xl/externalLinks/externalLink1.xml': '<l><sheetData><row><cell><v>鈴木 花子</v></cell></row></sheetData></l>',
      }),
    );
    for (const part of ['社外秘の頭', '箱の中', '佐藤 太郎', '100000000005', '鈴木 花子']) expect(textOf(seen)).toContain(part);
    const place = seen.segments.find((segment) => segment.kind === 'text' && segment.text === '箱の中')?.place;
    expect(place).toEqual({ sheet: '一覧' });
  });
});

describe('pptx', () => {
  it('reads slides, notes and masters, and says the page', async () => {
    const slide = (text: string) => `<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:sld>`;
    const seen = await extractBytes(
      officePackage({
        'ppt/presentation.xml': '<p/>',
        'ppt/slides/slide12.xml': slide('on the slide'),
        'ppt/notesSlides/notesSlide12.xml': slide('マイナンバー 123456789018'),
        'ppt/slideMasters/slideMaster1.xml': slide('社外秘'),
      }),
    );
    expect(textOf(seen)).toContain('on the slide');
    expect(seen.findings.map(({ detector, where }) => [detector, where[0]?.page])).toEqual([
      ['jp.my-number', 12],
      ['keyword.confidential', undefined],
    ]);
  });
});

describe('OpenDocument', () => {
  const odt = (more: Parts) =>
    zipBytes(
      Object.entries({ mimetype: 'application/vnd.oasis.opendocument.text', ...more }).map(([name, data]) => ({
        name,
        data: Buffer.from(data),
      })),
    );

  it('reads its text', async () => {
    const seen = await extractBytes(odt({ 'content.xml': '<o:d xmlns:o="o" xmlns:t="t"><t:p>社外<t:span>秘</t:span></t:p></o:d>' }));
    expect(seen).toMatchObject({ type: 'odt', unreadable: [] });
    expect(textOf(seen)).toBe('社外秘');
  });

  it('says when its parts are encrypted', async () => {
    const manifest = '<m:manifest xmlns:m="m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>';
    expect(
      reasons(await extractBytes(odt({ 'META-INF/manifest.xml': manifest, 'content.xml': Buffer.from([1, 2, 0xff, 0, 7]) }))),
    ).toContain('encrypted');
  });
});

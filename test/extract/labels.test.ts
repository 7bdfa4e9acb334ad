import { describe, expect, it } from 'vitest';
import { compoundTree } from '../fixtures/compound-tree.ts';
import { LABEL, labelPairs, MARKS } from '../fixtures/label-sources.ts';
import { extractBytes, fixture, textOf, type Seen } from './extract-bytes.ts';
import { pdfOfObjects } from './pdf-bytes.ts';
import { zipBytes } from './zip-bytes.ts';

const PURVIEW = { scheme: 'purview', id: LABEL.id, name: LABEL.name };
const PAIRS = labelPairs();

function docx(parts: Readonly<Record<string, string>>): Buffer {
  const all = { '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w:document><w:body/></w:document>', ...parts };
  return zipBytes(Object.entries(all).map(([name, data]) => ({ name, data: Buffer.from(data) })));
}

const custom = (pairs: readonly (readonly [string, string])[]) =>
  `<Properties>${pairs.map(([name, value]) => `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" name="${name}"><vt:lpwstr>${value}</vt:lpwstr></property>`).join('')}</Properties>`;
const labelInfo = (id: string, enabled: number, removed: number) =>
  `<?xml version="1.0" encoding="utf-8" standalone="yes"?><clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata">` +
  `<clbl:label id="{${id}}" enabled="${enabled}" method="Privileged" siteId="{${LABEL.site}}" contentBits="3" removed="${removed}"/></clbl:labelList>`;

const placeOf = (seen: Seen, mark: string) =>
  seen.segments.find((segment) => segment.kind === 'text' && segment.text.includes(mark))?.place;

describe('labels', () => {
  it.each(['docx', 'doc', 'odt', 'xlsx', 'xls', 'ods', 'pdf'])('in the metadata of a real %s', async (type) => {
    expect(await extractBytes(fixture(`labelled.${type}`))).toMatchObject({ type, labels: [PURVIEW], unreadable: [] });
  });

  it('in a file within a file', async () => {
    const seen = await extractBytes(zipBytes([{ name: 'a.docx', data: fixture('labelled.docx') }]));
    expect(seen.labels).toEqual([PURVIEW]);
  });

  it('by their identifier where that is all there is', async () => {
    const seen = await extractBytes(docx({ 'docMetadata/LabelInfo.xml': labelInfo(LABEL.id, 1, 0) }));
    expect(seen.labels).toEqual([{ scheme: 'purview', id: LABEL.id, name: '' }]);
  });

  it.each([
    ['was taken off', { 'docMetadata/LabelInfo.xml': labelInfo(LABEL.id, 1, 1) }],
    ['is not enabled', { 'docMetadata/LabelInfo.xml': labelInfo(LABEL.id, 0, 0) }],
    [
      'is switched off',
      {
        'docProps/custom.xml': custom([
          ...PAIRS.filter(([name]) => !name.endsWith('Enabled')),
          [`MSIP_Label_${LABEL.id}_Enabled`, 'false'],
        ]),
      },
    ],
    ['is no identifier', { 'docMetadata/LabelInfo.xml': labelInfo('no-such-thing', 1, 0) }],
  ])('not one that %s', async (_, parts) => expect((await extractBytes(docx(parts))).labels).toEqual([]));

  it('beside an encrypted document', async () => {
    const bytes = compoundTree({
      EncryptedPackage: Buffer.alloc(64),
      '\u0006DataSpaces': { LabelInfo: Buffer.from(labelInfo(LABEL.id, 1, 0)) },
    });
    expect(await extractBytes(bytes)).toMatchObject({
      type: 'encrypted-office',
      labels: [{ scheme: 'purview', id: LABEL.id, name: '' }],
      unreadable: [{ reason: 'encrypted' }],
    });
  });

  it('in the XMP of a pdf', async () => {
    const xmp =
      '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      `<rdf:Description rdf:about="" xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/">${PAIRS.map(([name, value]) => `<pdfx:${name}>${value}</pdfx:${name}>`).join('')}</rdf:Description>` +
      '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>';
    const bytes = pdfOfObjects([
      '<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>',
      '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>',
      `<</Type/Metadata/Subtype/XML/Length ${xmp.length}>>\nstream\n${xmp}\nendstream`,
    ]);
    expect((await extractBytes(bytes)).labels).toEqual([PURVIEW]);
  });

  it('in the header of a mail', async () => {
    const header = PAIRS.map(([name, value]) => `${name}=${value};`).join('\r\n ');
    const mail = `From: a@kaisha.co.jp\r\nTo: b@kaisha.co.jp\r\nSubject: x\r\nmsip_labels: ${header}\r\n\r\nbody\r\n`;
    expect(await extractBytes(mail)).toMatchObject({ type: 'eml', labels: [PURVIEW] });
  });

  it('of other makers, by the name of the property', async () => {
    const seen = await extractBytes(
      docx({
        'docProps/custom.xml': custom([
          ['機密区分', '社外秘'],
          ['Author2', 'x'],
        ]),
      }),
    );
    expect(seen.labels).toEqual([{ scheme: 'property', id: '機密区分', name: '社外秘' }]);
  });

  it('are no more than sixteen', async () => {
    const pairs = Array.from({ length: 50 }, (_, index): [string, string] => [
      `MSIP_Label_${LABEL.id.slice(0, -2)}${String(index).padStart(2, '0')}_Name`,
      `${index}`,
    ]);
    expect((await extractBytes(docx({ 'docProps/custom.xml': custom(pairs) }))).labels).toHaveLength(16);
  });
});

describe('visible marks', () => {
  it.each([
    ['labelled.docx', MARKS.header, { part: 'word/header1.xml' }],
    ['labelled.docx', MARKS.footer, { part: 'word/footer1.xml' }],
    ['labelled.docx', MARKS.watermark, { part: 'word/header1.xml' }],
    ['labelled.docx', MARKS.box, {}],
    ['labelled.odt', MARKS.header, {}],
    ['labelled.odt', MARKS.watermark, {}],
    ['labelled.odt', MARKS.box, {}],
    ['labelled.rtf', MARKS.header, {}],
    ['labelled.rtf', MARKS.watermark, {}],
    ['labelled.rtf', MARKS.box, {}],
    ['labelled.doc', MARKS.header, {}],
    ['labelled.doc', MARKS.footer, {}],
    ['labelled.doc', MARKS.box, {}],
    ['labelled.xlsx', MARKS.header, { sheet: '一覧' }],
    ['labelled.xlsx', MARKS.footer, { sheet: '一覧' }],
    ['labelled.xls', MARKS.header, { sheet: '一覧' }],
    ['labelled.ods', MARKS.header, {}],
    ['labelled.pdf', 'CONFIDENTIAL', { page: 1 }],
  ])('%s: %s', async (name, mark, place) => {
    const seen = await extractBytes(fixture(name));
    expect(textOf(seen)).toContain(mark);
    expect(placeOf(seen, mark)).toEqual(place);
    expect(seen.findings.map(({ detector }) => detector)).toContain('keyword.confidential');
  });

  it('in a watermark of VML and in a shape of a slide', async () => {
    const vml =
      '<w:hdr><w:p><w:pict><v:shape id="PowerPlusWaterMarkObject"><v:textpath style="font-family:Calibri" string="社外秘"/></v:shape></w:pict></w:p></w:hdr>';
    const word = await extractBytes(docx({ 'word/header2.xml': vml }));
    expect(placeOf(word, '社外秘')).toEqual({ part: 'word/header2.xml' });
    const slide = '<p:sld><p:sp><p:txBody><a:p><a:r><a:t>極秘</a:t></a:r></a:p></p:txBody></p:sp></p:sld>';
    const parts = { '[Content_Types].xml': '<Types/>', 'ppt/presentation.xml': '<p/>', 'ppt/slideMasters/slideMaster1.xml': slide };
    const show = await extractBytes(zipBytes(Object.entries(parts).map(([name, data]) => ({ name, data: Buffer.from(data) }))));
    expect(textOf(show)).toContain('極秘');
  });
});

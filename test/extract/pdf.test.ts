import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { REMARKS } from '../fixtures/remark-sources.ts';
import { extractBytes, fixture, reasons, segmentText, textOf } from './extract-bytes.ts';
import { pdfBytes, pdfOfObjects } from './pdf-bytes.ts';

const TEXT = '社外秘 個人番号 123456789018 ｶﾅ';
const wide = TEXT.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))
  .replaceAll(' ', '\u3000')
  .replace('ｶﾅ', 'カナ');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('pdf fonts that are only named', () => {
  it.each([
    ['90ms-RKSJ-H', encodeJapanese(TEXT, 'shift_jis')],
    ['90msp-RKSJ-V', encodeJapanese(TEXT, 'shift_jis')],
    ['EUC-H', encodeJapanese(wide, 'euc-jp')],
    ['H', encodeJapanese(wide, 'euc-jp').map((byte) => byte & 0x7f)],
    ['UniJIS-UCS2-H', utf16be(TEXT)],
    ['UniJIS-UTF16-H', utf16be(TEXT)],
  ])('%s', async (encoding, codes) => {
    const seen = await extractBytes(pdfBytes(encoding, codes));
    expect(seen).toMatchObject({ type: 'pdf', unreadable: [], persons: { from: 1, to: 1 } });
    expect(textOf(seen).normalize('NFKC').replace(/\s/g, '')).toBe('社外秘個人番号123456789018カナ');
  });

  it('Helvetica', async () => {
    const seen = await extractBytes(pdfBytes('', Buffer.from('My Number 123456789018')));
    expect(seen).toMatchObject({ unreadable: [], persons: { from: 1, to: 1 } });
  });

  it.each(['Identity-H', 'GBK-EUC-H', 'UniJIS-UTF8-H'])('%s is not passed over in silence', async (encoding) => {
    expect(reasons(await extractBytes(pdfBytes(encoding, Buffer.from('b0a1b0a2', 'hex'))))).toEqual(['unsupported']);
  });
});

describe('the corners of a pdf', () => {
  const hex = (text: string) => `<feff${utf16be(text).toString('hex')}>`;
  const attachment = Buffer.from('マイナンバー 123456789018\n').toString('latin1');
  const page = (annotations: string) => `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[${annotations}]>>`;
  const form = () =>
    pdfOfObjects(
      [
        '<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R 6 0 R 9 0 R]>>/Outlines 11 0 R/Names<</EmbeddedFiles<</Names[(whole)15 0 R]>>>>>>',
        '<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>',
        page(''),
        page('5 0 R 6 0 R 7 0 R 8 0 R'),
        `<</Type/Annot/Subtype/Widget/FT/Tx/T(number)/V${hex('個人番号 123456789018')}/Rect[0 0 9 9]/P 4 0 R>>`,
        `<</Type/Annot/Subtype/Widget/FT/Ch/Ff 2097152/T(choice)/Opt[(a)(b)(c)]/V[(chosen one)(chosen two)]/Rect[0 0 9 9]/P 4 0 R>>`,
        `<</Type/Annot/Subtype/FreeText/Contents${hex('欄外の注記')}/DA(/Helv 9 Tf)/Rect[0 0 9 9]>>`,
        `<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 14 0 R>>`,
        `<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/FT/Tx/T(hidden)/V${hex('紙面にない欄')}>>`,
        `<</Type/EmbeddedFile/Length ${attachment.length}>>\nstream\n${attachment}\nendstream`,
        '<</Type/Outlines/First 12 0 R/Last 12 0 R/Count 1>>',
        `<</Title${hex('社外秘の章')}/Parent 11 0 R/Dest[3 0 R/Fit]>>`,
        `<</Title${hex('題名')}/Keywords${hex('鍵語')}>>`,
        '<</Type/Filespec/F(list.txt)/EF<</F 10 0 R>>>>',
        '<</Type/Filespec/F(whole.txt)/EF<</F 10 0 R>>>>',
      ],
      '/Info 13 0 R',
    );

  it('are read: fields, choices, notes, outline, metadata, fields on no page', async () => {
    const seen = await extractBytes(form());
    expect(seen).toMatchObject({ type: 'pdf', unreadable: [] });
    const text = textOf(seen);
    for (const part of ['個人番号 123456789018', 'chosen two', '欄外の注記', '紙面にない欄', '社外秘の章', '題名', '鍵語']) {
      expect(text).toContain(part);
    }
    expect(seen.findings.find(({ detector }) => detector === 'jp.my-number')?.where).toContainEqual({ page: 2 });
  });

  it('and files, pinned to a page or to the whole, are opened', async () => {
    const seen = await extractBytes(form());
    for (const part of ['list.txt', 'whole.txt']) {
      expect(seen.segments.filter(({ place }) => place.part === part).map(segmentText)).toEqual(['マイナンバー 123456789018\n']);
    }
  });

  it('LibreOffice’s notes and title are read', async () => {
    const text = textOf(await extractBytes(fixture('form.pdf')));
    expect(text).toContain(REMARKS.comment);
    expect(text).toContain(REMARKS.title);
  });

  it('a page that is none is corrupt, and the others are read', async () => {
    const bytes = pdfOfObjects([
      '<</Type/Catalog/Pages 2 0 R>>',
      '<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>',
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Annots[4 0 R]>>`,
      `<</Type/Annot/Subtype/FreeText/Contents${hex('一枚目')}/DA(/Helv 9 Tf)/Rect[0 0 9 9]>>`,
    ]);
    const seen = await extractBytes(bytes);
    expect(reasons(seen)).toEqual(['corrupt']);
    expect(textOf(seen)).toContain('一枚目');
  });
});

import { describe, expect, it } from 'vitest';
import { encodeJapanese } from '../fixtures/encode-japanese.ts';
import { extractBytes, reasons, textOf } from './extract-bytes.ts';
import { pdfBytes } from './pdf-bytes.ts';

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

/** Windows code pages by the names that TextDecoder knows. */
const CODE_PAGES: ReadonlyMap<number, string> = new Map([
  [874, 'windows-874'],
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [1200, 'utf-16le'],
  [10000, 'macintosh'],
  [10001, 'shift_jis'],
  [20932, 'euc-jp'],
  [50220, 'iso-2022-jp'],
  [51932, 'euc-jp'],
  [54936, 'gb18030'],
  [65001, 'utf-8'],
  ...Array.from({ length: 9 }, (_, index) => [1250 + index, `windows-${1250 + index}`] as const),
]);

/** Character sets of Windows fonts (LOGFONT.lfCharSet). ANSI (0), default and symbol say nothing: the document's own code page holds. */
const CHARSETS: ReadonlyMap<number, number> = new Map([
  [77, 10000],
  [78, 10001],
  [128, 932],
  [129, 949],
  [134, 936],
  [136, 950],
  [161, 1253],
  [162, 1254],
  [163, 1258],
  [177, 1255],
  [178, 1256],
  [186, 1257],
  [204, 1251],
  [222, 874],
  [238, 1250],
]);

export function encodingOfCodePage(page: number): string | undefined {
  return CODE_PAGES.get(page);
}

export function encodingOfCharset(charset: number): string | undefined {
  return encodingOfCodePage(CHARSETS.get(charset) ?? 0);
}

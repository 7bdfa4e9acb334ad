import { isAscii, isUtf8 as isWholeUtf8 } from 'node:buffer';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis' | 'euc-jp' | 'iso-2022-jp' | 'windows-1252';

const ESCAPE = 0x1b;
/** Longer text has a space, a digit or a line end, and so a zero byte. */
const LONGEST_BARE_UTF16 = 4096;
/** A shorter sample is a whole file or name: its last character is not cut off. */
const SHORTEST_CUT_SAMPLE = 4096;
/** In bytes of UTF-8. */
const LONGEST_CHARACTER = 4;
/** Two of them may as well be 自社 in Shift_JIS. */
const FEWEST_HALF_WIDTH = 3;
const KANA = /[\u3041-\u30fe]/;
/** Kana, kanji with the compatibility ideographs that names use (﨑), Japanese punctuation, full-width forms. */
const USUAL_JAPANESE = /[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f]/g;
/** Of the bytes looked at, so many control characters make it no text. */
const MOST_CONTROL_SHARE = 0.02;

/** A file's type is told from the same bytes as the encoding of its text. */
const known = new WeakMap<Uint8Array, TextEncoding | null>();

/**
 * The encoding of text by its bytes alone: byte order marks, then validity, then which reading looks Japanese. Null for
 * binary. Remembered with the bytes, which are left as they are.
 */
export function detectEncoding(sample: Uint8Array): TextEncoding | null {
  const before = known.get(sample);
  if (before !== undefined) return before;
  const now = encodingOf(sample);
  known.set(sample, now);
  return now;
}

function encodingOf(sample: Uint8Array): TextEncoding | null {
  const marked = byteOrderMark(sample);
  if (marked !== undefined) return marked;
  if (sample.includes(0)) return detectUtf16(sample);
  if (controlShare(sample) > MOST_CONTROL_SHARE) return detectJapaneseUtf16(sample);
  if (isAscii(sample)) return hasIso2022Escape(sample) ? 'iso-2022-jp' : 'utf-8';
  if (isUtf8(sample)) return 'utf-8';
  return detectLegacy(sample);
}

function byteOrderMark(bytes: Uint8Array): TextEncoding | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-16 without a mark: the reading with hardly any stray characters, provided there is one. */
function detectUtf16(sample: Uint8Array): TextEncoding | null {
  const even = sample.subarray(0, sample.length & ~1);
  const [best] = (['utf-16le', 'utf-16be'] as const)
    .map((encoding) => ({ encoding, strange: strangeShare(new TextDecoder(encoding).decode(even)) }))
    .toSorted((a, b) => a.strange - b.strange);
  return best !== undefined && best.strange < 0.05 ? best.encoding : null;
}

/**
 * UTF-16 without a mark and without a zero byte: nothing but Japanese, most of it usual. Only asked when the bytes are no
 * other text, for ASCII may read as kanji ("bush hid the facts").
 */
function detectJapaneseUtf16(sample: Uint8Array): TextEncoding | null {
  if (sample.length % 2 !== 0 || sample.length < 4 || sample.length > LONGEST_BARE_UTF16) return null;
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    const text = new TextDecoder(encoding).decode(sample);
    const usual = text.match(USUAL_JAPANESE)?.length ?? 0;
    const common = Array.from(text).filter((character) => COMMON_KANJI.has(character) || KANA.test(character)).length;
    if (usual === text.length && common * 3 >= text.length) return encoding;
  }
  return null;
}

function strangeShare(text: string): number {
  if (text.length === 0) return 1;
  const usual = text.match(/[\t\n\r\x20-\x7e\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u2010-\u2027\u00a0-\u00ff]/g)?.length ?? 0;
  return 1 - usual / text.length;
}

/** 1 for each control character that text has no use for. */
const CONTROLS = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== ESCAPE ? 1 : 0));

function controlShare(sample: Uint8Array): number {
  let controls = 0;
  for (let at = 0; at < sample.length; at++) controls += CONTROLS[sample[at] ?? 0] ?? 0;
  return sample.length === 0 ? 0 : controls / sample.length;
}

/** RFC 1468: ESC ( B, ESC ( J, ESC $ @, ESC $ B; and ESC ( I for half-width kana, outside the RFC but common. */
function hasIso2022Escape(sample: Uint8Array): boolean {
  for (let at = sample.indexOf(ESCAPE); at >= 0; at = sample.indexOf(ESCAPE, at + 1)) {
    const [first, second] = [sample[at + 1], sample[at + 2]];
    if (first === 0x24 && (second === 0x40 || second === 0x42)) return true;
    if (first === 0x28 && (second === 0x4a || second === 0x49)) return true;
  }
  return false;
}

/** A character cut off at the end of a sample is forgiven. */
function isUtf8(sample: Uint8Array): boolean {
  if (sample.length < SHORTEST_CUT_SAMPLE) return isWholeUtf8(sample);
  let last = sample.length - 1;
  while (last > sample.length - LONGEST_CHARACTER && ((sample[last] ?? 0) & 0xc0) === 0x80) last--;
  return isWholeUtf8(sample.subarray(0, last)) && beginsUtf8(sample.subarray(last));
}

/** Whether bytes are a character or the beginning of one. */
function beginsUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function detectLegacy(sample: Uint8Array): TextEncoding | null {
  const scores = (['shift_jis', 'euc-jp'] as const).map((encoding) => {
    const text = new TextDecoder(encoding).decode(sample, { stream: true });
    return { encoding, score: japaneseScore(text) };
  });
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  if (best.score > 0) return isHalfWidthEucJp(sample) ? 'euc-jp' : best.encoding;
  return detectJapaneseUtf16(sample) ?? (controlShare(sample) === 0 ? 'windows-1252' : null);
}

/** Half-width kana in EUC-JP, each behind a byte 8E: as Shift_JIS all would be kanji of one row. */
function isHalfWidthEucJp(sample: Uint8Array): boolean {
  let kana = 0;
  for (let at = 0; at < sample.length; at++) {
    if ((sample[at] ?? 0) < 0x80) continue;
    const second = sample[at + 1] ?? 0;
    if (sample[at] !== 0x8e || second < 0xa1 || second > 0xdf) return false;
    kana++;
    at++;
  }
  return kana >= FEWEST_HALF_WIDTH;
}

/**
 * Points per character that is not ASCII. Bytes of one encoding read as the other come out as half-width kana, rare
 * kanji and replacement characters; real text has kana and, when names only, kanji of the first level.
 */
function japaneseScore(text: string): number {
  let score = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) continue;
    if (code === 0xfffd) score -= 10;
    else if (code >= 0x3041 && code <= 0x3096) score += 3;
    else if (code >= 0x30a1 && code <= 0x30fc) score += 2;
    else if (code >= 0xff61 && code <= 0xff9f) score -= 1;
    else if (code >= 0x4e00 && code <= 0x9fff) score += COMMON_KANJI.has(character) ? 3 : 1;
    else if (code >= 0x3000 && code <= 0x303f) score += 1;
    else if (code >= 0xff01 && code <= 0xff5e) score += 1;
    else score -= 1;
  }
  return score;
}

/** Kanji of names, addresses and office headings: enough to tell a short file without kana. */
const COMMON_KANJI = new Set(
  '氏名住所電話番号個人年月日生性別会社員部課長様田中山本村川木林野原井上下大小高橋佐藤伊渡加吉松石清水島岡谷内西東南北京都府県市区町丁目地外秘極取扱注意資料管理情報表計合金額円数量品商顧客先担当者備考連絡携帯免許証保険口座銀行支店一二三四五六七八九十百千万男女正社法務総経営業',
);

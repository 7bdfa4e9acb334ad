import { FOLLOW_LATIN_NAME } from '../../src/core/detect/scanner/kernel/follow.ts';
import { encodings } from '../../scripts/scanner/encodings.ts';
import { literals } from '../../scripts/scanner/literals.ts';

/** One regular expression over bytes, in the syntax that Hyperscan and ripgrep share. */
export interface Pattern {
  readonly caseless: boolean;
  readonly source: string;
}

const LINE_FEED = 0x0a;
const WIDE_UTF8 = String.raw`\xef\xbc[\x90-\x99]`;
const WIDE_SHIFT_JIS = String.raw`\x82[\x4f-\x58]`;
const CHARACTER = String.raw`[\xe3-\xe9][\x80-\xbf][\x80-\xbf]`;
const HAN = String.raw`[\xe4-\xe9][\x80-\xbf][\x80-\xbf]`;

const PREFECTURES =
  '青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 神奈川 新潟 富山 石川 福井 山梨 長野 岐阜 静岡 愛知 三重 滋賀 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄'
    .split(' ')
    .flatMap((name) => encodings(`${name}県`).map(escape));
const MUNICIPALITY = alternatives('市 区 郡', 0);
const HONORIFIC = alternatives('様 殿 氏 君 先生 さん さま くん ちゃん', 0);

/** What the scanner finds beside numbers: signs, network addresses, log-ins, and names by their honorific. Names by lists of names are left out: a million pairs. */
const SIGNS: readonly string[] = [
  ...PREFECTURES,
  ...encodings('㊙', true, 0).slice(0, 1).map(escape),
  ...encodings('＠', false, 0).map(escape),
  `${HAN}(?:${HONORIFIC})`,
  String.raw`[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]`,
  '[0-9A-Fa-f]{1,4}:(?::|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:)',
  '://[A-Za-z0-9._-]{1,64}:[A-Za-z0-9._-]{1,64}@',
];

/** What the scanner finds, without check digits, which no regular expression knows. */
const FORMS: readonly string[] = [
  ...SIGNS,
  `(?:${MUNICIPALITY})(?:${CHARACTER}){1,24}(?:[0-9]{1,5}|${WIDE_UTF8})`,
  String.raw`\b[0-9]{12}\b`,
  String.raw`\b[0-9]{4}[- ][0-9]{4}[- ][0-9]{4}\b`,
  String.raw`\bT?[1-9][0-9]{12}\b`,
  String.raw`\b[1-9][- ][0-9]{4}[- ][0-9]{4}[- ][0-9]{4}\b`,
  String.raw`\b(?:4[0-9]{15}|5[1-5][0-9]{14}|2[2-7][0-9]{14}|3[47][0-9]{13}|35[0-9]{14}|3[0689][0-9]{12}|6[0245][0-9]{14})\b`,
  String.raw`\b[2-6][0-9]{3}[- ][0-9]{4}[- ][0-9]{4}[- ][0-9]{4}\b`,
  String.raw`\b3[47][0-9]{2}[- ][0-9]{6}[- ][0-9]{5}\b`,
  String.raw`\b0[1-9][0-9]{0,3}[-(][0-9]{1,4}[-)][0-9]{4}\b`,
  String.raw`\b0[5789]0[0-9]{8}\b`,
  String.raw`\b0[1-9][0-9]{8}\b`,
  String.raw`\+81[- ]?[0-9]{1,4}[- ]?[0-9]{1,4}[- ]?[0-9]{4}\b`,
  String.raw`\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b`,
  String.raw`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`,
  String.raw`\b[A-Z]{2}[0-9]{7}\b`,
  String.raw`\b[A-Z]{2}[0-9]{8}[A-Z]{2}\b`,
  String.raw`[A-Za-z0-9_]@[A-Za-z0-9-]{1,63}\.[A-Za-z]`,
  `(?:${WIDE_UTF8}){7,}`,
  `(?:${WIDE_SHIFT_JIS}){7,}`,
];

/** Shapes that hold every form above and cost an automaton far less: what stands around them and which form it is, is left to the caller. */
const SHAPES: readonly string[] = [
  ...SIGNS,
  MUNICIPALITY,
  '[0-9]{10}',
  '[0-9]{4}[- ][0-9]{4}[- ][0-9]{4}',
  '0[1-9][0-9]{0,3}[-(][0-9]{1,4}[-)][0-9]{4}',
  '[0-9]{3}-[0-9]{2}-[0-9]{4}',
  '[0-9]{4}[- ][0-9]{6}[- ][0-9]{4}',
  String.raw`\+81[- ]?[0-9]`,
  '[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2}',
  '[A-Z]{2}[0-9]{7}',
  String.raw`[A-Za-z0-9_]@[A-Za-z0-9-]{1,63}\.[A-Za-z]`,
  `${WIDE_UTF8}${WIDE_UTF8}`,
  `${WIDE_SHIFT_JIS}${WIDE_SHIFT_JIS}`,
];

/** The words in every encoding and spelling that the scanner knows, each once, and the numbers. */
export function patterns(numbers: 'forms' | 'shapes'): Pattern[] {
  const words = new Map<string, Pattern>();
  for (const { bytes, exact, required } of literals()) {
    // ripgrep looks at lines.
    if (bytes.includes(LINE_FEED)) continue;
    const tail = required >= FOLLOW_LATIN_NAME ? 0 : required;
    const pattern = { caseless: !exact, source: escape(bytes) + (tail > 0 ? `[A-Za-z0-9_-]{${tail}}` : '') };
    words.set(`${exact} ${pattern.source}`, pattern);
  }
  return [...(numbers === 'forms' ? FORMS : SHAPES).map((source) => ({ caseless: false, source })), ...words.values()];
}

/** Any of these, in the encodings with at least so many bytes. */
function alternatives(list: string, least: number): string {
  return list
    .split(' ')
    .flatMap((text) => encodings(text, false, least).map(escape))
    .join('|');
}

function escape(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('');
}

function isPlain(byte: number): boolean {
  return /[A-Za-z0-9 _]/.test(String.fromCharCode(byte)) && byte < 0x7f;
}

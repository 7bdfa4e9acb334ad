import { encodings } from '../../scripts/scanner/encodings.ts';
import { WORDS } from '../../src/core/detect/scanner/words.ts';

/** One regular expression over bytes, in the syntax that Hyperscan and ripgrep share. */
export interface Pattern {
  readonly caseless: boolean;
  readonly source: string;
}

const WIDE_UTF8 = String.raw`\xef\xbc[\x90-\x99]`;
const WIDE_SHIFT_JIS = String.raw`\x82[\x4f-\x58]`;

/** What the scanner finds, without check digits, which no regular expression knows. */
const FORMS: readonly string[] = [
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

export function patterns(numbers: 'forms' | 'shapes'): Pattern[] {
  const words = WORDS.flatMap(({ text, exact = false, tail = 0 }) =>
    encodings(text).map((bytes) => {
      const caseless = !exact && /^[\0-\x7f]*$/.test(text);
      return { caseless, source: escape(bytes) + (tail > 0 ? `[A-Za-z0-9_-]{${tail}}` : '') };
    }),
  );
  return [...(numbers === 'forms' ? FORMS : SHAPES).map((source) => ({ caseless: false, source })), ...words];
}

function escape(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('');
}

function isPlain(byte: number): boolean {
  return /[A-Za-z0-9 _]/.test(String.fromCharCode(byte)) && byte < 0x7f;
}

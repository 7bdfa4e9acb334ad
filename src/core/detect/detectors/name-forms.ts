import { isGivenName, isFamilyName, isLatinName, isNoName } from '../name-lexicon.ts';

/** A name that a form's own structure shows: a key with its value, an element, two parts under their labels, a reading behind it. */
export interface WrittenName {
  readonly start: number;
  readonly name: string;
  /** The name of the whole is what the form is about, and no list is asked. */
  readonly certain: boolean;
}

const LABELS =
  '(?:お客様|患者|顧客|社員|職員|従業員|会員|生徒|利用者|担当者|契約者|申込者|申請者|代表者|保護者|受取人|世帯主)?(?:氏名|姓名|お?名前)';
const HAN_NAME =
  '[\\p{Script=Han}々ヶ]{1,5}(?:[ \\u3000]?[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}々ー]{1,5})?(?![\\p{Script=Han}ー])';
/** Two words or more, as the names of people from abroad and the readings of all are written. */
const KANA_NAME = '[\\p{Script=Katakana}ー]{2,10}(?:[ ・=][\\p{Script=Katakana}ー]{2,12}){1,4}';
const READING = '(?:[(（]?(?:カナ|かな|フリガナ|ふりがな|全角カナ|半角カナ)[)）]?)?';

/** `"氏名": "..."`, `'氏名' => '...'`. */
const KEYED = new RegExp(`${LABELS}${READING}["']?[ \\t]{0,3}(?::|=>?)[ \\t]{0,3}["'](${HAN_NAME}|${KANA_NAME})["']`, 'gu');
/** `<氏名>...</氏名>`, `<td>氏名</td> <td>...</td>`, `<dt>お名前</dt><dd>...</dd>`. */
const TAGGED = new RegExp(
  `${LABELS}${READING}\\s{0,4}(?:>\\s{0,12}|(?:</?[A-Za-z]{0,8}[^<>\\n]{0,60}>\\s{0,12}){1,3})(${HAN_NAME}|${KANA_NAME})\\s{0,8}</`,
  'gu',
);
/** `氏名: ジョアン・シルバ`. */
const KANA_LABELLED = new RegExp(`${LABELS}${READING}[ \\t]{0,3}:[ \\t]{0,4}(${KANA_NAME})(?![\\p{Script=Katakana}ー・])`, 'gu');

/** The two parts of a name, each under its own label, in one of the orders: `"last_name": "...", "first_name": "..."`. */
const PART = `[A-Z][A-Za-z'.-]{1,24}|[\\p{Script=Han}々ヶ]{1,5}|[\\p{Script=Hiragana}]{2,6}|[\\p{Script=Katakana}ー]{2,12}`;
const FAMILY = `(?:last|family|sur)[ _-]?name|姓|苗字|名字`;
const GIVEN = `(?:first|given|fore)[ _-]?name|名前?`;
/** Behind a label: `:` or `=` with quotes, the end of a tag, or a space before Japanese. */
const TO_VALUE = `(?:["']?[ \\t]{0,3}[:=][ \\t]{0,4}["']?|>|[ \\t]{1,3}(?=[\\p{Script=Han}\\p{Script=Hiragana}]))`;
const TO_LABEL = `["']?(?:[\\s,;、]{1,24}["']?|</[^<>\\n]{1,20}>\\s{0,24}<)`;
const PAIRS = [
  {
    pattern: new RegExp(
      `(?<![A-Za-z\\p{Script=Han}])(?:${FAMILY})${TO_VALUE}(${PART})${TO_LABEL}(?:${GIVEN})${TO_VALUE}(${PART})(["'\\s<]|$)`,
      'giu',
    ),
    family: 1,
  },
  {
    pattern: new RegExp(
      `(?<![A-Za-z\\p{Script=Han}])(?:${GIVEN})${TO_VALUE}(${PART})${TO_LABEL}(?:${FAMILY})${TO_VALUE}(${PART})(["'\\s<]|$)`,
      'giu',
    ),
    family: 2,
  },
] as const;
/** Types of a schema, and the labels themselves; and the names of nobody. */
const NO_PART =
  /^(?:string|text|n?varchar|char|type[sd]?|yup|joi|schema|faker|first|last|given|family|middle|sur|fore)?(?:name)?$|^(?:foo|bar|baz|test|doe|true|false|null|none|required|optional)$/i;

/** A name with its reading behind it in brackets: `薮下 奈緒子(やぶした なおこ)`. */
const WITH_READING = new RegExp(
  '(?<![\\p{Script=Han}々ヶ])([\\p{Script=Han}々ヶ]{1,4}) ?([\\p{Script=Han}々]{1,3})\\(((?:\\p{Script=Hiragana}{2,7} \\p{Script=Hiragana}{2,7})|(?:[\\p{Script=Katakana}ー]{2,7} [\\p{Script=Katakana}ー]{2,7}))\\)',
  'gu',
);

/** `"full_name": "薮下 奈緒子"`. */
const LATIN_KEYED = new RegExp(
  `(?:full|customer|employee|patient|member|contact|applicant|student|cardholder|legal)[ _-]?name["']?[ \\t]{0,3}:[ \\t]{0,4}["']?(${HAN_NAME}|${KANA_NAME})`,
  'giu',
);

export function* namesOfForms(text: string): Generator<WrittenName> {
  for (const pattern of [KEYED, TAGGED, KANA_LABELLED, LATIN_KEYED]) {
    for (const found of text.matchAll(pattern)) {
      const name = found[1] ?? '';
      if (!isNoName(name)) yield { start: found.index + found[0].lastIndexOf(name), name, certain: true };
    }
  }
}

export function* namesInParts(text: string): Generator<WrittenName> {
  for (const { pattern, family } of PAIRS) {
    for (const found of text.matchAll(pattern)) {
      const parts = [found[1] ?? '', found[2] ?? ''] as const;
      if (parts.some((part) => NO_PART.test(part) || !BEGINS_AS_NAME.test(part) || isNoName(part))) continue;
      const [familyName, given] = family === 1 ? parts : [parts[1], parts[0]];
      const isLatin = LATIN.test(familyName + given);
      const certain = !isLatin || isLatinName(familyName) || isLatinName(given);
      yield { start: found.index, name: isLatin ? given + familyName : familyName + given, certain };
    }
  }
}

export function* namesWithReadings(text: string): Generator<WrittenName> {
  for (const found of text.matchAll(WITH_READING)) {
    const [, first = '', second = ''] = found;
    const name = first + second;
    if (isWholeName(first, second) || splits(name)) yield { start: found.index, name, certain: false };
  }
}

/** The patterns of parts do not tell cases apart. */
const BEGINS_AS_NAME = /^[^a-z]/;
const LATIN = /^[A-Za-z'.-]+$/;
const LONGEST_FAMILY_NAME = 4;

function isWholeName(family: string, given: string): boolean {
  return isGivenName(given) || (isFamilyName(family) && given.length > 1);
}

function splits(name: string): boolean {
  for (let length = 1; length <= LONGEST_FAMILY_NAME && length < name.length; length++) {
    if (isWholeName(name.slice(0, length), name.slice(length))) return true;
  }
  return false;
}

import type { LocalizedText } from '../contracts/ids.ts';
import type { patternRefusal } from '../core/detect/own-data/index.ts';

type Refusal = Exclude<ReturnType<typeof patternRefusal>, null>;

/** Why a regular expression is refused, and what to write instead. docs/spec/own-data.md section 2. */
export const PATTERN_REFUSED: Readonly<Record<Refusal, { readonly message: LocalizedText; readonly hint?: LocalizedText }>> = {
  syntax: { message: { ja: '正規表現として読めません', en: 'not a valid regular expression' } },
  backreference: {
    message: { ja: '後方参照（\\1 など）は使えません', en: 'backreferences such as \\1 are not allowed' },
    hint: { ja: '一定の時間で調べられません', en: 'no matcher can run them in bounded time' },
  },
  lookaround: {
    message: { ja: '先読み・後読みは使えません', en: 'lookahead and lookbehind are not allowed' },
    hint: { ja: '前後の語は context に書いてください', en: 'write the words around it under context' },
  },
  unsupported: {
    message: { ja: 'この書き方には対応していません', en: 'a construct that is not supported' },
    hint: { ja: '使える書き方は docs/spec/own-data.md の 2 節にあります', en: 'docs/spec/own-data.md section 2 lists what is' },
  },
  'too-large': {
    message: { ja: '大きすぎます', en: 'too large' },
    hint: { ja: '繰り返しの回数を減らすか、語句は keywords に書いてください', en: 'repeat less often, or list words under keywords' },
  },
  'matches-nothing': {
    message: { ja: '空の文字列にも一致してしまいます', en: 'it matches the empty text' },
    hint: { ja: '「*」や「?」だけでなく、必ず現れる文字を入れてください', en: 'let it ask for at least one character' },
  },
  'nested-repeat': {
    message: {
      ja: '繰り返しの中の繰り返しで、同じ文字列の区切り方が幾通りもあります',
      en: 'a repeat inside a repeat can divide one text in many ways',
    },
    hint: { ja: '一つの繰り返しにするか、間に区切りの文字を入れてください', en: 'make it one repeat, or put a separator between' },
  },
  'overlapping-repeat': {
    message: { ja: '繰り返しの中で、同じ文字列が二通りに一致します', en: 'inside a repeat, one text matches in two ways' },
    hint: { ja: '選択肢が重ならないようにしてください', en: 'make the alternatives exclude each other' },
  },
  'wide-repeats': {
    message: { ja: '「.*」のような広い繰り返しが二つ以上あります', en: 'two or more wide repeats such as .*' },
    hint: {
      ja: '文字を限るか、語は context に書いてください',
      en: 'name the characters that may stand there, or write the words under context',
    },
  },
};

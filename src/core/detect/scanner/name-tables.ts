import { FAMILY_NAMES, GIVEN_FIRST, GIVEN_LAST, GIVEN_NAMES, KANA_GIVEN_NAMES } from '../name-lexicon.ts';
import { SHIFT_JIS_UNITS, UNIT_CLASSES, UNIT_PAIRS } from './kernel/layout.ts';
import {
  PAIR_FAMILY,
  PAIR_FAMILY_OF_THREE,
  PAIR_GIVEN_KANA,
  PAIR_PREFECTURE,
  pairIndex,
  UNIT_FAMILY,
  UNIT_GIVEN,
  UNIT_GIVEN_FIRST,
  UNIT_GIVEN_LAST,
  UNIT_HAN,
  UNIT_HONORIFIC,
  UNIT_KANA,
  UNIT_TITLE,
} from './kernel/units.ts';

/** Every character of what people write right before a name: 担当, 代表, 部長, 弁護士, 長男 ... */
const TITLES = '担当代表社長会部課係主任講師教授監督議員弁護士医看選手故男女次妻夫父母者名取締役総務営業経理人事企画室店支所';
const PREFECTURES =
  '青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 奈川 新潟 富山 石川 福井 山梨 長野 岐阜 静岡 愛知 三重 滋賀 兵庫 奈良 歌山 鳥取 島根 岡山 広島 山口 徳島 香川 ' +
  '愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 児島 沖縄';
const HONORIFICS = '様殿氏君生';
const HAN_RANGES = [
  [0x3400, 0x9fff],
  [0xf900, 0xfaff],
  [0x3005, 0x3005],
  [0x30f6, 0x30f6],
] as const;
/** Hiragana and katakana with the long-vowel mark. */
const KANA_RANGES = [
  [0x3041, 0x3096],
  [0x30a1, 0x30f5],
  [0x30f7, 0x30fa],
  [0x30fc, 0x30fc],
] as const;
const LEADS = { first: 0x81, last: 0xfc } as const;
const TRAILS = { first: 0x40, last: 0xfc, count: 192 } as const;
const LINE_FEED = 0x0a;
const REPLACEMENT = 0xfffd;

/** Fills an engine's memory with what it knows of characters and names. */
export function loadNames(memory: Uint8Array): void {
  // The first marks: nothing is there to be kept.
  for (const [first, last] of HAN_RANGES) memory.fill(UNIT_HAN, UNIT_CLASSES + first, UNIT_CLASSES + last + 1);
  for (const [first, last] of KANA_RANGES) for (let unit = first; unit <= last; unit++) mark(memory, unit, UNIT_KANA);
  for (const title of TITLES) mark(memory, title.charCodeAt(0), UNIT_TITLE);
  for (const honorific of HONORIFICS) mark(memory, honorific.charCodeAt(0), UNIT_HONORIFIC);
  for (const name of FAMILY_NAMES) {
    if (name.length === 1) mark(memory, name.charCodeAt(0), UNIT_FAMILY);
    else markPair(memory, name, name.length === 2 ? PAIR_FAMILY : PAIR_FAMILY_OF_THREE);
  }
  for (const character of GIVEN_FIRST) mark(memory, character.charCodeAt(0), UNIT_GIVEN_FIRST);
  for (const character of GIVEN_LAST) mark(memory, character.charCodeAt(0), UNIT_GIVEN_LAST);
  for (const name of GIVEN_NAMES) {
    mark(memory, name.charCodeAt(0), name.length === 1 ? UNIT_GIVEN : UNIT_GIVEN_FIRST);
    if (name.length > 1) mark(memory, name.charCodeAt(name.length - 1), UNIT_GIVEN_LAST);
  }
  for (const ending of PREFECTURES.split(' ')) markPair(memory, ending, PAIR_PREFECTURE);
  for (const name of KANA_GIVEN_NAMES) markPair(memory, name, PAIR_GIVEN_KANA);
  loadShiftJis(memory);
}

function mark(memory: Uint8Array, unit: number, bit: number): void {
  memory[UNIT_CLASSES + unit] = (memory[UNIT_CLASSES + unit] ?? 0) | bit;
}

function markPair(memory: Uint8Array, name: string, bit: number): void {
  const place = UNIT_PAIRS + pairIndex(name.charCodeAt(0), name.charCodeAt(1));
  memory[place] = (memory[place] ?? 0) | bit;
}

/** The platform only decodes: every pair of bytes is decoded once, a line each. */
function loadShiftJis(memory: Uint8Array): void {
  const trails = TRAILS.last - TRAILS.first + 1;
  const pairs = new Uint8Array((LEADS.last - LEADS.first + 1) * trails * 3);
  for (let at = 0, lead: number = LEADS.first; lead <= LEADS.last; lead++) {
    for (let trail: number = TRAILS.first; trail <= TRAILS.last; trail++, at += 3) {
      pairs[at] = lead;
      pairs[at + 1] = trail;
      pairs[at + 2] = LINE_FEED;
    }
  }
  const text = new TextDecoder('shift_jis').decode(pairs);
  let at = 0;
  for (let lead: number = LEADS.first; lead <= LEADS.last; lead++) {
    for (let trail: number = TRAILS.first; trail <= TRAILS.last; trail++) {
      const unit = text.charCodeAt(at);
      const isOne = text.charCodeAt(at + 1) === LINE_FEED && unit !== LINE_FEED && unit !== REPLACEMENT;
      at = isOne ? at + 2 : text.indexOf('\n', at) + 1;
      if (!isOne) continue;
      const place = SHIFT_JIS_UNITS + ((lead - LEADS.first) * TRAILS.count + trail - TRAILS.first) * 2;
      memory[place] = unit & 0xff;
      memory[place + 1] = unit >> 8;
    }
  }
}

import type { Detector, Match } from '../detector.ts';
import type { TextWindow } from '../text-window.ts';
import { ADDRESS_WORDS } from './context-words.ts';

const PREFECTURES =
  '北海道|東京都|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県';
const NUMBER = '(?:[0-9]{1,5}|[〇一二三四五六七八九十百]{1,4})';
/** Block numbers, the last without a unit that makes them a span of time, a share or a count. */
const BLOCK = `${NUMBER}(?:丁目|番地|番|号|地割|-|の|ノ)(?: ?${NUMBER}(?:丁目|番地|番|号|地割|-|の|ノ)?){0,4}(?![0-9]|[年月日時分秒人名個件回歳点倍万円%枚本章節町])`;
/** Sapporo and Asahikawa count their streets, too: 北1条西2丁目. */
const TOWN = '(?:[^\\s0-9,、。]|[0-9]{1,2}(?=条))';
const WITH_PREFECTURE = new RegExp(
  `(?:${PREFECTURES})[ \\n]?[^\\s0-9,、。]{1,10}[市区町村郡] ?(?:${TOWN}{0,24}? ?((?=[0-9])${BLOCK})|${TOWN}{0,24}? ?(${BLOCK})|${TOWN}{0,24} ?([0-9]{1,5}(?![0-9]))?)`,
  'g',
);
const AT_START = new RegExp(WITH_PREFECTURE.source, 'y');
const WITHOUT_PREFECTURE = new RegExp(
  `(?<![\\p{Script=Han}ヶケ々])(?!(?:都|同|当|本|各|全|地|学|校|朝|夕|夜|新|旧)[市区町村])[\\p{Script=Han}\\p{Script=Hiragana}ヶケ々]{1,6}?[市区郡] ?(?:[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ーヶ々]|[0-9]{1,2}(?=条)){1,24}? ?(${BLOCK})`,
  'gu',
);
/** Without them the text has no municipality. */
const MUNICIPALITY = /[市区町村郡]/;
/** How far behind its label an address without a prefecture may begin. */
const LABEL_REACH = 24;

/** Japanese addresses. With block numbers they lead to a door, without only to a town. */
export const address: Detector = {
  id: 'jp.address',
  scan(window, report) {
    if (!window.hasWideText || !MUNICIPALITY.test(window.text)) return;
    for (const match of addressesIn(window.text, (start, reach) => explained(window, start, reach))) report.match(match);
  },
  mask: (value) => `${/^(?:北海道|..[都道府県]|...県)/.exec(value)?.[0] ?? ''}****`,
};

type Explanation = 'column-header' | 'column-type' | 'context-word' | undefined;

/** A cell that begins with an address under its heading. */
export function addressOfCell(cell: string, headed: boolean): Omit<Match, 'start'> | undefined {
  AT_START.lastIndex = 0;
  const found = AT_START.exec(cell);
  const explanation = headed ? 'column-header' : 'column-type';
  if (found === null) {
    const [first, more] = addressesIn(cell, () => explanation);
    return more === undefined ? first : undefined;
  }
  const exact = found.slice(1).some((block) => block !== undefined);
  return {
    value: found[0].replace(/\s/g, ''),
    confidence: headed || exact ? 'high' : 'low',
    reasons: headed || exact ? ['format', explanation] : ['format'],
  };
}

/** The addresses of a text, in two passes. `explain` tells what explains one that begins at a place. */
export function addressesIn(text: string, explain: (start: number, reach?: number) => Explanation): Match[] {
  const matches: Match[] = [];
  const covered: number[] = [];
  for (const found of text.matchAll(WITH_PREFECTURE)) {
    covered.push(found.index, found.index + found[0].length);
    const explanation = explain(found.index);
    const [, arabic, kanji, bare] = found;
    const exact = arabic !== undefined || kanji !== undefined || (bare !== undefined && explanation !== undefined);
    const match = { start: found.index, value: found[0].replace(/\s/g, '') };
    if (explanation === 'column-header' || (exact && explanation !== undefined)) {
      matches.push({ ...match, confidence: 'high', reasons: ['format', explanation] });
    } else matches.push({ ...match, confidence: exact ? 'medium' : 'low', reasons: ['format'] });
  }
  let end = 0;
  for (const found of text.matchAll(WITHOUT_PREFECTURE)) {
    while (end < covered.length && (covered[end + 1] ?? 0) <= found.index) end += 2;
    if ((covered[end] ?? Number.POSITIVE_INFINITY) < found.index + found[0].length) continue;
    const match = { start: found.index, value: found[0].replace(/\s/g, '') };
    const labelled = explain(found.index, LABEL_REACH);
    if (labelled !== undefined) matches.push({ ...match, confidence: 'high', reasons: ['format', labelled] });
    else matches.push({ ...match, confidence: isDoor(found[0], found[1] ?? '') ? 'medium' : 'low', reasons: ['format'] });
  }
  return matches;
}

function explained(window: TextWindow, start: number, reach?: number): Explanation {
  const column = window.columnAt(start);
  if (column?.role === 'address') return 'column-header';
  if (column?.type === 'address') return 'column-type';
  if (reach === undefined) return window.isNear(ADDRESS_WORDS, start) ? 'context-word' : undefined;
  return window.lastBefore(ADDRESS_WORDS, start, reach) >= 0 ? 'context-word' : undefined;
}

/** Three numbers, or 丁目 behind a ward or with one more number: shorter ones may as well be a range or a score. */
function isDoor(whole: string, block: string): boolean {
  return /市.{1,5}区.*丁目/.test(whole) || /丁目.*[0-9一二三四五六七八九十]|番地|番.*号|^[0-9]+-[0-9]+-[0-9]+/.test(block);
}

import type { Detector } from '../detector.ts';
import { ADDRESS_WORDS } from './context-words.ts';

const PREFECTURES =
  '北海道|東京都|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県';
const WITH_PREFECTURE = new RegExp(
  `(?:${PREFECTURES})[ ]?[^\\s0-9,、。]{1,10}[市区町村郡][^\\s,、。0-9]{0,24}[ ]?([0-9一二三四五六七八九十]{1,4}(?:丁目|番地?|号|-|の)[0-9一二三四五六七八九十番地号の-]{0,16})?`,
  'g',
);

/** Japanese addresses from the prefecture down. With block numbers they lead to a door, without only to a town. */
export const address: Detector = {
  id: 'jp.address',
  scan(window, report) {
    if (!window.hasWideText) return;
    for (const found of window.text.matchAll(WITH_PREFECTURE)) {
      const match = { start: found.index, value: found[0].replace(/\s/g, '') };
      const heading = window.columnAt(found.index)?.role === 'address';
      const exact = found[1] !== undefined;
      if (heading) report.match({ ...match, confidence: 'high', reasons: ['format', 'column-header'] });
      else if (exact && window.isNear(ADDRESS_WORDS, found.index))
        report.match({ ...match, confidence: 'high', reasons: ['format', 'context-word'] });
      else if (exact) report.match({ ...match, confidence: 'medium', reasons: ['format'] });
      else report.match({ ...match, confidence: 'low', reasons: ['format'] });
    }
  },
  mask: (value) => `${/^(?:北海道|..[都道府県]|...県)/.exec(value)?.[0] ?? ''}****`,
};

import type { Detector } from '../detector.ts';
import { stars } from '../masks.ts';

/** The most frequent Japanese family names; a name outside it is found under a heading or behind a label only. */
const FAMILY_NAMES =
  '佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|斎藤|斉藤|齋藤|清水|山崎|阿部|森|池田|橋本|山下|石川|中島|前田|藤田|後藤|小川|岡田|村上|長谷川|近藤|石井|遠藤|青木|坂本|藤井|西村|福田|太田|三浦|藤原|松田|岡本|中川|中野|原田|小野|田村|竹内|金子|和田|中山|石田|上田|森田|柴田|酒井|工藤|横山|宮崎|宮本|内田|高木|谷口|安藤|大野|丸山|今井|河野|藤本|村田|武田|上野|杉山|増田|平野|菅原|小島|久保|千葉|岩崎|松井|野口|木下|松尾|菊地|佐野|大塚|野村|新井|菊池';
const LABELLED =
  /(?:氏名|お名前|名前|患者名|顧客名|契約者|申込者)[ ]{0,3}[::][ ]{0,3}([\p{Script=Han}々ヶ]{1,4}[ ]?[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々]{1,5})(?![\p{Script=Han}])/gu;
const ADDRESSED = new RegExp(
  `(?<!\\p{Script=Han})((?:${FAMILY_NAMES})[ ]?[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}々]{1,4}?)[ ]?(?:様|殿|さん|氏)(?!\\p{Script=Han})`,
  'gu',
);
const SPACED = new RegExp(
  `(?<!\\p{Script=Han})((?:${FAMILY_NAMES}) [\\p{Script=Han}々]{1,3})(?![\\p{Script=Han}\\p{Script=Katakana}])`,
  'gu',
);
const LONGEST_NAME = 40;

/** Names of people: cells under a name heading, behind a label, before 様, or a frequent family name with a given name. */
export const personName: Detector = {
  id: 'jp.person-name',
  identifies: 'contact',
  scan(window, report) {
    const japanese = window.hasWideText ? window.text : '';
    for (const found of japanese.matchAll(LABELLED)) {
      report.match({ start: found.index, value: plain(found[1]), confidence: 'high', reasons: ['label'] });
    }
    for (const pattern of [ADDRESSED, SPACED]) {
      for (const found of japanese.matchAll(pattern)) {
        if (window.columnAt(found.index)?.role === 'name') continue;
        report.match({ start: found.index, value: plain(found[1]), confidence: 'medium', reasons: ['format'] });
      }
    }
    for (const { start, end } of window.cellsUnder('name')) {
      const cell = window.text.slice(start, Math.min(end, start + LONGEST_NAME)).trim();
      if (cell !== '' && !/\d/.test(cell)) {
        report.match({ start, value: plain(cell), confidence: 'high', reasons: ['column-header'] });
      }
    }
  },
  mask: (value) => (Array.from(value).length > 1 ? (Array.from(value)[0] ?? '') : '') + stars(3),
};

function plain(name: string | undefined): string {
  return (name ?? '').replace(/\s/g, '');
}

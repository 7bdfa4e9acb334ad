import type { ColumnRole } from '../columns.ts';
import type { Detector, Match, Report, Script } from '../detector.ts';
import { stars } from '../masks.ts';
import {
  beginsWithFamilyName,
  FAMILY_BEGINNINGS,
  familyNameLength,
  isCompanyName,
  isFamilyName,
  isGivenName,
  isLatinName,
  isLikelyName,
  isNoName,
} from '../name-lexicon.ts';
import type { TextWindow } from '../text-window.ts';
import { namesInParts, namesOfForms, namesWithReadings, type WrittenName } from './name-forms.ts';

const LABELS =
  '氏 ?名|姓名|お?名 ?前|(?:患者|顧客|お客様|社員|職員|従業員|会員|生徒|利用者|担当者?|契約者|申込者|申請者|代表者|保護者|受取人|世帯主|届出人|名義人?|本人)(?:氏?名)?|口座名義|宛名';
/** After a colon a name is expected; after a space or in the next line, only what reads as one. */
const LABELLED = new RegExp(
  `(?:${LABELS})(?:[(（][^)）\\n]{1,8}[)）])?[ \\t]{0,3}(:[ \\t]{0,4}\\n?|[ \\t]{1,4}|[ \\t]{0,3}\\n[ \\t]{0,4})([\\p{Script=Han}々ヶ]{1,5}(?: ?[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}々ー]{1,5})?)(?![\\p{Script=Han}ー])`,
  'gu',
);
const LABEL_WORDS = /名|担当|契約者|申込者|申請者|代表者|保護者|受取人|世帯主|届出人|本人/;
const FORM_WORDS = /[名氏姓]|name/i;
/** Titles and relations that people write right before a name. */
const BEFORE_NAME =
  /^(?:氏名|姓名|担当|代表|取締役|社長|会長|専務|常務|総務|営業|経理|人事|企画|店長|所長|室長|支店長|部長|課長|係長|主任|部|課|室|講師|教授|監督|議員|弁護士|医師|看護師|選手|故|長男|長女|次男|次女|妻|夫|父|母|者|名)+/;
const TITLE_BEGINNINGS = '氏姓担代取社専常総営経人企店所室支会部課係主講教監議弁医看選故長次妻夫父母者名';
/** By code unit whether a run of Han characters that begins with it can begin a name: told before anything dearer is tried. */
const BEGINS_NAME = new Set(Array.from(FAMILY_BEGINNINGS + TITLE_BEGINNINGS, (character) => character.charCodeAt(0)));
const LONGEST_RUN = 24;
const LONGEST_ADDRESSED = 7;
const SPACE = 0x20;
const HONORIFIC = /^ ?(?:様|殿|さん|さま|氏|先生|君|くん|ちゃん)(?!\p{Script=Han})/u;
const HONORIFIC_IN_RUN = /(?:様|殿|氏|先生|君)$/;
const GIVEN_AFTER_SPACE =
  /^ ([\p{Script=Han}々]{1,3}|[\p{Script=Hiragana}]{2,4}|[\p{Script=Katakana}ー]{2,4})(?![\p{Script=Han}々\p{Script=Katakana}ー])/u;
const KANA_AFTER = /^[\p{Script=Hiragana}\p{Script=Katakana}]{2,4}/u;
const LATIN_LABELLED =
  /(?:^|[\n,;|{("'\t])[ \t]{0,8}["']?((?:(?:full|customer|employee|patient|member|contact|applicant|student|cardholder|legal|display|real|preferred)[ _-]?)?name)["']?[ ]?:[ \t]{0,4}["']?([A-Z][A-Za-z'-]+(?:,? [A-Z][A-Za-z'.-]*){1,3})/gi;
/** They head packages, products and accounts, too. */
const ANY_NAME = /^(?:display[ _-]?)?name$/i;
const PART_LABEL = /(?:last|family|sur)[ _-]?name|姓|苗字|名字/i;
const READING_BEHIND = /\p{Script=Han}\([\p{Script=Hiragana}\p{Script=Katakana}]/u;
const LONGEST_NAME = 40;

/** Names of people: cells under a name heading, behind a label, before 様, or a frequent family name with a given name. */
export const personName: Detector = {
  id: 'jp.person-name',
  identifies: 'contact',
  scriptOf,
  scan(window, report) {
    if (window.hasWideText) {
      if (LABEL_WORDS.test(window.text)) scanLabels(window, report);
      if (FORM_WORDS.test(window.text)) scanWritten(namesOfForms(window.text), window, report);
      if (READING_BEHIND.test(window.text)) scanWritten(namesWithReadings(window.text), window, report);
      scanRuns(window, report);
    }
    if (PART_LABEL.test(window.text)) scanWritten(namesInParts(window.text), window, report);
    if (/name/i.test(window.text)) scanLatin(window, report);
  },
  mask: (value) => (Array.from(value).length > 1 ? (Array.from(value)[0] ?? '') : '') + stars(3),
};

function scriptOf(name: string): Script {
  if (/\p{Script=Han}/u.test(name)) return 'han';
  return /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(name) ? 'kana' : 'latin';
}

function scanLabels(window: TextWindow, report: Report): void {
  for (const found of window.text.matchAll(LABELLED)) {
    const [whole, separator = '', name = ''] = found;
    const start = found.index + whole.length - name.length;
    if (isNoName(name) || isNameCell(window, start)) continue;
    const certain = /^(?:氏 ?名|姓名|お?名 ?前)/.test(whole) && separator.startsWith(':');
    if (!certain && !isLikelyName(name)) continue;
    report.match({ start, value: plain(name), confidence: 'high', reasons: ['label'] });
  }
}

function scanWritten(names: Iterable<WrittenName>, window: TextWindow, report: Report): void {
  for (const { start, name, certain } of names) {
    if (isNameCell(window, start)) continue;
    report.match({ start, value: plain(name), confidence: certain ? 'high' : 'medium', reasons: ['label'] });
  }
}

/** Every name in running text begins where a run of Han characters does, or behind a title in it. */
function scanRuns(window: TextWindow, report: Report): void {
  const { text } = window;
  const others: { readonly start: number; readonly end: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const first = text.charCodeAt(at);
    if (!isHan(first)) continue;
    const start = at;
    while (isHan(text.charCodeAt(++at)));
    const length = at - start;
    if (BEGINS_NAME.has(first)) {
      // No name is so long, with its title and its honorific.
      if (length <= LONGEST_RUN) scanRun(window, report, start, text.slice(start, at));
    } else if (length > 3 ? length <= LONGEST_ADDRESSED : text.charCodeAt(at) === SPACE && isHan(text.charCodeAt(at + 1))) {
      others.push({ start, end: at });
    }
  }
  // As long as a whole name with its honorific, or before a given name.
  for (const { start, end } of others) {
    const name = addressedName(text.slice(start, end), text.slice(end, end + 8));
    if (name === undefined || isNameCell(window, start)) continue;
    report.match({ start, value: plain(name), confidence: 'medium', reasons: ['format'] });
  }
}

/** Han characters, the marks 々 and ヶ that stand for one, and the surrogates that rarer ones are made of; false for NaN. */
function isHan(unit: number): boolean {
  if (unit < 0x3400) return unit === 0x3005 || unit === 0x30f6;
  return unit <= 0x9fff || (unit >= 0xd840 && unit <= 0xdfff) || (unit >= 0xf900 && unit <= 0xfaff);
}

function scanRun(window: TextWindow, report: Report, begin: number, run: string): void {
  const title = TITLE_BEGINNINGS.includes(run[0] ?? '') ? (BEFORE_NAME.exec(run)?.[0].length ?? 0) : 0;
  for (const skip of title > 0 && title < run.length ? [0, title] : [0]) {
    const name = nameAt(window.text, begin + skip, run.slice(skip));
    if (name === undefined) continue;
    if (!isNameCell(window, begin + skip))
      report.match({ start: begin + skip, value: plain(name), confidence: 'medium', reasons: ['format'] });
    return;
  }
}

function nameAt(text: string, start: number, run: string): string | undefined {
  const after = text.slice(start + run.length, start + run.length + 8);
  if (!beginsWithFamilyName(run)) return addressedName(run, after);
  const bare = run.replace(HONORIFIC_IN_RUN, '');
  if (bare.length > 1 && bare.length <= 6 && familyNameLength(bare) > 0) return bare;
  if (run.length > 3 || !isFamilyName(run)) return undefined;
  const given = GIVEN_AFTER_SPACE.exec(after)?.[1];
  if (given !== undefined) {
    const name = given.replace(HONORIFIC_IN_RUN, '');
    if (isGivenName(name) && (run.length > 1 || name.length > 1)) return `${run}${name}`;
    if (run.length > 1 && HONORIFIC.test(after.slice(1 + given.length)) && /^[\p{Script=Han}]/u.test(given)) return `${run}${given}`;
    return undefined;
  }
  // 田中さくら: kana run on into particles, so only a known given name ends where it does.
  const kana = KANA_AFTER.exec(after)?.[0] ?? '';
  for (let length = kana.length; length > 1; length--) {
    if (run.length > 1 && isGivenName(kana.slice(0, length))) return run + kana.slice(0, length);
  }
  return undefined;
}

/** A family name that is in no list, when someone is addressed or spoken of by their whole name. */
function addressedName(run: string, after: string): string | undefined {
  const spaced = GIVEN_AFTER_SPACE.exec(after)?.[1];
  if (spaced !== undefined && run.length <= 3) {
    const given = spaced.replace(HONORIFIC_IN_RUN, '');
    const addressed = given !== spaced || HONORIFIC.test(after.slice(1 + spaced.length));
    return addressed && given.length > 1 && isGivenName(given) ? run + given : undefined;
  }
  const bare = run.replace(HONORIFIC_IN_RUN, '');
  if (bare === run && !HONORIFIC.test(after)) return undefined;
  return (bare.length === 4 || bare.length === 5) && isGivenName(bare.slice(2)) ? bare : undefined;
}

function scanLatin(window: TextWindow, report: Report): void {
  for (const found of window.text.matchAll(LATIN_LABELLED)) {
    const [whole, label = '', name = ''] = found;
    const start = found.index + whole.length - name.length;
    if (isNameCell(window, start) || (ANY_NAME.test(label) && !isLatinName(name))) continue;
    // The list speaks for a person, no more.
    report.match({ start, value: plain(name), confidence: ANY_NAME.test(label) ? 'medium' : 'high', reasons: ['label'] });
  }
}

/** A cell of a column of names; `given` is the cell of the given name beside a family name. */
export function nameOfCell(cell: string, role: ColumnRole, headed: boolean, given: string): Omit<Match, 'start'> | undefined {
  const name = cell.trim();
  if (name === '' || name.length > LONGEST_NAME || /[0-9@]/.test(name) || isNoName(name) || isCompanyName(name)) return undefined;
  if ((role === 'possible-name' || !headed) && !isNameShaped(name, headed)) return undefined;
  const value = plain(name + given).replace(/(?:様|殿|さん)$/, '');
  return { value, confidence: 'high', reasons: [headed ? 'column-header' : 'column-type'] };
}

/** In a column of names every short cell without digits is one; under the bare heading "name" only what reads as one. */
function isNameShaped(cell: string, headed: boolean): boolean {
  return headed ? isLikelyName(cell) : cell.length <= 12 || isLikelyName(cell);
}

/** Cells of a column of names are counted by the column. */
function isNameCell(window: TextWindow, offset: number): boolean {
  const column = window.columnAt(offset);
  const kind = column?.role ?? column?.type;
  return kind === 'name' || kind === 'possible-name' || kind === 'family-name' || kind === 'given-name' || kind === 'name-reading';
}

function plain(name: string | undefined): string {
  return (name ?? '').replace(/\s/g, '');
}

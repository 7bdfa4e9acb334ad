import { isCorporateNumber, isMyNumber } from './check-digits.ts';
import type { ColumnRole } from './columns.ts';
import { isDate } from './detectors/date-of-birth.ts';
import { nationalNumber } from './detectors/phone.ts';
import { isCompanyName, isFamilyName, isGivenName, isLikelyName } from './name-lexicon.ts';

/** Fewer values of a column say nothing about the next. */
const FEWEST_VALUES = 3;
/** Share of a column's values that must be of its kind; names are known by a list that cannot be complete. */
const MOST = 0.8;
const MOST_NAMES = 0.6;
const LONGEST_NAME = 32;
const EARLIER_SHARE = 0.3;
const MOST_COLUMNS = 256;
const OF_VALUES = /[0-9@]/;

const EMAIL = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i;
const PHONE = /^[+(]?[0-9][0-9()+\-. ]{8,18}$/;
const ADDRESS =
  /^(?:〒?[0-9]{3}-?[0-9]{4} ?)?(?:北海道|東京都|京都府|大阪府|[\p{Script=Han}]{2,3}県)?[\p{Script=Han}ヶケ々]{1,6}[市区町村郡].*[0-9一二三四五六七八九十]/u;
/** A list of people's birth dates has people born before 2006; dates of orders and log-ins are later. */
const EARLIER = /^(?:明治|大正|昭和|[MTS明大昭]\.? ?[0-9])|(?<![0-9])(?:19[0-9]{2}|200[0-5])(?=$|[^0-9]|[0-9]{4}$)/i;

/** What a table's columns hold, told by their values. For tables without headings; `undefined` where no column tells. */
export function columnTypes(rows: readonly (readonly string[])[]): readonly (ColumnRole | undefined)[] | undefined {
  const columns = columnsOf(rows);
  const types = columns.map(typeOf);
  for (let index = 0; index + 1 < columns.length; index++) {
    if (types[index] !== undefined || types[index + 1] !== undefined) continue;
    if (!areSplitNames(columns[index] ?? [], columns[index + 1] ?? [])) continue;
    types[index] = 'family-name';
    types[index + 1] = 'given-name';
  }
  return types.some((type) => type !== undefined && TELLING.has(type)) ? types : undefined;
}

/** Kinds of columns that make a table without headings one of people. */
const TELLING: ReadonlySet<ColumnRole> = new Set(['name', 'family-name', 'my-number', 'email', 'phone'] as const);

function columnsOf(rows: readonly (readonly string[])[]): string[][] {
  const width = Math.min(MOST_COLUMNS, Math.max(0, ...rows.map((row) => row.length)));
  return Array.from({ length: width }, (_, index) => rows.map((row) => (row[index] ?? '').trim()).filter((cell) => cell !== ''));
}

/** Family names in one column, given names in the next. */
function areSplitNames(families: readonly string[], given: readonly string[]): boolean {
  if (Math.min(families.length, given.length) < FEWEST_VALUES) return false;
  return (
    families.filter((value) => value.length <= 5 && isFamilyName(value)).length >= families.length * MOST_NAMES &&
    given.filter((value) => value.length <= 4 && isGivenName(value)).length >= given.length * MOST_NAMES
  );
}

/** Whether a first row is one of headings that nobody knows: words, above columns of numbers, dates or addresses of mail. */
export function looksLikeHeadings(cells: readonly string[], below: readonly (readonly string[])[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.length < 2 || filled.some((cell) => cell.length > LONGEST_NAME || OF_VALUES.test(cell) || isLikelyName(cell))) return false;
  return columnsOf(below).some(
    (values, index) =>
      (cells[index] ?? '').trim() !== '' &&
      values.length > 1 &&
      values.filter((value) => OF_VALUES.test(value)).length >= values.length * MOST,
  );
}

function typeOf(values: readonly string[]): ColumnRole | undefined {
  if (values.length < FEWEST_VALUES) return undefined;
  const share = (holds: (value: string) => boolean): number =>
    values.filter((value) => value.length <= 500 && holds(value)).length / values.length;
  if (share((value) => EMAIL.test(value)) >= MOST) return 'email';
  if (share((value) => isCompanyName(value)) >= 0.5) return 'company-name';
  if (share((value) => isMyNumber(value.replace(/[- ]/g, ''))) >= MOST) return 'my-number';
  if (share((value) => isCorporateNumber(value.replace(/[- ]/g, ''))) >= MOST) return 'corporate-number';
  if (share((value) => PHONE.test(value) && nationalNumber(value) !== undefined) >= MOST) return 'phone';
  if (share((value) => ADDRESS.test(value)) >= MOST) return 'address';
  if (isBirthDates(share)) return 'birth-date';
  if (values.every((value) => value.length <= LONGEST_NAME && !/[0-9]/.test(value)) && share(isLikelyName) >= MOST_NAMES) return 'name';
  return undefined;
}

function isBirthDates(share: (holds: (value: string) => boolean) => number): boolean {
  return share(isDate) >= MOST && share((value) => EARLIER.test(value)) >= EARLIER_SHARE;
}

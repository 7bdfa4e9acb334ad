import { isCorporateNumber, isMyNumber } from './check-digits.ts';
import type { ColumnRole } from './columns.ts';
import { isDate } from './detectors/date-of-birth.ts';
import { nationalNumber } from './detectors/phone.ts';
import { isLikelyName } from './name-lexicon.ts';

/** Fewer values of a column say nothing about the next. */
const FEWEST_VALUES = 3;
/** Share of a column's values that must be of its kind; names are known by a list that cannot be complete. */
const MOST = 0.8;
const MOST_NAMES = 0.6;
const LONGEST_NAME = 32;
const EARLIER_SHARE = 0.3;

const EMAIL = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i;
const PHONE = /^[+(]?[0-9][0-9()+\-. ]{8,18}$/;
const ADDRESS =
  /^(?:〒?[0-9]{3}-?[0-9]{4} ?)?(?:北海道|東京都|京都府|大阪府|[\p{Script=Han}]{2,3}県)?[\p{Script=Han}ヶケ々]{1,6}[市区町村郡].*[0-9一二三四五六七八九十]/u;
const COMPANY = /株式会社|有限会社|合同会社|\(株\)|\(有\)|財団法人|社団法人|医療法人|\b(?:inc|ltd|llc|corp|gmbh)\b/i;
/** A list of people's birth dates has people born before 2006; dates of orders and log-ins are later. */
const EARLIER = /^(?:明治|大正|昭和|[MTS明大昭]\.? ?[0-9])|(?<![0-9])(?:19[0-9]{2}|200[0-5])(?=$|[^0-9]|[0-9]{4}$)/i;

/** What a table's columns hold, told by their values. For tables without headings; `undefined` where no column tells. */
export function columnTypes(rows: readonly (readonly string[])[]): readonly (ColumnRole | undefined)[] | undefined {
  const width = Math.min(256, Math.max(0, ...rows.map((row) => row.length)));
  const types = Array.from({ length: width }, (_, index) =>
    typeOf(rows.map((row) => (row[index] ?? '').trim()).filter((cell) => cell !== '')),
  );
  return types.some((type) => type === 'name' || type === 'my-number' || type === 'email' || type === 'phone') ? types : undefined;
}

function typeOf(values: readonly string[]): ColumnRole | undefined {
  if (values.length < FEWEST_VALUES) return undefined;
  const share = (holds: (value: string) => boolean): number =>
    values.filter((value) => value.length <= 500 && holds(value)).length / values.length;
  if (share((value) => EMAIL.test(value)) >= MOST) return 'email';
  if (share((value) => COMPANY.test(value)) >= 0.5) return 'company-name';
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

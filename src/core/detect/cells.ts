import type { Place } from '../../contracts/finding.ts';
import { isCorporateNumber, isDriversLicense, isMyNumber } from './check-digits.ts';
import type { ColumnRole } from './columns.ts';
import type { Detector, Match } from './detector.ts';
import { address, addressOfCell } from './detectors/address.ts';
import { bankAccount } from './detectors/bank-account.ts';
import { corporateNumber } from './detectors/corporate-number.ts';
import { cardShape, creditCard } from './detectors/credit-card.ts';
import { birthDateOf, dateOfBirth } from './detectors/date-of-birth.ts';
import { driversLicense } from './detectors/drivers-license.ts';
import { email, emailOf } from './detectors/email.ts';
import { healthInsurance } from './detectors/health-insurance.ts';
import { myNumber } from './detectors/my-number.ts';
import { passport } from './detectors/passport.ts';
import { pensionNumber } from './detectors/pension-number.ts';
import { nameOfCell, personName } from './detectors/person-name.ts';
import { phone, phoneOfCell } from './detectors/phone.ts';
import { residenceCard } from './detectors/residence-card.ts';
import { usSocialSecurity } from './detectors/us-ssn.ts';
import type { ReadRow } from './table-reader.ts';
import type { Tally } from './tally.ts';
import { columnName, TextWindow, type Column } from './text-window.ts';

/** What a whole cell is, apart from its place. */
export type CellMatch = Omit<Match, 'start'>;

/** A column whose values are told by its heading, or by themselves (`headed` false). */
interface KnownColumn {
  readonly role: ColumnRole;
  readonly headed: boolean;
}

interface Judge {
  readonly detector: Detector;
  readonly judge: (cell: string, column: KnownColumn, row: ReadRow) => CellMatch | undefined;
}

/** Longer cells hold more than one value. */
const LONGEST_CELL = 80;
/** More digits than a name, a town or a date has, or an address of mail: such a cell holds something beside what its heading says. */
const SOMETHING_ELSE = /@|[0-9](?:[-() ]?[0-9]){8}/;

const names: Judge = {
  detector: personName,
  judge: (cell, { role, headed }, { cells, roles, types }) =>
    nameOfCell(cell, role, headed, role === 'family-name' ? (cells[(roles ?? types)?.indexOf('given-name') ?? -1] ?? '') : ''),
};

/** How the cells of a column are judged without a look at the text around them. */
const JUDGES: Readonly<Partial<Record<ColumnRole, Judge>>> = {
  name: names,
  'possible-name': names,
  'family-name': names,
  email: { detector: email, judge: (cell) => emailOf(cell) },
  phone: { detector: phone, judge: (cell, { headed }) => phoneOfCell(cell, headed) },
  'birth-date': { detector: dateOfBirth, judge: (cell, { headed }) => birthDateOf(cell, headed) },
  address: { detector: address, judge: judgeAddress },
  prefecture: { detector: address, judge: judgeSplitAddress },
  municipality: {
    detector: address,
    judge: (cell, column, row) => (row.roles?.includes('prefecture') ? undefined : judgeSplitAddress(cell, column, row)),
  },
  'my-number': { detector: myNumber, judge: twelveDigits(isMyNumber) },
  'drivers-license': { detector: driversLicense, judge: twelveDigits(isDriversLicense) },
  'bank-account': readWith(bankAccount, 'bank-account'),
  'corporate-number': readWith(corporateNumber, 'corporate-number'),
  'credit-card': readWith(creditCard, 'credit-card'),
  'health-insurance': readWith(healthInsurance, 'health-insurance'),
  'insurer-number': readWith(healthInsurance, 'insurer-number'),
  passport: readWith(passport, 'passport'),
  'pension-number': readWith(pensionNumber, 'pension-number'),
  'residence-card': readWith(residenceCard, 'residence-card'),
  'us-ssn': readWith(usSocialSecurity, 'us-ssn'),
};

/** What a row's columns are, the same for all rows under one heading. */
interface KnownColumns {
  readonly judges: readonly (Judge | undefined)[];
  readonly known: readonly (KnownColumn | undefined)[];
}

const columnsOf = new WeakMap<readonly (ColumnRole | undefined)[], KnownColumns>();
const NO_COLUMNS: KnownColumns = { judges: [], known: [] };

function knownColumns({ roles, types }: ReadRow): KnownColumns {
  const columns = roles ?? types;
  if (columns === undefined) return NO_COLUMNS;
  const before = columnsOf.get(columns);
  if (before !== undefined) return before;
  const headed = roles !== undefined;
  const judges = columns.map((role) => (role === undefined ? undefined : JUDGES[role]));
  const known = columns.map((role) => (role === undefined ? undefined : { role, headed }));
  const now = { judges, known };
  columnsOf.set(columns, now);
  return now;
}

/** Roles by which no cell is judged and no person counted. */
const SILENT: ReadonlySet<ColumnRole | undefined> = new Set([undefined, 'other-number', 'company-name', 'name-reading'] as const);
const silent = new WeakMap<readonly (ColumnRole | undefined)[], boolean>();

/** Whether the cells of these columns are only searched: nothing is known of them that counts. */
export function saysNothing(columns: readonly (ColumnRole | undefined)[] | undefined): boolean {
  if (columns === undefined) return true;
  let known = silent.get(columns);
  if (known === undefined) silent.set(columns, (known = columns.every((role) => SILENT.has(role))));
  return known;
}

/** Judges the cells whose column says what they are, and returns the cells with those left out: the others are to be searched. */
export function readCells(row: ReadRow, tally: Tally): readonly string[] {
  const { cells, isHeading } = row;
  if (isHeading) return cells;
  const { judges, known } = knownColumns(row);
  let rest: string[] | undefined;
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index] ?? '';
    if (cell === '' || cell.length > LONGEST_CELL) continue;
    const judge = judges[index];
    const column = known[index];
    const match = judge === undefined || column === undefined ? undefined : judge.judge(cell, column, row);
    if (judge !== undefined && match !== undefined) {
      tally.match(judge.detector, match, columnAt(row, index), () => placeOfCell(row.row.place, index));
      rest ??= cells.slice();
      rest[index] = '';
    } else if (cell.length >= 12 && cell.length <= 24 && MAY_BE_MISSED.test(cell)) countMisses(cell, columnAt(row, index), tally);
  }
  return rest ?? cells;
}

function columnAt({ row: { table }, roles, types }: ReadRow, index: number): Column {
  const headed = roles !== undefined;
  return { table, index, headed, role: roles?.[index], type: types?.[index], counted: headed || types !== undefined };
}

const MAY_BE_MISSED = /^ ?[0-9]/;

/** Numbers without their check digit speak against the others of their column. */
function countMisses(cell: string, column: Column, tally: Tally): void {
  const digits = cell.trim().replaceAll(/[- ]/g, '');
  if (!/^[0-9]{12,19}$/.test(digits)) return;
  if (digits.length === 12) {
    if (!isMyNumber(digits)) tally.miss(myNumber, column);
    if (!isDriversLicense(digits)) tally.miss(driversLicense, column);
  }
  if (digits.length === 13 && !isCorporateNumber(digits)) tally.miss(corporateNumber, column);
  if (cardShape(digits) === 'no-check-digit') tally.miss(creditCard, column);
}

function placeOfCell(place: Place, index: number): Place {
  return place.sheet === undefined || place.line === undefined ? place : { ...place, cell: `${columnName(index)}${place.line}` };
}

function judgeAddress(cell: string, { headed }: KnownColumn): CellMatch | undefined {
  if (SOMETHING_ELSE.test(cell)) return undefined;
  return addressOfCell(cell, headed);
}

/** Tables of customers often keep prefecture, municipality and the rest in columns of their own. */
function judgeSplitAddress(cell: string, { role }: KnownColumn, { cells, roles }: ReadRow): CellMatch | undefined {
  const municipality = cells[roles?.indexOf('municipality') ?? -1] ?? '';
  const town = cells[roles?.indexOf('town') ?? -1] ?? '';
  if (cell.trim() === '' || municipality.trim() === '' || town.trim() === '') return undefined;
  // Without anybody, and without numbers of houses, it is a list of places.
  if (!HOUSE_NUMBER.test(town) && roles?.some((known) => known !== undefined && OF_PEOPLE.has(known)) !== true) return undefined;
  const beginning = role === 'prefecture' ? cell + municipality : cell;
  return { value: `${beginning}${town}`.replaceAll(/\s/g, ''), confidence: 'high', reasons: ['column-header'] };
}

const HOUSE_NUMBER = /[0-9]/;
const OF_PEOPLE: ReadonlySet<ColumnRole> = new Set(['name', 'family-name', 'phone', 'email', 'birth-date'] as const);

/** A spreadsheet that took the number for a quantity dropped its leading zeros. */
function twelveDigits(isValid: (digits: string) => boolean): Judge['judge'] {
  return (cell, { headed }) => {
    const written = cell.trim();
    if (!headed || !/^(?:[0-9]{10,12}|[0-9]{4}([- .])[0-9]{4}\1[0-9]{4})$/.test(written)) return undefined;
    const value = written.replaceAll(/[- .]/g, '').padStart(12, '0');
    return isValid(value) ? { value, confidence: 'high', reasons: ['check-digit', 'column-header'] } : undefined;
  };
}

/** For columns too rare to be worth more: the detector reads the cell as a table of one. */
function readWith(detector: Detector, role: ColumnRole): Judge {
  return {
    detector,
    judge: (cell, { headed }) => {
      if (!headed) return undefined;
      const row = { table: 0, cellOffsets: [0], roles: [role], length: cell.length + 1 };
      const window = new TextWindow(`${cell}\t`, [{ offset: 0, place: {}, row }]);
      const found: Match[] = [];
      detector.scan(window, { match: (match) => found.push(match) });
      return found.length === 1 ? found[0] : undefined;
    },
  };
}

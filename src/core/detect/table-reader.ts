import { columnTypes, looksLikeHeadings } from './column-types.ts';
import { type ColumnRole, HeadingReader, withNames } from './columns.ts';
import { normalise } from './normalise.ts';
import type { Segment } from './segment.ts';

/** A heading row may stand below a title, a date, notes; further down a table without one is told by its values. */
const FIRST_ROWS = 20;

type Row = Extract<Segment, { kind: 'row' }>;

/** Columns of values that a form may have beside its headings; share of its rows whose headings are known. */
const MOST_BESIDE = 33;
const HEADINGS_OF_FORM = 0.5;

/** A row with what is known of its columns: `roles` from a heading row, else `types` from the values of the first rows. */
export interface ReadRow {
  readonly row: Row;
  readonly cells: readonly string[];
  readonly isHeading: boolean;
  readonly roles?: readonly (ColumnRole | undefined)[] | undefined;
  readonly types?: readonly (ColumnRole | undefined)[] | undefined;
}

interface WaitingRow {
  readonly row: Row;
  readonly cells: readonly string[];
}

/** Reads tables row by row. Keeps the first rows back until a heading row or enough values tell what the columns hold. */
export class TableReader {
  readonly #headings = new HeadingReader();
  #table = -1;
  #roles: readonly (ColumnRole | undefined)[] | undefined;
  #headingCells: readonly string[] = [];
  /** Of the row that waits last, if it is one of headings. */
  #doubtful: readonly (ColumnRole | undefined)[] | undefined;
  #types: readonly (ColumnRole | undefined)[] | undefined;
  #waiting: WaitingRow[] | undefined = [];

  /** The rows that are understood by now, in order. */
  read(row: Row): ReadRow[] {
    const done = row.table === this.#table ? [] : this.end();
    this.#table = row.table;
    const cells = row.cells.map(readable);
    if (cells.every((cell) => cell.trim() === '')) return done;
    const heading = this.#headings.headingRow(cells, this.#roles === undefined && this.#waiting !== undefined);
    if (heading !== undefined && this.#mayStandBeside(heading)) {
      this.#waiting?.push({ row, cells });
      this.#doubtful = heading;
      return done;
    }
    done.push(...this.#settleDoubt(cells));
    if (heading !== undefined) {
      done.push(...this.#release(this.#roles !== undefined), { row, cells, isHeading: true, roles: heading });
      this.#roles = heading;
      this.#headingCells = cells;
      // Under headings that nobody knows, the names may be told by their values.
      this.#waiting = heading.includes('name') || heading.includes('family-name') ? undefined : [];
      return done;
    }
    if (this.#waiting === undefined) return [...done, this.#understood(row, cells)];
    this.#waiting.push({ row, cells });
    if (this.#waiting.length >= FIRST_ROWS) done.push(...this.#release(true));
    return done;
  }

  /** Whether a row of a table would be understood by what is known already, if it is no row of headings. */
  isSettled(table: number): boolean {
    return table === this.#table && this.#waiting === undefined && this.#doubtful === undefined;
  }

  /** What is known of the columns of the table in hand, as in `ReadRow`. */
  get roles(): ReadRow['roles'] {
    return this.#roles;
  }

  get types(): ReadRow['types'] {
    return this.#roles === undefined ? this.#types : undefined;
  }

  /** In a form the first column holds the headings, and one of its rows looks like headings of which one is known. */
  #mayStandBeside(heading: readonly (ColumnRole | undefined)[]): boolean {
    const isFirstOnly = heading[0] !== undefined && heading.length > 1 && heading.slice(1).every((role) => role === undefined);
    return isFirstOnly && this.#roles === undefined && this.#waiting !== undefined && this.#doubtful === undefined;
  }

  /** The row below tells: where it begins with a heading, too, both are rows of a form. */
  #settleDoubt(next: readonly string[]): ReadRow[] {
    const heading = this.#doubtful;
    this.#doubtful = undefined;
    if (heading === undefined || this.#headings.role(next[0] ?? '') !== undefined) return [];
    const doubted = this.#waiting?.pop();
    if (doubted === undefined) return [];
    const done = [...this.#release(false), { ...doubted, isHeading: true, roles: heading }];
    this.#roles = heading;
    this.#headingCells = doubted.cells;
    this.#waiting = heading.includes('name') || heading.includes('family-name') ? undefined : [];
    return done;
  }

  /** The table is over: what waited is given out, and the next row begins another. */
  end(): ReadRow[] {
    const rest = this.#release(true);
    this.#table = -1;
    this.#roles = undefined;
    this.#types = undefined;
    this.#waiting = [];
    this.#doubtful = undefined;
    return rest;
  }

  /** `byValues`: what no heading tells is told by the values that waited. */
  #release(byValues: boolean): ReadRow[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    const [first, ...below] = waiting;
    if (first === undefined || !byValues) return waiting.map(({ row, cells }) => this.#understood(row, cells));
    if (this.#roles === undefined && this.#isForm(waiting)) return transposed(waiting, this.#headings);
    const isHeaded =
      this.#roles === undefined &&
      looksLikeHeadings(
        first.cells,
        below.map(({ cells }) => cells),
      );
    const values = (isHeaded ? below : waiting).map(({ cells }) => cells);
    if (this.#roles === undefined) this.#types = columnTypes(values);
    else this.#roles = withNames(this.#roles, this.#headingCells, columnTypes(values));
    return waiting.map(({ row, cells }, index) => ({ ...this.#understood(row, cells), isHeading: isHeaded && index === 0 }));
  }

  /** Whether headings stand in the first column, with the values of one person or several beside them. */
  #isForm(rows: readonly WaitingRow[]): boolean {
    if (rows.length < 2 || rows.some(({ cells }) => cells.length < 2 || cells.length > MOST_BESIDE)) return false;
    const roles = rows.map(({ cells }) => this.#headings.role(cells[0] ?? '')).filter((role) => role !== undefined);
    return new Set(roles).size >= 2 && roles.length >= rows.length * HEADINGS_OF_FORM;
  }

  #understood(row: Row, cells: readonly string[]): ReadRow {
    if (this.#roles !== undefined) return { row, cells, isHeading: false, roles: this.#roles };
    return { row, cells, isHeading: false, ...(this.#types === undefined ? {} : { types: this.#types }) };
  }
}

/** A cell in one spelling and one line. */
function readable(cell: string): string {
  for (let at = 0; at < cell.length; at++) {
    if (!isPlain(cell.charCodeAt(at))) return normalise(cell).replace(/[\t\n\r]/g, ' ');
  }
  return cell;
}

/** Printable ASCII, kana and the most common Han characters: what most cells are made of has no other spelling. */
export function isPlain(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3041 && code <= 0x30fb && (code <= 0x3096 || code >= 0x30a1));
}

/** A form as a table: its headings, then a row for each column of values. All are placed where the form begins. */
function transposed(rows: readonly WaitingRow[], headings: HeadingReader): ReadRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  // Without a line no cell is named, which would be another's.
  const { line, ...sheet } = first.row.place;
  const place = sheet.sheet === undefined && line !== undefined ? { ...sheet, line } : sheet;
  const columns = Array.from({ length: width }, (_, index) => rows.map(({ cells }) => cells[index] ?? ''));
  const roles = headings.roles(columns[0] ?? []);
  return columns
    .filter((cells) => cells.some((cell) => cell.trim() !== ''))
    .map((cells, index) => ({ row: { ...first.row, cells, place }, cells, isHeading: index === 0, roles }));
}

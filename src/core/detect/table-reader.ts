import { columnTypes, looksLikeHeadings } from './column-types.ts';
import { type ColumnRole, HeadingReader, withNames } from './columns.ts';
import { normalise } from './normalise.ts';
import type { Segment } from './segment.ts';

/** A heading row may stand below a title, a date, notes; further down a table without one is told by its values. */
const FIRST_ROWS = 20;

type Row = Extract<Segment, { kind: 'row' }>;

/** A row with what is known of its columns: `roles` from a heading row, else `types` from the values of the first rows. */
export interface ReadRow {
  readonly row: Row;
  readonly cells: readonly string[];
  readonly isHeading: boolean;
  readonly roles?: readonly (ColumnRole | undefined)[];
  readonly types?: readonly (ColumnRole | undefined)[];
}

/** Reads tables row by row. Keeps the first rows back until a heading row or enough values tell what the columns hold. */
export class TableReader {
  readonly #headings = new HeadingReader();
  #table = -1;
  #roles: readonly (ColumnRole | undefined)[] | undefined;
  #headingCells: readonly string[] = [];
  #types: readonly (ColumnRole | undefined)[] | undefined;
  #waiting: { readonly row: Row; readonly cells: readonly string[] }[] | undefined = [];

  /** The rows that are understood by now, in order. */
  read(row: Row): ReadRow[] {
    const done = row.table === this.#table ? [] : this.end();
    this.#table = row.table;
    const cells = row.cells.map(readable);
    if (cells.every((cell) => cell.trim() === '')) return done;
    const heading = this.#headings.headingRow(cells, this.#roles === undefined && this.#waiting !== undefined);
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

  /** The table is over: what waited is given out, and the next row begins another. */
  end(): ReadRow[] {
    const rest = this.#release(true);
    this.#table = -1;
    this.#roles = undefined;
    this.#types = undefined;
    this.#waiting = [];
    return rest;
  }

  /** `byValues`: what no heading tells is told by the values that waited. */
  #release(byValues: boolean): ReadRow[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    const [first, ...below] = waiting;
    if (first === undefined || !byValues) return waiting.map(({ row, cells }) => this.#understood(row, cells));
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
function isPlain(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3041 && code <= 0x30fb && (code <= 0x3096 || code >= 0x30a1));
}

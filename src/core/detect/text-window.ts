import type { Place } from '../../contracts/finding.ts';
import type { ColumnRole } from './columns.ts';
import { DigitGroups } from './digit-groups.ts';

/** Where a stretch of the window's text came from; a stretch ends where the next begins. */
export interface Mark {
  readonly offset: number;
  readonly place: Place;
  /** Line feeds between the place and the mark; asked only of a place that is kept. */
  readonly linesBefore?: () => number;
  readonly row?: RowMark;
  /** Strings found in bytes that are no text. */
  readonly isOfStrings?: boolean;
}

export interface RowMark {
  readonly table: number;
  /** Offsets of the cells, from the mark's own. */
  readonly cellOffsets: readonly number[];
  /** By column; absent when the table has no heading row. */
  readonly roles?: readonly (ColumnRole | undefined)[] | undefined;
  /** By column, told by the values of a table without headings. */
  readonly types?: readonly (ColumnRole | undefined)[] | undefined;
  readonly length: number;
  readonly isHeading?: boolean | undefined;
}

/** The table column that an offset lies in. */
export interface Column {
  readonly table: number;
  readonly index: number;
  readonly headed: boolean;
  readonly role: ColumnRole | undefined;
  readonly type: ColumnRole | undefined;
  /** Its rows are counted as persons one by one. */
  readonly counted: boolean;
}

/** How far a word may stand from the number it explains, as in Purview's definitions. */
export const CONTEXT_REACH = 300;

/** From the first radical of kanji on; rarer ones are pairs of surrogates. */
const EAST_ASIAN = /[\u2e80-\uffff]/;

/** A bounded piece of a file's normalised text, with what detectors ask of it. */
export class TextWindow {
  readonly text: string;
  readonly #marks: readonly Mark[];
  #groups: DigitGroups | undefined;
  #wide: boolean | undefined;
  readonly #words = new Map<RegExp, readonly number[]>();

  constructor(text: string, marks: readonly Mark[]) {
    this.text = text;
    this.#marks = marks;
  }

  /** Whether any character may be Japanese: letters with accents are not. */
  get hasWideText(): boolean {
    this.#wide ??= EAST_ASIAN.test(this.text);
    return this.#wide;
  }

  get groups(): DigitGroups {
    this.#groups ??= new DigitGroups(this.text);
    return this.#groups;
  }

  markAt(offset: number): Mark | undefined {
    let low = 0;
    let high = this.#marks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#marks[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#marks[low];
  }

  /** Whether what stands there may be chance, for it is no text. */
  isOfStrings(offset: number): boolean {
    return this.markAt(offset)?.isOfStrings === true;
  }

  columnAt(offset: number): Column | undefined {
    const mark = this.markAt(offset);
    if (mark?.row === undefined) return undefined;
    const index = cellIndex(mark.row, offset - mark.offset);
    const { table, roles, types } = mark.row;
    const counted = roles !== undefined || types !== undefined;
    return { table, index, headed: roles !== undefined, role: roles?.[index], type: types?.[index], counted };
  }

  /** The cells of columns with a role, as offsets; the heading row itself is left out. */
  *cellsUnder(role: ColumnRole): Generator<{ readonly start: number; readonly end: number }> {
    for (const { offset, row } of this.#marks) {
      const roles = row?.roles ?? row?.types;
      if (row === undefined || roles === undefined || row.isHeading === true) continue;
      for (let index = roles.indexOf(role); index >= 0; index = roles.indexOf(role, index + 1)) {
        const start = row.cellOffsets[index];
        if (start === undefined || start < 0 || offset + start >= this.text.length) continue;
        yield { start: offset + start, end: offset + (row.cellOffsets[index + 1] ?? row.length) - 1 };
      }
    }
  }

  /** Whether some column of the window has the role. */
  hasRole(role: ColumnRole): boolean {
    return this.#marks.some(({ row }) => row !== undefined && (row.roles ?? row.types)?.includes(role) === true);
  }

  placeAt(offset: number): Place {
    const mark = this.markAt(offset);
    if (mark === undefined) return {};
    const { place, row } = mark;
    if (row !== undefined) {
      if (place.sheet === undefined || place.line === undefined) return place;
      return { ...place, cell: `${columnName(cellIndex(row, offset - mark.offset))}${place.line}` };
    }
    if (place.line === undefined) return place;
    return { ...place, line: place.line + (mark.linesBefore?.() ?? 0) + countLines(this.text, mark.offset, offset) };
  }

  /** Text of the row or line around an offset, at most `CONTEXT_REACH` to each side. */
  lineAround(offset: number): string {
    // Searched in a piece, for a line may be as long as the window.
    const first = Math.max(0, offset - CONTEXT_REACH);
    const before = this.text.slice(first, offset);
    const behind = this.text.slice(offset, offset + CONTEXT_REACH);
    const end = behind.indexOf('\n');
    return before.slice(before.lastIndexOf('\n') + 1) + (end < 0 ? behind : behind.slice(0, end));
  }

  /**
   * Distance from an offset to the nearest word of a global pattern, or Infinity. Under a heading row only the same row
   * counts: the headings of other columns, and other rows, say nothing about this cell.
   */
  distanceTo(words: RegExp, offset: number, reach = CONTEXT_REACH): number {
    const [from, to] = this.#contextOf(offset, reach);
    const positions = this.#positions(words);
    const index = firstAtLeast(positions, offset);
    let nearest = Number.POSITIVE_INFINITY;
    for (const position of [positions[index - 1], positions[index]]) {
      if (position !== undefined && position >= from && position <= to) nearest = Math.min(nearest, Math.abs(position - offset));
    }
    return nearest;
  }

  /** Where the nearest word of a global pattern before an offset begins, or -1; under headings only in the same row. */
  lastBefore(words: RegExp, offset: number, reach: number): number {
    const [from] = this.#contextOf(offset, reach);
    const positions = this.#positions(words);
    const position = positions[firstAtLeast(positions, offset) - 1] ?? -1;
    return position >= Math.max(from, offset - reach) ? position : -1;
  }

  /** How many matches of a global pattern begin between two offsets. */
  countBetween(pattern: RegExp, from: number, to: number): number {
    const positions = this.#positions(pattern);
    return firstAtLeast(positions, to) - firstAtLeast(positions, from);
  }

  has(words: RegExp): boolean {
    return this.#positions(words).length > 0;
  }

  isNear(words: RegExp, offset: number, reach = CONTEXT_REACH): boolean {
    return this.distanceTo(words, offset, reach) !== Number.POSITIVE_INFINITY;
  }

  #contextOf(offset: number, reach: number): readonly [number, number] {
    const mark = this.markAt(offset);
    if (mark?.row?.roles !== undefined) return [mark.offset, mark.offset + mark.row.length];
    return [offset - reach, offset + reach];
  }

  #positions(words: RegExp): readonly number[] {
    const known = this.#words.get(words);
    if (known !== undefined) return known;
    const found: number[] = [];
    for (const match of this.text.matchAll(words)) found.push(match.index);
    this.#words.set(words, found);
    return found;
  }
}

function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cellIndex(row: RowMark, offset: number): number {
  return Math.max(0, firstAtLeast(row.cellOffsets, offset + 1) - 1);
}

export function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** `A`, `Z`, `AA`: spreadsheet columns count in letters. */
export function columnName(index: number): string {
  let name = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}

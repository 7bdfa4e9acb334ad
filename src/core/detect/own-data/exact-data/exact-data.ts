import type { Place } from '../../../../contracts/finding.ts';
import type { Companion } from '../../companion.ts';
import { keepEnds } from '../../masks.ts';
import { columnName } from '../../text-window.ts';
import { OwnTally } from '../own-tally.ts';
import { type FeedWindow, TextFeed } from '../text-feed.ts';
import { columnValue, eachCandidate, LONGEST_VALUE } from './column-values.ts';
import type { EdmIndex, IndexColumn } from './edm-index.ts';

export interface ExactDataTerms {
  readonly id: string;
  /** How many other columns of the row must stand near. */
  readonly columns: number;
  /** Characters to each side. */
  readonly near: number;
}

/** Hashes near a place are made by stretches of this many units, each at most once a window. */
const STRETCH = 256;
/** A value may be spread by separators; what begins before a stretch may reach into it. */
const SPREAD = LONGEST_VALUE * 2;

/** Where the values of the other columns are looked for around a primary value. */
interface Surroundings {
  has(column: IndexColumn, hash: number): boolean;
}

/** Looks for rows of one table: a primary value and, near it, enough of the same row's other values. */
export class ExactData {
  readonly #index: EdmIndex;
  readonly #terms: ExactDataTerms;

  constructor(index: EdmIndex, terms: ExactDataTerms) {
    this.#index = index;
    this.#terms = terms;
  }

  companion(): Companion {
    const tally = new OwnTally(this.#terms.id, this.#terms.columns === 0 ? 'medium' : 'high');
    const feed = new TextFeed((window) => this.#scan(window, tally));
    return {
      addText: (text, place) => feed.addText(text, place),
      addRow: (cells, place) => this.#row(cells, place, tally),
      endRegion: () => feed.endRegion(),
      finish() {
        feed.endRegion();
        return { findings: tally.findings(), persons: tally.range };
      },
    };
  }

  #scan({ text, from, end, placeAt }: FeedWindow, tally: OwnTally): void {
    const { primary } = this.#index;
    const near = new NearText(this.#index, text);
    const begin = Math.max(0, from - SPREAD);
    eachCandidate(primary.kind, primary.isLength, text, begin, Math.min(text.length, end + SPREAD), (value, start, stop) => {
      if (start < from || start >= end) return;
      near.move(start - this.#terms.near, stop + this.#terms.near);
      this.#look(value, near, tally, () => placeAt(start));
    });
  }

  #row(cells: readonly string[], place: Place, tally: OwnTally): void {
    const { primary } = this.#index;
    const near = new NearCells(this.#index, cells);
    eachCellValue(primary, cells, (value, cell) => {
      this.#look(value, near, tally, () => {
        return place.sheet === undefined || place.line === undefined ? place : { ...place, cell: `${columnName(cell)}${place.line}` };
      });
    });
  }

  #look(value: string, near: Surroundings, tally: OwnTally, place: () => Place): void {
    const [first, last] = this.#index.rowsOf(value);
    const seen = new Set<string>();
    for (let row = first; row < last; row++) {
      // Rows that are the same are one person entered twice.
      const others = this.#index.others.map((column) => this.#index.otherOf(row, column));
      const known = others.join();
      if (seen.has(known)) continue;
      seen.add(known);
      if (!this.#isSupported(others, near)) continue;
      const reasons = ['exact-data', ...(this.#terms.columns > 0 ? ['same-row'] : [])];
      tally.add({ value: row, reasons, sample: () => keepEnds(value, 1, 2), place });
    }
  }

  #isSupported(others: readonly number[], near: Surroundings): boolean {
    let missing = this.#terms.columns;
    for (let index = 0; index < others.length && missing > 0; index++) {
      const column = this.#index.others[index];
      const hash = others[index] ?? 0;
      if (column !== undefined && hash !== 0 && near.has(column, hash)) missing -= 1;
    }
    return missing === 0;
  }
}

/** The text of a window around a place that moves. */
class NearText implements Surroundings {
  readonly #index: EdmIndex;
  readonly #text: string;
  /** By column and stretch: where values end, and what they hash to. */
  readonly #made = new Map<number, { readonly starts: number[]; readonly ends: number[]; readonly hashes: number[] }>();
  #from = 0;
  #to = 0;

  constructor(index: EdmIndex, text: string) {
    this.#index = index;
    this.#text = text;
  }

  move(from: number, to: number): void {
    this.#from = Math.max(0, from);
    this.#to = Math.min(this.#text.length, to);
  }

  has(column: IndexColumn, hash: number): boolean {
    for (let stretch = Math.floor(this.#from / STRETCH); stretch * STRETCH < this.#to; stretch++) {
      const { starts, ends, hashes } = this.#stretch(column, stretch);
      for (let at = hashes.indexOf(hash); at >= 0; at = hashes.indexOf(hash, at + 1)) {
        if ((starts[at] ?? 0) >= this.#from && (ends[at] ?? 0) <= this.#to) return true;
      }
    }
    return false;
  }

  #stretch(column: IndexColumn, stretch: number) {
    const key = stretch * 64 + column.number;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = { starts: [] as number[], ends: [] as number[], hashes: [] as number[] };
    const from = stretch * STRETCH;
    const behind = Math.min(this.#text.length, from + STRETCH + SPREAD);
    eachCandidate(column.kind, column.isLength, this.#text, Math.max(0, from - SPREAD), behind, (value, start, end) => {
      if (start < from || start >= from + STRETCH) return;
      made.starts.push(start);
      made.ends.push(end);
      made.hashes.push(this.#index.hashOf(column, value));
    });
    this.#made.set(key, made);
    return made;
  }
}

/** The cells of one row. */
class NearCells implements Surroundings {
  readonly #index: EdmIndex;
  readonly #cells: readonly string[];
  readonly #made = new Map<IndexColumn, Set<number>>();

  constructor(index: EdmIndex, cells: readonly string[]) {
    this.#index = index;
    this.#cells = cells;
  }

  has(column: IndexColumn, hash: number): boolean {
    let hashes = this.#made.get(column);
    if (hashes === undefined) {
      const made = new Set<number>();
      eachCellValue(column, this.#cells, (value) => made.add(this.#index.hashOf(column, value)));
      this.#made.set(column, made);
      hashes = made;
    }
    return hashes.has(hash);
  }
}

/** Values in the cells of a row: a text is a whole cell, or two beside each other as family and given name are. */
function eachCellValue(column: IndexColumn, cells: readonly string[], give: (value: string, cell: number) => void): void {
  const { kind, isLength } = column;
  if (kind !== 'text') {
    for (const [cell, text] of cells.entries()) eachCandidate(kind, isLength, text, 0, text.length, (value) => give(value, cell));
    return;
  }
  let before = '';
  for (const [cell, text] of cells.entries()) {
    const value = columnValue('text', text);
    if (isLength[value.length] === 1) give(value, cell);
    if (before !== '' && value !== '' && isLength[before.length + value.length] === 1) give(before + value, cell);
    // A cell of running text, or a value with a remark beside it.
    if (text.length > LONGEST_VALUE || /[\s(、,]/.test(text)) {
      eachCandidate('text', isLength, text, 0, text.length, (inside) => {
        if (inside !== value) give(inside, cell);
      });
    }
    before = value;
  }
}

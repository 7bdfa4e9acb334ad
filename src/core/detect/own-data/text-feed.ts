import type { Place } from '../../../contracts/finding.ts';
import { columnName, countLines } from '../text-window.ts';

/** A bounded piece of a file's text. Matches that begin in `from` to `end` belong to it; the rest is context. */
export interface FeedWindow {
  readonly text: string;
  readonly from: number;
  readonly end: number;
  readonly placeAt: (offset: number) => Place;
}

interface Mark {
  readonly offset: number;
  readonly place: Place;
  /** Of a table's row: where its cells begin, from the mark's own offset. */
  readonly cells?: readonly number[];
}

export interface FeedOptions {
  readonly window?: number;
  /** No match is longer, and no context further away. */
  readonly reach?: number;
}

const WINDOW = 32_768;
const REACH = 1024;

/** Cuts text that comes in pieces into windows with context on both sides. Memory is bounded by the window, not by the file. */
export class TextFeed {
  readonly #scan: (window: FeedWindow) => void;
  readonly #window: number;
  readonly #reach: number;
  #text = '';
  #from = 0;
  #marks: Mark[] = [];

  constructor(scan: (window: FeedWindow) => void, { window = WINDOW, reach = REACH }: FeedOptions = {}) {
    this.#scan = scan;
    this.#window = window;
    this.#reach = reach;
  }

  addText(text: string, place: Place): void {
    // A piece may be as large as the file: it is taken in by windows, each with the place of its own first character.
    let at = place;
    for (let start = 0; start < text.length; start += this.#window) {
      const piece = text.length <= this.#window ? text : text.slice(start, start + this.#window);
      this.#add(piece, { offset: this.#text.length, place: at });
      if (at.line !== undefined && text.length > this.#window) at = { ...at, line: at.line + countLines(piece, 0, piece.length) };
    }
  }

  addRow(cells: readonly string[], place: Place): void {
    const offsets: number[] = [];
    let line = '';
    for (const cell of cells) {
      offsets.push(line.length);
      line += `${cell}\t`;
    }
    this.#add(`${line}\n`, { offset: this.#text.length, place, cells: offsets });
  }

  /** What comes next is no neighbour of what came before. */
  endRegion(): void {
    if (this.#text.length > this.#from) this.#give(this.#text.length);
    this.#text = '';
    this.#from = 0;
    this.#marks = [];
  }

  #add(text: string, mark: Mark): void {
    this.#marks.push(mark);
    this.#text += text;
    while (this.#text.length - this.#from >= this.#window + this.#reach) this.#give(this.#from + this.#window);
  }

  #give(end: number): void {
    const text = this.#text.slice(0, Math.min(this.#text.length, end + this.#reach));
    const marks = this.#marks;
    this.#scan({ text, from: this.#from, end, placeAt: (offset) => placeAt(text, marks, offset) });
    const before = Math.max(0, end - this.#reach);
    const kept = Math.max(
      0,
      marks.findLastIndex(({ offset }) => offset <= before),
    );
    this.#marks = marks.slice(kept).map((mark) => moved(mark, text, before));
    this.#text = this.#text.slice(before);
    this.#from = end - before;
  }
}

function placeAt(text: string, marks: readonly Mark[], offset: number): Place {
  const mark =
    marks[
      Math.max(
        0,
        marks.findLastIndex((one) => one.offset <= offset),
      )
    ];
  if (mark === undefined) return {};
  const { place, cells } = mark;
  if (place.line === undefined) return place;
  if (cells === undefined) return { ...place, line: place.line + countLines(text, mark.offset, offset) };
  if (place.sheet === undefined) return place;
  const index = cells.findLastIndex((start) => mark.offset + start <= offset);
  return { ...place, cell: `${columnName(Math.max(0, index))}${place.line}` };
}

/** The mark as it stands once `by` characters before it are gone. */
function moved(mark: Mark, text: string, by: number): Mark {
  if (mark.offset >= by) return { ...mark, offset: mark.offset - by };
  if (mark.cells !== undefined) return { ...mark, offset: 0, cells: mark.cells.map((start) => start + mark.offset - by) };
  const { place } = mark;
  if (place.line === undefined) return { ...mark, offset: 0 };
  return { offset: 0, place: { ...place, line: place.line + countLines(text, mark.offset, by) } };
}

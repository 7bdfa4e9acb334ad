import { DelimitedRow, DelimitedText, type RowSpan } from '../../core/detect/index.ts';
import type { Content } from '../content.ts';
import { decodedText } from '../decoded-text.ts';
import { placeOf, type Level } from '../extraction.ts';

export type Delimiter = ',' | '\t' | ';' | '|';

const DELIMITERS: readonly Delimiter[] = [',', '\t', ';', '|'];
const SAMPLE_LINES = 20;
const SAMPLE_PIECE = 4096;
/** An opening quote that is never closed would swallow the file: past this it was no quote. */
const LONGEST_QUOTED_CELL = 65_536;
const MOST_CELLS = 16_384;
/** A longer row, or one that goes on in the next piece of text, is read character by character. */
const LONGEST_SPAN = 8192;

/** The delimiter of a table in text, or null: at least two lines, nearly all with the same two or more cells. */
export function detectDelimiter(sample: string): Delimiter | null {
  for (const delimiter of DELIMITERS) {
    if (!sample.includes(delimiter)) continue;
    const rows = firstRows(sample, delimiter);
    const [first] = rows;
    if (first === undefined || rows.length < 2 || first.cells.length < 2) continue;
    // Lines of program code end in `;`, and two commas in a line of prose are no table.
    if (rows.every(({ cells }) => (cells.at(-1) ?? '').trim() === '')) continue;
    const alike = rows.filter(({ cells }) => cells.length === first.cells.length).length;
    if (alike >= 2 && alike >= rows.length * (first.cells.length === 2 ? 1 : 0.8)) return delimiter;
  }
  return null;
}

function firstRows(sample: string, delimiter: Delimiter): Row[] {
  const reader = new RowReader(delimiter);
  const rows: Row[] = [];
  const add = (read: readonly Row[]): void => {
    for (const row of read) if (rows.length < SAMPLE_LINES && (row.cells.length > 1 || row.cells[0] !== '')) rows.push(row);
  };
  for (let at = 0; at < sample.length && rows.length < SAMPLE_LINES; at += SAMPLE_PIECE)
    add(reader.push(sample.slice(at, at + SAMPLE_PIECE)));
  if (sample.endsWith('\n') || sample.length < 60_000) add(reader.finish());
  return rows;
}

/** csv and tsv (RFC 4180, with other delimiters): each row with the line it begins on. */
export async function extractDelimited(level: Level, content: Content, delimiter: Delimiter): Promise<void> {
  const { emit, budget } = level.extraction;
  const reader = new RowReader(delimiter);
  const table = level.extraction.newTable();
  const emitRows = (rows: readonly (Row | SpannedRow)[]): void => {
    for (const row of rows) {
      const place = placeOf(level, { line: row.line });
      emit('cells' in row ? { kind: 'row', table, cells: row.cells, place } : new DelimitedRow(table, place, row));
    }
  };
  for await (const text of decodedText(content.chunks())) {
    budget.checkTime();
    emitRows(reader.push(text, 'spans'));
  }
  emitRows(reader.finish());
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

interface SpannedRow extends RowSpan {
  readonly line: number;
}

/** Reads of a text the rows that end in it and are no longer than `LONGEST_SPAN`, without taking them apart. */
class SpanReader {
  readonly piece: DelimitedText;
  /** The next ones from the last place that was asked for: each character is looked for once. */
  #lineFeed = -1;
  #return = -1;
  #quote = -1;

  constructor(text: string, delimiter: Delimiter) {
    this.piece = new DelimitedText(text, delimiter);
  }

  /** Where the row that begins at a place ends, its end of line; -1 where it has to be read otherwise. */
  endOf(from: number): number {
    const { text } = this.piece;
    if (this.#lineFeed < from) this.#lineFeed = placeOfNext(text, '\n', from);
    const end = this.#lineFeed;
    if (end - from > LONGEST_SPAN) return -1;
    if (this.#return < from) this.#return = placeOfNext(text, '\r', from);
    if (this.#return < end - 1) return -1;
    if (this.#quote < from) this.#quote = placeOfNext(text, '"', from);
    return this.#quote < end && this.#endsQuoted(from, end) ? -1 : Math.min(end, this.#return);
  }

  /** Whether a quote is open at the end, as `RowReader` reads them. */
  #endsQuoted(from: number, end: number): boolean {
    const { text, delimiter } = this.piece;
    for (let quote = this.#quote; quote < end; quote = placeOfNext(text, '"', quote + 1)) {
      if (quote > from && text[quote - 1] !== delimiter) continue;
      quote = placeOfNext(text, '"', quote + 1);
      while (text[quote + 1] === '"') quote = placeOfNext(text, '"', quote + 2);
      if (quote >= end) return true;
    }
    return false;
  }
}

function placeOfNext(text: string, character: string, from: number): number {
  const at = text.indexOf(character, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** A pushdown reader of rows: text may be cut anywhere between pushes. */
class RowReader {
  readonly #delimiter: Delimiter;
  readonly #special: RegExp;
  #cells: string[] = [];
  #cell = '';
  #quoted = false;
  #line = 1;
  #rowLine = 1;
  #quoteCarried = false;
  #returnCarried = false;

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter;
    this.#special = delimiter === '|' ? /["\n\r|]/g : new RegExp(`["\\n\\r${delimiter}]`, 'g');
  }

  push(chunk: string): Row[];
  /** The same, with rows as they are written where they need not be taken apart. */
  push(chunk: string, how: 'spans'): (Row | SpannedRow)[];
  push(chunk: string, how?: 'spans'): (Row | SpannedRow)[] {
    const rows: (Row | SpannedRow)[] = [];
    let text = chunk;
    if (this.#quoteCarried) {
      text = `"${text}`;
      this.#quoteCarried = false;
    }
    if (this.#returnCarried && text.startsWith('\n')) text = text.slice(1);
    this.#returnCarried = false;
    const spans = how === 'spans' ? new SpanReader(text, this.#delimiter) : undefined;
    let from = this.#cells.length === 0 && this.#cell === '' && !this.#quoted ? this.#readSpans(spans, 0, rows) : 0;
    this.#special.lastIndex = from;
    for (let found = this.#special.exec(text); found !== null; found = this.#special.exec(text)) {
      const at = found.index;
      const character = found[0];
      this.#append(text.slice(from, at));
      from = at + 1;
      if (character === '"') {
        if (this.#quoted && at + 1 === text.length) {
          this.#quoteCarried = true;
        } else if (this.#quoted && text[at + 1] === '"') {
          this.#append('"');
          from = this.#special.lastIndex = at + 2;
        } else if (this.#quoted || this.#cell === '') this.#quoted = !this.#quoted;
        else this.#append('"');
      } else if (this.#quoted) {
        this.#append(character);
        if (character === '\n') this.#line++;
      } else if (character === '\n' || character === '\r') {
        if (character === '\r' && text[at + 1] === '\n') from = this.#special.lastIndex = at + 2;
        if (character === '\r' && at + 1 === text.length) this.#returnCarried = true;
        rows.push(this.#endRow());
        from = this.#special.lastIndex = this.#readSpans(spans, from, rows);
      } else this.#endCell();
    }
    this.#append(text.slice(from));
    return rows;
  }

  /** The rows from a place on that are read as spans; gives where the next one begins. */
  #readSpans(spans: SpanReader | undefined, from: number, rows: (Row | SpannedRow)[]): number {
    if (spans === undefined) return from;
    const { piece } = spans;
    let at = from;
    for (let to = spans.endOf(at); to >= 0; to = spans.endOf(at)) {
      rows.push({ piece, from: at, to, line: this.#line });
      this.#rowLine = ++this.#line;
      at = piece.text[to] === '\r' ? to + 2 : to + 1;
    }
    return at;
  }

  finish(): Row[] {
    this.#quoteCarried = false;
    return this.#cell === '' && this.#cells.length === 0 ? [] : [this.#endRow()];
  }

  #append(text: string): void {
    this.#cell += text;
    if (this.#quoted && this.#cell.length > LONGEST_QUOTED_CELL) this.#quoted = false;
  }

  #endCell(): void {
    if (this.#cells.length < MOST_CELLS) this.#cells.push(this.#cell);
    this.#cell = '';
  }

  #endRow(): Row {
    this.#endCell();
    const row = { cells: this.#cells, line: this.#rowLine };
    this.#cells = [];
    this.#quoted = false;
    this.#line++;
    this.#rowLine = this.#line;
    return row;
  }
}

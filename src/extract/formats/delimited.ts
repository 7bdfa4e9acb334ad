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
  const emitRows = (rows: readonly Row[]): void => {
    for (const { cells, line } of rows) emit({ kind: 'row', table, cells, place: placeOf(level, { line }) });
  };
  for await (const text of decodedText(content.chunks())) {
    budget.checkTime();
    emitRows(reader.push(text));
  }
  emitRows(reader.finish());
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** A pushdown reader of rows: text may be cut anywhere between pushes. */
class RowReader {
  readonly #special: RegExp;
  #cells: string[] = [];
  #cell = '';
  #quoted = false;
  #line = 1;
  #rowLine = 1;
  #quoteCarried = false;
  #returnCarried = false;

  constructor(delimiter: Delimiter) {
    this.#special = delimiter === '|' ? /["\n\r|]/g : new RegExp(`["\\n\\r${delimiter}]`, 'g');
  }

  push(chunk: string): Row[] {
    const rows: Row[] = [];
    let text = chunk;
    if (this.#quoteCarried) {
      text = `"${text}`;
      this.#quoteCarried = false;
    }
    if (this.#returnCarried && text.startsWith('\n')) text = text.slice(1);
    this.#returnCarried = false;
    this.#special.lastIndex = 0;
    let from = 0;
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
      } else this.#endCell();
    }
    this.#append(text.slice(from));
    return rows;
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

import type { Content } from '../content.ts';
import { decodedText } from '../decoded-text.ts';
import { placeOf, type Level } from '../extraction.ts';
import { beginsCreate, copyOpening, createdTable, insertOpening, readTuple, type Opening } from './sql-text.ts';
import { isRule } from './written-tables-sign.ts';

/** A statement that goes on for longer without a whole row is text. */
const LONGEST_OPEN = 65_536;
const MOST_TABLES = 4096;
const LONGEST_TEXT = 32_768;

/** Text with the rows of its tables read as rows, under the names of their columns. All else stays running text. */
export async function extractWrittenTables(level: Level, content: Content): Promise<void> {
  const reader = new Reader(level);
  let rest = '';
  for await (const piece of decodedText(content.chunks())) {
    level.extraction.budget.checkTime();
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) reader.take(line);
    if (rest.length > LONGEST_OPEN) {
      reader.take(rest, false);
      rest = '';
    }
  }
  reader.take(rest);
  reader.end();
}

type State =
  | { readonly kind: 'text' }
  | { readonly kind: 'drawn' }
  | { readonly kind: 'insert'; readonly opening: Opening; open: string }
  | { readonly kind: 'copy' }
  | { readonly kind: 'create'; open: string };

class Reader {
  readonly #level: Level;
  readonly #columns = new Map<string, readonly string[]>();
  #state: State = { kind: 'text' };
  #line = 1;
  #joint = '';
  #text = '';
  #textLine = 1;
  /** A line with bars that may turn out to be headings. */
  #barred: string | undefined;
  #table = 0;
  /** What the rows given out last belong to; running text between rows ends a table. */
  #tableName: string | undefined;

  constructor(level: Level) {
    this.#level = level;
  }

  /** A very long line comes in pieces; all but its last one do not end it. */
  take(line: string, ends = true): void {
    this.#read(line);
    this.#joint = ends ? '\n' : '';
    if (ends) this.#line++;
  }

  end(): void {
    this.#giveUp();
    this.#flush();
  }

  #read(line: string): void {
    const state = this.#state;
    if (state.kind === 'insert') return this.#insert(state, state.open + this.#joint + line);
    if (state.kind === 'create') return this.#create(state.open + this.#joint + line);
    if (state.kind === 'copy') {
      if (line.trim() === '\\.') this.#state = { kind: 'text' };
      else this.#row(line.split('\t').map((cell) => (cell === '\\N' ? '' : cell)));
      return;
    }
    if (isRule(line)) return this.#rule();
    if (state.kind === 'drawn' && line.includes('|')) return this.#row(barred(line));
    this.#state = { kind: 'text' };
    this.#endBarred();
    const insert = insertOpening(line);
    if (insert !== undefined) return this.#beginInsert(insert, line);
    if (/^\s*(?:INSERT|REPLACE)\s/i.test(line)) {
      this.#state = { kind: 'insert', opening: { table: '', columns: undefined, end: 0 }, open: line };
      return;
    }
    const copy = copyOpening(line);
    if (copy !== undefined) {
      this.#begin(copy.table, copy.columns);
      this.#state = { kind: 'copy' };
    } else if (beginsCreate(line)) this.#create(line);
    else if (line.includes('|')) this.#barred = line;
    else this.#say(line);
  }

  /** Headings stand above the rule; in mysql's drawing they stand below the first, and a rule ends the table. */
  #rule(): void {
    const headings = this.#barred;
    this.#barred = undefined;
    if (this.#state.kind === 'drawn') return;
    this.#begin(`drawn ${this.#line}`, headings === undefined ? undefined : barred(headings));
    this.#state = { kind: 'drawn' };
  }

  #endBarred(): void {
    if (this.#barred !== undefined) this.#say(this.#barred, this.#line - 1);
    this.#barred = undefined;
  }

  #create(text: string): void {
    const created = createdTable(text);
    if (created === undefined && text.length < LONGEST_OPEN) {
      this.#state = { kind: 'create', open: text };
      return;
    }
    this.#state = { kind: 'text' };
    if (created?.columns !== undefined && this.#columns.size < MOST_TABLES) this.#columns.set(created.table, created.columns);
    this.#say(text, this.#line - feeds(text));
    if (created === undefined) return;
    const [, behind = ''] = /^[^;]*;([^]*)$/.exec(text.slice(created.end)) ?? [];
    // Another statement in the same line.
    if (insertOpening(behind) !== undefined) {
      this.#text = this.#text.slice(0, this.#text.length - behind.length - 1);
      this.#read(behind);
    }
  }

  #beginInsert(insert: Opening, text: string): void {
    this.#begin(insert.table, insert.columns ?? this.#columns.get(insert.table));
    const state: Extract<State, { kind: 'insert' }> = { kind: 'insert', opening: insert, open: '' };
    this.#state = state;
    this.#insert(state, text.slice(insert.end));
  }

  #insert(state: Extract<State, { kind: 'insert' }>, text: string): void {
    if (state.opening.table === '') {
      const insert = insertOpening(text);
      if (insert !== undefined) return this.#beginInsert(insert, text);
      return this.#wait(state, text);
    }
    let at = 0;
    for (;;) {
      const next = /^[\s,]*/.exec(text.slice(at, at + 64))?.[0].length ?? 0;
      at += next;
      if (text[at] !== '(') break;
      const tuple = readTuple(text, at);
      if (tuple === undefined) return this.#wait(state, text.slice(at));
      this.#row(tuple.cells);
      at = tuple.end;
    }
    const rest = text.slice(at);
    if (rest.trim() === '') {
      state.open = '';
      return;
    }
    this.#state = { kind: 'text' };
    const behind = rest.replace(/^\s*;/, '');
    if (behind.trim() !== '') this.#read(behind);
  }

  #wait(state: Extract<State, { kind: 'insert' }>, open: string): void {
    state.open = open;
    if (open.length > LONGEST_OPEN || (state.opening.table === '' && open.includes(';'))) this.#giveUp();
  }

  /** What waited for its end is text. */
  #giveUp(): void {
    const state = this.#state;
    this.#endBarred();
    if ((state.kind === 'insert' || state.kind === 'create') && state.open !== '') this.#say(state.open, this.#line - feeds(state.open));
    this.#state = { kind: 'text' };
  }

  #begin(name: string, columns: readonly string[] | undefined): void {
    const key = `${name} ${columns?.join() ?? ''}`;
    if (this.#tableName === key) return;
    this.#flush();
    this.#tableName = key;
    this.#table = this.#level.extraction.newTable();
    if (columns !== undefined) this.#row(columns);
  }

  #row(cells: readonly string[]): void {
    this.#level.extraction.emit({ kind: 'row', table: this.#table, cells, place: placeOf(this.#level, { line: this.#line }) });
  }

  #say(line: string, number = this.#line): void {
    if (line.trim() !== '') this.#tableName = undefined;
    if (this.#text === '') this.#textLine = number;
    this.#text += `${line}\n`;
    if (this.#text.length > LONGEST_TEXT) this.#flush();
  }

  #flush(): void {
    const text = this.#text.replace(/\n$/, '');
    if (text.trim() !== '') this.#level.extraction.emit({ kind: 'text', text, place: placeOf(this.#level, { line: this.#textLine }) });
    this.#text = '';
  }
}

/** The cells between bars; the outermost bars may be left out. */
function barred(line: string): string[] {
  const cells = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function feeds(text: string): number {
  return text.split('\n').length - 1;
}

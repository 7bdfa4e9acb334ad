/** What opens a statement that brings rows. Identifiers may be quoted as in any dialect. */
const IDENTIFIER = '[`"\\[]?[^\\s`"()\\[\\];,\']{1,128}[`"\\]]?';
const INSERT = new RegExp(
  `^\\s*(?:INSERT|REPLACE)\\s+(?:IGNORE\\s+)?INTO\\s+((?:${IDENTIFIER}\\.){0,2}${IDENTIFIER})\\s*(?:\\(([^()']{1,8192})\\))?\\s*VALUES?\\s*(?=\\(|$)`,
  'i',
);
const CREATE = new RegExp(`^\\s*CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?((?:${IDENTIFIER}\\.){0,2}${IDENTIFIER})\\s*\\(`, 'i');
const COPY = new RegExp(`^\\s*COPY\\s+((?:${IDENTIFIER}\\.){0,2}${IDENTIFIER})\\s*\\(([^()']{1,8192})\\)\\s+FROM\\s+stdin`, 'i');
const NO_COLUMN = /^(?:PRIMARY|KEY|UNIQUE|CONSTRAINT|INDEX|FOREIGN|CHECK|FULLTEXT|EXCLUDE)\b/i;

/** A statement's table and the names of its columns, where they are given. `end` is where its rows begin. */
export interface Opening {
  readonly table: string;
  readonly columns: readonly string[] | undefined;
  readonly end: number;
}

export function insertOpening(text: string): Opening | undefined {
  return opening(INSERT.exec(text));
}

export function copyOpening(text: string): Opening | undefined {
  return opening(COPY.exec(text));
}

function opening(found: RegExpExecArray | null): Opening | undefined {
  if (found === null) return undefined;
  const [whole, table = '', columns] = found;
  return { table: plainName(table), columns: columns?.split(',').map(plainName), end: whole.length };
}

/** The columns of CREATE TABLE; nothing as long as the statement is not whole. */
export function createdTable(text: string): Opening | undefined {
  const found = CREATE.exec(text);
  if (found === null) return undefined;
  const definitions = readTuple(text, found[0].length - 1, false);
  if (definitions === undefined) return undefined;
  const columns = definitions.cells
    .filter((definition) => !NO_COLUMN.test(definition))
    .map((definition) => plainName(definition.split(/\s/, 1)[0] ?? ''));
  return { table: plainName(found[1] ?? ''), columns, end: definitions.end };
}

export function beginsCreate(text: string): boolean {
  return CREATE.test(text);
}

/** Without quotes and without the name of the schema. */
function plainName(identifier: string): string {
  return (identifier.trim().split('.').at(-1) ?? '').replace(/[`"[\]]/g, '');
}

export interface Tuple {
  readonly cells: readonly string[];
  readonly end: number;
}

/** Reads `(…, '…', (…))` from its bracket on; nothing when it is not closed. Quotes are doubled or escaped by a backslash. */
export function readTuple(text: string, from: number, unquoted = true): Tuple | undefined {
  const cells: string[] = [];
  let cell = '';
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === "'" || character === '"' || character === '`') {
      const end = closingQuote(text, at, character);
      if (end < 0) return undefined;
      if (unquoted) cell = (/^(?:N|E|B|_\w+)$/i.test(cell.trim()) ? '' : cell) + unescaped(text.slice(at + 1, end), character);
      else cell += text.slice(at, end + 1);
      at = end;
    } else if (character === '(') {
      if (depth++ > 0) cell += character;
    } else if (character === ')') {
      if (--depth === 0) return { cells: [...cells, cellOf(cell)], end: at + 1 };
      cell += character;
    } else if (character === ',' && depth === 1) {
      cells.push(cellOf(cell));
      cell = '';
    } else cell += character;
  }
  return undefined;
}

function cellOf(written: string): string {
  const cell = written.trim();
  return /^null$/i.test(cell) ? '' : cell;
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at;
      at++;
    }
  }
  return -1;
}

function unescaped(text: string, quote: string): string {
  return text.replaceAll(quote + quote, quote).replace(/\\([^])/g, (_, escaped: string) => (/[nrt]/.test(escaped) ? ' ' : escaped));
}

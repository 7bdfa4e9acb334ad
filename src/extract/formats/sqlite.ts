import { bufferSource } from '../byte-source.ts';
import { contentOfSource, type Content } from '../content.ts';
import { placeOf, type Level } from '../extraction.ts';
import { partName } from '../part-name.ts';
import { SqliteDatabase, type SqliteValue } from './sqlite-database.ts';

/** Statements are short; what a hostile one may cost is bounded. */
const LONGEST_SQL = 16_384;
/** Smaller blobs are keys and flags. */
const SMALLEST_FILE = 64;

/** SQLite: every table as a table under its columns' names; blobs, each by its own true type. */
export async function extractSqlite(level: Level, content: Content): Promise<void> {
  const { extraction } = level;
  const database = new SqliteDatabase(await content.random(), extraction.budget);
  for (const { name, root, sql } of database.tables()) {
    const table = extraction.newTable();
    const sheet = name.slice(0, 256);
    const columns = columnNames(sql);
    if (columns.length > 0) extraction.emit({ kind: 'row', table, cells: columns, place: placeOf(level, { sheet }) });
    let line = 0;
    for (const values of database.rows(root)) {
      line++;
      extraction.emit({ kind: 'row', table, cells: values.map(cellText), place: placeOf(level, { sheet, line }) });
      for (const value of values) {
        if (!(value instanceof Uint8Array) || value.length < SMALLEST_FILE) continue;
        extraction.budget.countEntry();
        await level.inner(partName(sheet, `${line}`), () => contentOfSource(bufferSource(value)));
      }
    }
  }
  if (database.damaged) extraction.report('corrupt', level.part);
}

function cellText(value: SqliteValue): string {
  return value === null || value instanceof Uint8Array ? '' : String(value);
}

/** The names of the columns in a CREATE TABLE statement, as far as it can be read without a grammar of SQL. */
function columnNames(sql: string): string[] {
  const open = sql.indexOf('(');
  if (open < 0) return [];
  const names: string[] = [];
  for (const part of topLevelParts(sql.slice(open + 1, LONGEST_SQL))) {
    const [, doubled, backticked, bracketed, plain] = /^\s*(?:"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^\s(,)]+))/.exec(part) ?? [];
    const name = doubled?.replaceAll('""', '"') ?? backticked ?? bracketed ?? plain ?? '';
    // Constraints of the table stand after its columns.
    if (plain !== undefined && /^(?:constraint|primary|unique|check|foreign)$/i.test(plain)) break;
    names.push(name);
  }
  return names;
}

/** Parts between commas that are not in parentheses or quotes, up to the parenthesis that closes the list. */
function topLevelParts(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const token of list.matchAll(/"[^"]*"|'[^']*'|`[^`]*`|\[[^\]]*\]|[(),]/g)) {
    if (token[0] === '(') depth++;
    else if (token[0] === ')') depth--;
    if ((token[0] === ',' && depth === 0) || depth < 0) {
      parts.push(list.slice(from, token.index));
      from = token.index + 1;
    }
    if (depth < 0) break;
  }
  return parts;
}

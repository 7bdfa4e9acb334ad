import type { EventsPage, EventsQuery, StoredEvent } from '../../contracts/collector-api.ts';
import { agentEvent } from '../../contracts/event.ts';
import { SEVERITIES } from '../../contracts/ids.ts';
import type { Database } from './database.ts';
import { eventText, foldText } from './event-columns.ts';

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Newest first, by the time they happened. `next` of a page is `before` of the one after it. */
export function queryEvents(database: Database, query: EventsQuery): EventsPage {
  const conditions = [...filters(query), ...textConditions(database, query.text ?? '')];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`;
  const rows = database
    .prepare(`SELECT row, time, received, content, lower(hex(hash)) AS hash FROM events ${where} ORDER BY time DESC, row DESC LIMIT ?`)
    .all(...conditions.flatMap((condition) => condition.values), query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    events: page.map((row) => storedEvent(row)),
    next: last === undefined ? null : `${Number(last['time'])}-${Number(last['row'])}`,
  };
}

function filters(query: EventsQuery): Condition[] {
  const conditions: Condition[] = [];
  const add = (sql: string, ...values: (string | number)[]): void => void conditions.push({ sql, values });
  if (query.agent !== undefined) add('agent = (SELECT row FROM agents WHERE agent = ?)', query.agent);
  if (query.user !== undefined) add('user = ?', query.user);
  if (query.severity !== undefined) add('severity >= ?', SEVERITIES.indexOf(query.severity));
  if (query.from !== undefined) add('time >= ?', Date.parse(query.from));
  if (query.to !== undefined) add('time < ?', Date.parse(query.to));
  const types = (query.type ?? '').split(',').filter((type) => type !== '');
  if (types.length > 0) {
    add(
      `(${types.map((type) => (type.endsWith('.*') ? 'substr(type, 1, length(?)) = ?' : 'type = ?')).join(' OR ')})`,
      ...types.flatMap(typeValues),
    );
  }
  const cursor = /^(-?\d{1,16})-(\d{1,16})$/.exec(query.before ?? '');
  if (cursor !== null) add('(time, row) < (?, ?)', Number(cursor[1]), Number(cursor[2]));
  return conditions;
}

function typeValues(type: string): string[] {
  const prefix = type.slice(0, -1);
  return type.endsWith('.*') ? [prefix, prefix] : [type];
}

/** The index is of trigrams: shorter words are looked for one event after the other. */
const INDEXED_LENGTH = 3;

/**
 * Each word must stand somewhere in the event. Nothing in a word is a wildcard: it reaches SQLite as a quoted phrase or as
 * the argument of `instr`. Events that the index has not reached yet are searched directly.
 */
function textConditions(database: Database, text: string): Condition[] {
  const words = foldText(text)
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const direct = words.map(() => 'instr(search, ?) > 0').join(' AND ');
  const indexed = words.filter((word) => Array.from(word).length >= INDEXED_LENGTH);
  if (indexed.length === 0) return [{ sql: `(${direct})`, values: words }];
  const through = Number(database.prepare('SELECT through FROM search_progress').get()?.['through'] ?? 0);
  const phrase = indexed.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND ');
  return [
    { sql: '(row > ? OR row IN (SELECT rowid FROM event_search WHERE event_search MATCH ?))', values: [through, phrase] },
    { sql: `(${direct})`, values: words },
  ];
}

/** In order of arrival, for those who follow. */
export function eventsAfter(database: Database, input: { row: number; limit: number }): { row: number; event: StoredEvent }[] {
  return database
    .prepare('SELECT row, received, content, lower(hex(hash)) AS hash FROM events WHERE row > ? ORDER BY row LIMIT ?')
    .all(input.row, input.limit)
    .map((row) => ({ row: Number(row['row']), event: storedEvent(row) }));
}

export function lastEventRow(database: Database): number {
  return Number(database.prepare('SELECT max(row) AS row FROM events').get()?.['row'] ?? 0);
}

function storedEvent(row: Record<string, unknown>): StoredEvent {
  return {
    received: new Date(Number(row['received'])).toISOString(),
    event: agentEvent.parse(JSON.parse(eventText(row['content'], row['hash']))),
  };
}

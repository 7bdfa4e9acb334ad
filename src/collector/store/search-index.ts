import type { Database } from './database.ts';

const STEP = 500;

/**
 * Puts the next stored events into the search index; false when there were none. Apart from ingest, because the index
 * costs more than all the rest of storing an event, and agents need not wait for it.
 */
export function indexNextEvents(database: Database): boolean {
  const through = Number(database.prepare('SELECT through FROM search_progress').get()?.['through'] ?? 0);
  const rows = database.prepare('SELECT row, search FROM events WHERE row > ? ORDER BY row LIMIT ?').all(through, STEP);
  const last = rows.at(-1);
  if (last === undefined) return false;
  const insert = database.prepare('INSERT INTO event_search (rowid, text) VALUES (?, ?)');
  database.transaction(() => {
    for (const row of rows) insert.run(Number(row['row']), String(row['search']));
    database.prepare('UPDATE search_progress SET through = ?').run(Number(last['row']));
  });
  return true;
}

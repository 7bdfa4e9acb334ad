import type { DatabaseSync } from 'node:sqlite';
import type { EventBody } from '../../contracts/event.ts';
import { SEVERITIES, type Severity } from '../../contracts/ids.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly lastHash: string;
}

/** Below the limit by this share after dropping: one overflow event then stands for many appends. */
const LOW_WATER = 0.9;
/** As the contract bounds `ranges`. */
const RANGES_PER_EVENT = 10_000;
const BATCH = 512;

/**
 * Drops the oldest events of the lowest severity until the spool is back under its low-water mark, and gives the bodies
 * of the overflow events that declare exactly what is missing. Call inside a transaction. Never touches: acknowledged
 * events (they are not waiting), events already offered to the collector (it may hold them: the declared range would be
 * wrong), overflow events, and `keep`.
 */
export function dropOverflow(
  database: DatabaseSync,
  state: { bytes: number; maxBytes: number; offered: number; keep: number },
): { bodies: EventBody[]; freed: number } {
  const candidates = database.prepare(
    `SELECT sequence, rank, bytes, hash FROM events
     WHERE acknowledged = 0 AND type <> 'spool.overflowed' AND sequence > ? AND sequence <> ?
     ORDER BY rank, sequence LIMIT ${BATCH}`,
  );
  const remove = database.prepare('DELETE FROM events WHERE sequence = ?');
  const target = state.maxBytes * LOW_WATER;
  const dropped: Record<Severity, number> = { info: 0, low: 0, medium: 0, high: 0 };
  const touched = new Set<number>();
  let freed = 0;
  while (state.bytes - freed > target) {
    const rows = candidates.all(state.offered, state.keep);
    if (rows.length === 0) break;
    for (const row of rows) {
      if (state.bytes - freed <= target) break;
      const sequence = Number(row['sequence']);
      remove.run(sequence);
      touched.add(joinGap(database, sequence, String(row['hash'])));
      dropped[SEVERITIES[Number(row['rank'])] ?? 'high'] += 1;
      freed += Number(row['bytes']);
    }
  }
  return { bodies: overflowBodies(readRanges(database, touched), dropped), freed };
}

/** Adds one sequence to the gaps, joined with its neighbours; gives the joined gap's first sequence. */
function joinGap(database: DatabaseSync, sequence: number, hash: string): number {
  const before = database.prepare('SELECT first FROM gaps WHERE last = ?').get(sequence - 1);
  const after = database.prepare('SELECT first, last, last_hash FROM gaps WHERE first = ?').get(sequence + 1);
  const first = Number(before?.['first'] ?? sequence);
  if (after !== undefined) database.prepare('DELETE FROM gaps WHERE first = ?').run(sequence + 1);
  database
    .prepare(
      'INSERT INTO gaps (first, last, last_hash) VALUES (?, ?, ?) ON CONFLICT (first) DO UPDATE SET last = excluded.last, last_hash = excluded.last_hash',
    )
    .run(first, Number(after?.['last'] ?? sequence), String(after?.['last_hash'] ?? hash));
  return first;
}

function readRanges(database: DatabaseSync, firsts: ReadonlySet<number>): Range[] {
  const read = database.prepare('SELECT first, last, last_hash FROM gaps WHERE first = ?');
  return [...firsts]
    .map((first) => read.get(first))
    .filter((row) => row !== undefined)
    .map((row) => ({ from: Number(row['first']), to: Number(row['last']), lastHash: String(row['last_hash']) }))
    .toSorted((a, b) => a.from - b.from);
}

/** The counts stand in the first of the bodies, so that adding up all overflow events gives the truth. */
export function overflowBodies(ranges: readonly Range[], dropped: Readonly<Record<Severity, number>>): EventBody[] {
  const bodies: EventBody[] = [];
  for (let at = 0; at < ranges.length; at += RANGES_PER_EVENT) {
    bodies.push({
      type: 'spool.overflowed',
      severity: 'high',
      data: {
        ranges: ranges.slice(at, at + RANGES_PER_EVENT),
        dropped: at === 0 ? { ...dropped } : { info: 0, low: 0, medium: 0, high: 0 },
      },
    });
  }
  return bodies;
}

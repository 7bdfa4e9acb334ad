import type { AgentEvent } from '../../contracts/event.ts';
import type { Database } from './database.ts';

/** Remembers what `spool.overflowed` events say is missing. docs/spec/events.md section 4. */
export function declareGaps(database: Database, agent: number, events: readonly AgentEvent[]): void {
  for (const event of events) {
    if (event.body.type !== 'spool.overflowed') continue;
    for (const range of event.body.data.ranges) {
      database
        .prepare('INSERT OR IGNORE INTO declared_gaps (agent, first, last, last_hash) VALUES (?, ?, ?, ?)')
        .run(agent, range.from, range.to, Buffer.from(range.lastHash, 'hex'));
    }
  }
}

/** The highest sequence with every one before it stored, or declared missing with the hash that the next one links to. */
export function advanceStoredThrough(database: Database, agent: number, from: number, fresh: readonly AgentEvent[]): number {
  let through = from;
  for (const event of fresh) if (event.sequence === through + 1) through = event.sequence;
  for (;;) {
    const next = database
      .prepare('SELECT sequence, previous_hash FROM events WHERE agent = ? AND sequence > ? ORDER BY sequence LIMIT 1')
      .get(agent, through);
    if (next === undefined) return through;
    const sequence = Number(next['sequence']);
    if (sequence > through + 1 && !isDeclared(database, agent, through + 1, sequence - 1, next['previous_hash'])) return through;
    through = sequence;
  }
}

function isDeclared(database: Database, agent: number, first: number, last: number, lastHash: unknown): boolean {
  if (!(lastHash instanceof Uint8Array)) return false;
  const found = database
    .prepare('SELECT 1 FROM declared_gaps WHERE agent = ? AND first = ? AND last = ? AND last_hash = ?')
    .get(agent, first, last, lastHash);
  return found !== undefined;
}

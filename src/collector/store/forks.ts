import type { EventsRequest } from '../../contracts/collector-api.ts';
import type { Database } from './database.ts';

export interface StoredLink {
  readonly hash: string;
  readonly previousHash: string;
}

/** Two different events, or an event and a signed head, for one place in an agent's chain. */
export interface Fork {
  readonly sequence: number;
  readonly storedHash: string;
  readonly offeredHash: string;
  /** What was offered, as JSON: the evidence. */
  readonly offered: string;
}

export function firstForkOf(
  { events, head }: EventsRequest,
  stored: ReadonlyMap<number, StoredLink>,
  storedHead: { readonly sequence: number; readonly hash: string } | null,
): Fork | null {
  for (const event of events) {
    const known = stored.get(event.sequence)?.hash ?? (storedHead?.sequence === event.sequence ? storedHead.hash : undefined);
    if (known !== undefined && known !== event.hash) {
      return { sequence: event.sequence, storedHash: known, offeredHash: event.hash, offered: JSON.stringify(event) };
    }
  }
  if (storedHead !== null && storedHead.sequence === head.sequence && storedHead.hash !== head.hash) {
    return { sequence: head.sequence, storedHash: storedHead.hash, offeredHash: head.hash, offered: JSON.stringify(head) };
  }
  return null;
}

export function keepForkEvidence(database: Database, agent: number, fork: Fork, received: number): void {
  database
    .prepare('INSERT OR IGNORE INTO forks (agent, sequence, stored_hash, offered_hash, offered, received) VALUES (?, ?, ?, ?, ?, ?)')
    .run(agent, fork.sequence, Buffer.from(fork.storedHash, 'hex'), Buffer.from(fork.offeredHash, 'hex'), fork.offered, received);
}

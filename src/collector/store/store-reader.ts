import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { verifyChainHead } from '../../pki/index.ts';
import { type Database, openForReading, storeFailure } from './database.ts';
import { eventText } from './event-columns.ts';
import { STORE_FILE } from './store.ts';

/** How a stored chain stands to the newest head that its agent signed. */
export type HeadState =
  | { readonly kind: 'reached' }
  /** The agent has events that are not here: still to come, or taken away. */
  | { readonly kind: 'behind'; readonly promised: number }
  /** The head is not the agent's, or names another event than the one stored. */
  | { readonly kind: 'contradicted'; readonly sequence: number };

/** A store read from outside, beside a running collector or from a copy. */
export interface StoreReader {
  /** Every event's JSON text, by agent and sequence. */
  events(): Iterable<string>;
  /** The newest events by arrival, oldest of them first. */
  latest(limit: number): string[];
  headOf(agent: string): HeadState;
  close(): void;
}

/** Fails with DLP_FILE_NOT_FOUND, DLP_STORE_IO. */
export function openStoreReader(state: string): Result<StoreReader, Failure> {
  const path = join(state, STORE_FILE);
  if (!existsSync(path)) return err(failure('DLP_FILE_NOT_FOUND', `There is no collector's store in ${state}.`));
  let database: Database;
  try {
    database = openForReading(path);
  } catch (error) {
    return err(storeFailure(error));
  }
  return ok({
    events: () => textsOf(database.prepare('SELECT content, lower(hex(hash)) AS hash FROM events ORDER BY agent, sequence').iterate()),
    latest: (limit) =>
      [
        ...textsOf(database.prepare('SELECT content, lower(hex(hash)) AS hash FROM events ORDER BY row DESC LIMIT ?').all(limit)),
      ].toReversed(),
    headOf: (agent) => headState(database, agent),
    close: () => database.close(),
  });
}

function* textsOf(rows: Iterable<Record<string, unknown>>): Generator<string> {
  for (const row of rows) yield eventText(row['content'], row['hash']);
}

function headState(database: Database, agent: string): HeadState {
  const row = database
    .prepare(
      `SELECT head_sequence AS sequence, lower(hex(head_hash)) AS hash, head_signature AS signature, certificate,
         (SELECT max(sequence) FROM events WHERE agent = agents.row) AS last,
         (SELECT lower(hex(hash)) FROM events WHERE agent = agents.row AND sequence = head_sequence) AS stored
       FROM agents JOIN certificates ON certificates.serial = head_serial WHERE agents.agent = ?`,
    )
    .get(agent);
  if (row === undefined) return { kind: 'contradicted', sequence: 0 };
  const head = { sequence: Number(row['sequence']), hash: String(row['hash']), signature: String(row['signature']) };
  const key = new X509Certificate(String(row['certificate'])).publicKey;
  if (!verifyChainHead(head, key) || (row['stored'] !== null && row['stored'] !== head.hash)) {
    return { kind: 'contradicted', sequence: head.sequence };
  }
  if (row['stored'] !== null) return { kind: 'reached' };
  return Number(row['last']) > head.sequence
    ? { kind: 'contradicted', sequence: head.sequence }
    : { kind: 'behind', promised: head.sequence };
}

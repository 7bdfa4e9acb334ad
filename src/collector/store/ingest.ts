import { type KeyObject, X509Certificate } from 'node:crypto';
import { type EventsRequest, type EventsResponse } from '../../contracts/collector-api.ts';
import { type Failure, failure } from '../../contracts/errors.ts';
import { type AgentEvent, GENESIS_HASH } from '../../contracts/event.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { verifyChainHead } from '../../pki/chain-head.ts';
import { chainFailure, checkBatch } from './check-batch.ts';
import { advanceStoredThrough, declareGaps } from './chain-progress.ts';
import type { Database } from './database.ts';
import { eventColumns, severityRank } from './event-columns.ts';
import { firstForkOf, type Fork, keepForkEvidence, type StoredLink } from './forks.ts';

export interface IngestInput {
  /** From the certificate that the request came with. */
  readonly agent: string;
  readonly serial: string;
  /** The request's body as it came off the wire. */
  readonly body: Uint8Array;
  readonly received: number;
}

interface AgentRow {
  readonly row: number;
  readonly storedThrough: number;
  readonly head: { readonly sequence: number; readonly hash: string } | null;
}

/** Takes over one batch, whole or not at all. Call within a transaction; answer the agent only after its commit. */
export function ingest(database: Database, input: IngestInput): Result<EventsResponse, Failure> {
  const checked = checkBatch(input.body, input.agent);
  if (!checked.ok) return checked;
  const request = checked.value;
  const foreign = checkHead(database, request, input.serial);
  if (foreign !== null) return err(foreign);
  const agent = agentRow(database, input.agent);
  const stored = storedAround(database, agent.row, request.events);
  const fork = firstForkOf(request, stored, agent.head);
  if (fork !== null) return err(refuseFork(database, agent.row, fork, input.received));
  const fresh = request.events.filter((event) => !stored.has(event.sequence));
  const broken = firstBrokenLink(request.events, stored) ?? firstKnownId(database, fresh);
  if (broken !== null) return err(broken);
  for (const event of fresh) insertEvent(database, agent.row, event, request.contents.get(event.sequence) ?? '', input.received);
  declareGaps(database, agent.row, fresh);
  const storedThrough = advanceStoredThrough(database, agent.row, agent.storedThrough, fresh);
  updateAgent(database, agent, request, input, storedThrough);
  return ok({ accepted: fresh.length, duplicates: request.events.length - fresh.length, storedThrough });
}

function checkHead(database: Database, { head }: EventsRequest, serial: string): Failure | null {
  const key = publicKeyOf(database, serial);
  if (key === null) return failure('DLP_AUTH_REQUIRED', 'The certificate is not one that this collector gave out.');
  return verifyChainHead(head, key) ? null : failure('DLP_INGEST_HEAD', "The head is not signed with the certificate's key.");
}

const KEYS_KEPT = 10_000;
const keys = new Map<string, KeyObject>();

function publicKeyOf(database: Database, serial: string): KeyObject | null {
  const known = keys.get(serial);
  if (known !== undefined) return known;
  const row = database.prepare('SELECT certificate FROM certificates WHERE serial = ?').get(serial);
  if (typeof row?.['certificate'] !== 'string') return null;
  const key = new X509Certificate(row['certificate']).publicKey;
  if (keys.size >= KEYS_KEPT) keys.clear();
  keys.set(serial, key);
  return key;
}

function agentRow(database: Database, agent: string): AgentRow {
  const found = database
    .prepare('SELECT row, stored_through, head_sequence, lower(hex(head_hash)) AS head_hash FROM agents WHERE agent = ?')
    .get(agent);
  if (found === undefined) throw new Error(`agent ${agent} has a certificate but is not registered`);
  const head = found['head_sequence'] === null ? null : { sequence: Number(found['head_sequence']), hash: String(found['head_hash']) };
  return { row: Number(found['row']), storedThrough: Number(found['stored_through']), head };
}

/** The stored links from one before the batch to one after it, by sequence. */
function storedAround(database: Database, agent: number, events: readonly AgentEvent[]): Map<number, StoredLink> {
  const first = events[0]?.sequence ?? 0;
  const last = events.at(-1)?.sequence ?? 0;
  const rows = database
    .prepare(
      'SELECT sequence, lower(hex(hash)) AS hash, lower(hex(previous_hash)) AS previous FROM events WHERE agent = ? AND sequence BETWEEN ? AND ?',
    )
    .iterate(agent, first - 1, last + 1);
  const links = new Map<number, StoredLink>();
  for (const row of rows) links.set(Number(row['sequence']), { hash: String(row['hash']), previousHash: String(row['previous']) });
  return links;
}

function firstBrokenLink(events: readonly AgentEvent[], stored: ReadonlyMap<number, StoredLink>): Failure | null {
  let before: AgentEvent | undefined;
  for (const event of events) {
    const previous = before?.sequence === event.sequence - 1 ? before.hash : stored.get(event.sequence - 1)?.hash;
    const expected = event.sequence === 1 ? GENESIS_HASH : previous;
    if (expected !== undefined && event.previousHash !== expected)
      return chainFailure(`event ${event.sequence} is not linked to the one before it`);
    const next = stored.get(event.sequence + 1);
    if (next !== undefined && next.previousHash !== event.hash)
      return chainFailure(`event ${event.sequence} is not linked to the one after it`);
    before = event;
  }
  return null;
}

function firstKnownId(database: Database, events: readonly AgentEvent[]): Failure | null {
  const known = database.prepare('SELECT 1 FROM events WHERE id = ?');
  const seen = new Set<string>();
  for (const { id, sequence } of events) {
    if (seen.has(id) || known.get(idBytes(id)) !== undefined) return chainFailure(`the id of event ${sequence} belongs to another event`);
    seen.add(id);
  }
  return null;
}

function insertEvent(database: Database, agent: number, event: AgentEvent, content: string, received: number): void {
  const { user, file, rule, persons, search } = eventColumns(event);
  database
    .prepare(
      `INSERT INTO events (agent, sequence, id, hash, previous_hash, time, received, type, severity, user, host, file, rule, persons, search, content)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      agent,
      event.sequence,
      idBytes(event.id),
      Buffer.from(event.hash, 'hex'),
      Buffer.from(event.previousHash, 'hex'),
      Date.parse(event.time),
      received,
      event.body.type,
      severityRank(event),
      user,
      event.host,
      file,
      rule,
      persons,
      search,
      content,
    );
}

function updateAgent(database: Database, agent: AgentRow, request: EventsRequest, input: IngestInput, storedThrough: number): void {
  database
    .prepare('UPDATE agents SET stored_through = ?, last_seen = max(coalesce(last_seen, 0), ?) WHERE row = ?')
    .run(storedThrough, input.received, agent.row);
  if (agent.head !== null && agent.head.sequence >= request.head.sequence) return;
  database
    .prepare('UPDATE agents SET head_sequence = ?, head_hash = ?, head_signature = ?, head_serial = ? WHERE row = ?')
    .run(request.head.sequence, Buffer.from(request.head.hash, 'hex'), request.head.signature, input.serial, agent.row);
}

function refuseFork(database: Database, agent: number, fork: Fork, received: number): Failure {
  keepForkEvidence(database, agent, fork, received);
  return failure(
    'DLP_INGEST_FORK',
    `There is another event ${fork.sequence} of this agent in the store. Both were kept; somebody must look at the PC.`,
  );
}

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

import type { DatabaseSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import { type AgentEvent, agentEvent, type EventBody, GENESIS_HASH } from '../../contracts/event.ts';
import { SEVERITIES } from '../../contracts/ids.ts';
import type { Intent, Spool, SpoolReader } from '../../core/ports.ts';
import { sealEvent } from '../../node/event-chain.ts';
import { DiskSync } from './disk-sync.ts';
import type { ChainHeadRecord, HeadFile } from './head-file.ts';
import { parseIntent } from './intent.ts';
import { dropOverflow, overflowBodies } from './overflow.ts';

export interface OpenSpool extends Spool, SpoolReader {
  /** Newest first, acknowledged ones too; `before` is the id of the last one already seen. */
  recent(limit: number, before?: string): AgentEvent[];
  setMaxBytes(maxBytes: number): void;
  /** Resolves once all that was stored by now is on disk. Rejects when the disk does not take it. */
  synced(): Promise<void>;
  /**
   * Hands out what waits and is on disk, in order. It counts as acknowledged when `take` returns, which is stored with the
   * next event or at close: after a crash the last ones are handed out again.
   */
  handOut(take: (events: AgentEvent[]) => void): void;
  /** Sequence of the event with this id, where it is still held. */
  find(id: string): number | undefined;
  /** Where an unreadable database was put when this one was opened. */
  readonly movedAside: string | null;
}

/** Acknowledged events kept for the person's own page. */
const KEEP_ACKNOWLEDGED = 2000;
/** Below this a bound would be met by the overflow events alone. */
const MIN_BYTES = 65_536;
/** Sequence numbers skipped when the database was lost: the head file may lag after a power cut, and a number used twice is a fork. */
const LOST_MARGIN = 10_000;
const PRUNE_EVERY = 256;

export class SqliteSpool implements OpenSpool {
  readonly movedAside: string | null;
  readonly #database: DatabaseSync;
  readonly #head: HeadFile;
  readonly #agent: string;
  readonly #host: string;
  readonly #clock: { now(): number };
  readonly #listeners = new Set<() => void>();
  readonly #disk: DiskSync<ChainHeadRecord>;
  readonly #sql: ReturnType<typeof prepareStatements>;
  #maxBytes: number;
  #sequence = 0;
  #hash = GENESIS_HASH;
  /** The newest sequence that is on disk. */
  #onDisk = 0;
  #acknowledged = 0;
  /** Up to here the rows themselves say that they are acknowledged. */
  #marked = 0;
  #offered = 0;
  #pendingBytes = 0;
  #sincePrune = 0;
  #closed = false;

  constructor(options: {
    database: DatabaseSync;
    head: HeadFile;
    /** The database's write-ahead log. */
    log: string;
    agent: string;
    host: string;
    maxBytes: number;
    clock: { now(): number };
    movedAside: string | null;
  }) {
    this.#database = options.database;
    this.#head = options.head;
    this.#disk = new DiskSync(options.log, (head) => this.#reached(head));
    this.#agent = options.agent;
    this.#host = options.host;
    this.#clock = options.clock;
    this.#maxBytes = Math.max(MIN_BYTES, options.maxBytes);
    this.movedAside = options.movedAside;
    this.#sql = prepareStatements(options.database);
    this.#load();
  }

  append(at: string, body: EventBody, settles?: string): AgentEvent {
    const event = this.#transaction(() => {
      this.#mark();
      const appended = this.#insert(at, body);
      if (settles !== undefined) this.#sql.removeIntent.run(settles);
      this.#enforceBound(at);
      return appended;
    });
    this.#afterAppend();
    return event;
  }

  addIntent(intent: Intent): void {
    this.#transaction(() => this.#sql.addIntent.run(intent.fileId, intent.action, JSON.stringify(intent.decision)));
  }

  dropIntent(fileId: string): void {
    this.#transaction(() => this.#sql.removeIntent.run(fileId));
  }

  intents(): Intent[] {
    return this.#sql.intents.all().map((row) => parseIntent(row));
  }

  synced(): Promise<void> {
    return this.#disk.synced();
  }

  /** Whoever is told of an event may hold it against a later one of its number: it is on disk first. */
  pending(after: number, limit: number): AgentEvent[] {
    const events = this.#read(after, this.#sequence, limit);
    const last = events.at(-1)?.sequence ?? 0;
    if (last > this.#offered) {
      this.#transaction(() => {
        this.#offered = last;
        this.#saveChain();
      });
    }
    this.#disk.syncNow();
    return events;
  }

  handOut(take: (events: AgentEvent[]) => void): void {
    const reached = this.#onDisk;
    if (this.#closed || reached <= this.#acknowledged) return;
    const events = this.#read(0, reached, -1);
    if (events.length > 0) take(events);
    this.#acknowledged = reached;
  }

  find(id: string): number | undefined {
    const sequence = this.#sql.find.get(id)?.['sequence'];
    return sequence === undefined ? undefined : Number(sequence);
  }

  #read(after: number, through: number, limit: number): AgentEvent[] {
    return this.#sql.pending.all(Math.max(after, this.#acknowledged), through, limit).map((row) => readEvent(row['json']));
  }

  head(): { sequence: number; hash: string } | null {
    this.#disk.syncNow();
    return this.#sequence === 0 ? null : { sequence: this.#sequence, hash: this.#hash };
  }

  acknowledge(through: number): void {
    const reached = Math.min(through, this.#sequence);
    if (reached <= this.#acknowledged) return;
    this.#transaction(() => {
      this.#acknowledged = reached;
      this.#mark();
      this.#sql.forgetGaps.run(reached);
      this.#sql.prune.run(KEEP_ACKNOWLEDGED);
      this.#saveChain();
    });
  }

  #mark(): void {
    if (this.#marked === this.#acknowledged) return;
    this.#pendingBytes -= Number(this.#sql.bytes.get(this.#marked, this.#acknowledged)?.['bytes'] ?? 0);
    this.#sql.acknowledge.run(this.#marked, this.#acknowledged);
    this.#marked = this.#acknowledged;
  }

  count(): number {
    return Number(this.#sql.count.get(this.#acknowledged)?.['n'] ?? 0);
  }

  recent(limit: number, before?: string): AgentEvent[] {
    const rows = before === undefined ? this.#sql.recent.all(limit) : this.#sql.recentBefore.all(before, limit);
    return rows.map((row) => readEvent(row['json']));
  }

  setMaxBytes(maxBytes: number): void {
    this.#maxBytes = Math.max(MIN_BYTES, maxBytes);
    const before = this.#sequence;
    this.#transaction(() => this.#enforceBound(new Date(this.#clock.now()).toISOString()));
    if (this.#sequence !== before) this.#afterAppend();
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    if (this.#marked !== this.#acknowledged) this.#transaction(() => (this.#mark(), this.#saveChain()));
    this.#disk.close();
    this.#head.close();
    this.#database.close();
  }

  #load(): void {
    const row = this.#sql.chain.get();
    const known = this.#head.read();
    if (row !== undefined && row['agent'] !== this.#agent) throw new Error(`the spool belongs to agent ${String(row['agent'])}`);
    this.#sequence = Number(row?.['sequence'] ?? 0);
    this.#hash = String(row?.['hash'] ?? GENESIS_HASH);
    this.#acknowledged = Number(row?.['acknowledged'] ?? 0);
    this.#offered = Number(row?.['offered'] ?? 0);
    this.#marked = this.#acknowledged;
    this.#pendingBytes = Number(this.#sql.bytes.get(0, Number.MAX_SAFE_INTEGER)?.['bytes'] ?? 0);
    if (known !== null && known.sequence > this.#sequence) this.#continueBehind(known);
    this.#disk.committed(this.#headRecord());
    this.#disk.syncNow();
  }

  /** The database is gone or went back in time: the chain goes on behind every number that may have been used. */
  #continueBehind(known: { sequence: number; hash: string; acknowledged: number }): void {
    const from = Math.max(this.#sequence, known.acknowledged) + 1;
    const to = known.sequence + LOST_MARGIN;
    const range = { from, to, lastHash: known.hash };
    this.#transaction(() => {
      this.#acknowledged = Math.max(this.#acknowledged, known.acknowledged);
      this.#sequence = to;
      this.#hash = known.hash;
      for (const body of overflowBodies([range], { info: 0, low: 0, medium: 0, high: 0 })) {
        this.#insert(new Date(this.#clock.now()).toISOString(), body);
      }
    });
  }

  #insert(at: string, body: EventBody): AgentEvent {
    const event = sealEvent({
      format: 'sekisho-event/1',
      id: uuidv7(),
      agent: this.#agent,
      sequence: this.#sequence + 1,
      time: at,
      host: this.#host,
      body,
      previousHash: this.#hash,
    });
    const json = JSON.stringify(event);
    const bytes = Buffer.byteLength(json);
    this.#sql.insert.run(event.sequence, event.id, body.type, SEVERITIES.indexOf(body.severity), bytes, event.hash, json);
    this.#sequence = event.sequence;
    this.#hash = event.hash;
    this.#pendingBytes += bytes;
    this.#saveChain();
    return event;
  }

  #enforceBound(at: string): void {
    if (this.#pendingBytes <= this.#maxBytes) return;
    const { bodies, freed } = dropOverflow(this.#database, {
      bytes: this.#pendingBytes,
      maxBytes: this.#maxBytes,
      offered: this.#offered,
      keep: this.#sequence,
    });
    this.#pendingBytes -= freed;
    for (const body of bodies) this.#insert(at, body);
  }

  #afterAppend(): void {
    this.#sincePrune += 1;
    if (this.#sincePrune >= PRUNE_EVERY) {
      this.#sincePrune = 0;
      this.#sql.prune.run(KEEP_ACKNOWLEDGED);
    }
    for (const listener of this.#listeners) listener();
  }

  #saveChain(): void {
    this.#sql.saveChain.run(this.#agent, this.#sequence, this.#hash, this.#acknowledged, this.#offered);
  }

  /** The head file may lag behind the database, and is never ahead of what the disk has of it. */
  #reached(head: ChainHeadRecord): void {
    this.#onDisk = head.sequence;
    if (head.sequence > 0) this.#head.write(head);
  }

  #headRecord(): ChainHeadRecord {
    return { sequence: this.#sequence, hash: this.#hash, acknowledged: this.#acknowledged };
  }

  /** Memory follows the database: when the transaction fails, so do the numbers held here. */
  #transaction<T>(run: () => T): T {
    const before = [this.#sequence, this.#hash, this.#acknowledged, this.#marked, this.#offered, this.#pendingBytes] as const;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const value = run();
      this.#database.exec('COMMIT');
      this.#disk.committed(this.#headRecord());
      return value;
    } catch (error) {
      [this.#sequence, this.#hash, this.#acknowledged, this.#marked, this.#offered, this.#pendingBytes] = before;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    insert: database.prepare('INSERT INTO events (sequence, id, type, rank, bytes, hash, json) VALUES (?, ?, ?, ?, ?, ?, ?)'),
    pending: database.prepare(
      'SELECT json FROM events WHERE acknowledged = 0 AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?',
    ),
    acknowledge: database.prepare('UPDATE events SET acknowledged = 1 WHERE acknowledged = 0 AND sequence > ? AND sequence <= ?'),
    forgetGaps: database.prepare('DELETE FROM gaps WHERE last <= ?'),
    prune: database.prepare(
      `DELETE FROM events WHERE acknowledged = 1 AND sequence <= (
         SELECT sequence FROM events WHERE acknowledged = 1 ORDER BY sequence DESC LIMIT 1 OFFSET ?)`,
    ),
    count: database.prepare('SELECT count(*) AS n FROM events WHERE acknowledged = 0 AND sequence > ?'),
    bytes: database.prepare(
      'SELECT coalesce(sum(bytes), 0) AS bytes FROM events WHERE acknowledged = 0 AND sequence > ? AND sequence <= ?',
    ),
    find: database.prepare('SELECT sequence FROM events WHERE id = ?'),
    recent: database.prepare('SELECT json FROM events ORDER BY sequence DESC LIMIT ?'),
    recentBefore: database.prepare(
      'SELECT json FROM events WHERE sequence < (SELECT sequence FROM events WHERE id = ?) ORDER BY sequence DESC LIMIT ?',
    ),
    chain: database.prepare('SELECT agent, sequence, hash, acknowledged, offered FROM chain'),
    saveChain: database.prepare(
      `INSERT INTO chain (only, agent, sequence, hash, acknowledged, offered) VALUES (1, ?, ?, ?, ?, ?)
       ON CONFLICT (only) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash,
         acknowledged = excluded.acknowledged, offered = excluded.offered`,
    ),
    addIntent: database.prepare('INSERT OR REPLACE INTO intents (file_id, action, decision) VALUES (?, ?, ?)'),
    removeIntent: database.prepare('DELETE FROM intents WHERE file_id = ?'),
    intents: database.prepare('SELECT file_id, action, decision FROM intents ORDER BY rowid'),
  };
}

function readEvent(json: unknown): AgentEvent {
  return agentEvent.parse(JSON.parse(String(json)));
}

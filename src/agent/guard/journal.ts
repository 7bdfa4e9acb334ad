import { DatabaseSync } from 'node:sqlite';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type EnforcementOutcome, enforcementOutcome } from '../../contracts/input.ts';
import { action, type Action } from '../../contracts/verdict.ts';

/** One enforcement under way, durable before each step that could not be undone without knowing it. */
export interface JournalEntry {
  readonly fileId: string;
  readonly volumeId: string;
  readonly action: Action;
  /** Volume path of the file, `/` between parts. */
  readonly path: Uint8Array;
  readonly temporaryId: string;
  readonly size: bigint;
  readonly modified: bigint;
  /** Once the ciphertext is proved: where it is going, and how to know it again. */
  readonly target: { readonly name: Uint8Array; readonly bytes: number; readonly sha256: string } | null;
  readonly quarantineId: string | null;
  readonly outcome: EnforcementOutcome | null;
}

export type NewEntry = Omit<JournalEntry, 'target' | 'quarantineId' | 'outcome'>;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS enforcements (
    file_id TEXT PRIMARY KEY,
    volume_id TEXT NOT NULL,
    action TEXT NOT NULL,
    path BLOB NOT NULL,
    temporary_id TEXT NOT NULL UNIQUE,
    size TEXT NOT NULL,
    modified TEXT NOT NULL,
    target_name BLOB,
    target_bytes INTEGER,
    target_sha256 TEXT,
    quarantine_id TEXT,
    outcome TEXT,
    updated INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS ciphertexts (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS ciphertexts_by_size ON ciphertexts (size);`;

/** How long outcomes wait for somebody to ask when no event settled them. */
const KEEP_OUTCOME_MILLIS = 30 * 86_400_000;

/** What the guards of this agent have under way: one SQLite file in the state folder, for all volumes. */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #clock: { now(): number };
  #flushing: boolean | null = null;

  constructor(stateFolder: string, clock: { now(): number }) {
    this.#clock = clock;
    this.#database = openDatabase(join(stateFolder, 'enforcements.db'), clock.now());
    this.#database.prepare('DELETE FROM enforcements WHERE outcome IS NOT NULL AND updated < ?').run(clock.now() - KEEP_OUTCOME_MILLIS);
  }

  /** A lost beginning costs a leftover name on the medium, no file: not worth a flush of its own. */
  begin(entry: NewEntry): void {
    this.#flushes(false);
    this.#insert(entry);
  }

  #insert(entry: NewEntry): void {
    this.#database
      .prepare(
        `INSERT INTO enforcements (file_id, volume_id, action, path, temporary_id, size, modified, updated)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        entry.fileId,
        entry.volumeId,
        entry.action,
        entry.path,
        entry.temporaryId,
        `${entry.size}`,
        `${entry.modified}`,
        this.#clock.now(),
      );
  }

  /** As `begin`, `rememberCiphertext` and `prepareTarget` together, with one flush. */
  beginPrepared(
    entry: NewEntry,
    target: { name: Uint8Array; bytes: number; sha256: string },
    ciphertext: { readonly headerSha256: string; readonly bytes: number } | null,
  ): void {
    this.#flushes(true);
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#insert(entry);
      if (ciphertext !== null) this.rememberCiphertext(ciphertext.headerSha256, ciphertext.bytes);
      this.#setTarget(entry.fileId, target);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  prepareTarget(fileId: string, target: { name: Uint8Array; bytes: number; sha256: string }): void {
    this.#flushes(true);
    this.#setTarget(fileId, target);
  }

  #setTarget(fileId: string, target: { name: Uint8Array; bytes: number; sha256: string }): void {
    this.#database
      .prepare('UPDATE enforcements SET target_name = ?, target_bytes = ?, target_sha256 = ? WHERE file_id = ?')
      .run(target.name, target.bytes, target.sha256, fileId);
  }

  /** The ciphertext could not be placed on the medium: from here on the quarantined copy counts. */
  prepareQuarantine(fileId: string, quarantineId: string): void {
    this.#flushes(true);
    this.#database
      .prepare('UPDATE enforcements SET quarantine_id = ?, target_name = NULL, target_bytes = NULL, target_sha256 = NULL WHERE file_id = ?')
      .run(quarantineId, fileId);
  }

  /** Recovery comes to the same end without it. */
  finish(fileId: string, outcome: EnforcementOutcome): void {
    this.#flushes(false);
    this.#database
      .prepare('UPDATE enforcements SET outcome = ?, updated = ? WHERE file_id = ?')
      .run(JSON.stringify(outcome), this.#clock.now(), fileId);
  }

  remove(fileId: string): void {
    this.#database.prepare('DELETE FROM enforcements WHERE file_id = ?').run(fileId);
  }

  /** The outcome is in the chain. An entry without one stays: recovery needs it. */
  settle(fileId: string): void {
    this.#database.prepare('DELETE FROM enforcements WHERE file_id = ? AND outcome IS NOT NULL').run(fileId);
  }

  unfinished(): JournalEntry[] {
    return this.#database.prepare('SELECT * FROM enforcements WHERE outcome IS NULL ORDER BY rowid').all().map(readEntry);
  }

  finished(): Map<string, EnforcementOutcome> {
    const rows = this.#database.prepare('SELECT * FROM enforcements WHERE outcome IS NOT NULL').all().map(readEntry);
    return new Map(rows.flatMap((entry) => (entry.outcome === null ? [] : [[entry.fileId, entry.outcome] as const])));
  }

  rememberCiphertext(sha256: string, size: number): void {
    this.#database.prepare('INSERT OR IGNORE INTO ciphertexts (sha256, size) VALUES (?, ?)').run(sha256, size);
  }

  knowsCiphertext(sha256: string): boolean {
    return this.#database.prepare('SELECT 1 FROM ciphertexts WHERE sha256 = ?').get(sha256) !== undefined;
  }

  /** Whether hashing a file of this size could tell anything. */
  knowsCiphertextOf(size: number): boolean {
    return this.#database.prepare('SELECT 1 FROM ciphertexts WHERE size = ? LIMIT 1').get(size) !== undefined;
  }

  close(): void {
    this.#database.close();
  }

  #flushes(each: boolean): void {
    if (this.#flushing === each) return;
    this.#flushing = each;
    this.#database.exec(`PRAGMA synchronous = ${each ? 'FULL' : 'NORMAL'}`);
  }
}

/** The names on the medium tell the most; a journal that cannot be read is put aside and the guard goes on. */
function openDatabase(path: string, now: number): DatabaseSync {
  try {
    return openSound(path);
  } catch (error) {
    if (!existsSync(path)) throw error;
    const aside = `${path}.corrupt-${now}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    return openSound(path);
  }
}

function openSound(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; ${SCHEMA}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readEntry(row: Record<string, unknown>): JournalEntry {
  const { target_name: name, quarantine_id: quarantineId, outcome } = row;
  return {
    fileId: String(row['file_id']),
    volumeId: String(row['volume_id']),
    action: action.parse(row['action']),
    path: bytes(row['path']),
    temporaryId: String(row['temporary_id']),
    size: BigInt(String(row['size'])),
    modified: BigInt(String(row['modified'])),
    target: name === null ? null : { name: bytes(name), bytes: Number(row['target_bytes']), sha256: String(row['target_sha256']) },
    quarantineId: typeof quarantineId === 'string' ? quarantineId : null,
    outcome: typeof outcome === 'string' ? enforcementOutcome.parse(JSON.parse(outcome)) : null,
  };
}

function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('not a blob');
  return value;
}

import { chmodSync, closeSync, lstatSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { failure, type Failure } from '../../contracts/errors.ts';
import { inspection as inspectionSchema, type Inspection } from '../../contracts/finding.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import type { FileStamp } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';

/** `PRAGMA application_id` of a scan's state: `SkSc`. */
const APPLICATION = 0x53_6b_53_63;
const VERSION = 1;
const DAY_MILLIS = 86_400_000;
/** An inspection that no scan asked for in this time is forgotten. */
const KEEP_DAYS = 90;
/** Results of at most so many files, or of so long a time, are lost to kill -9 and read again. */
const COMMIT_WRITES = 256;
const COMMIT_MILLIS = 500;

/** docs/spec/scan.md section 4. */
const TABLES = `
  CREATE TABLE contexts (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;
  CREATE TABLE inspections (
    context INTEGER NOT NULL,
    stamp BLOB NOT NULL,
    digest BLOB,
    used INTEGER NOT NULL,
    inspection TEXT NOT NULL,
    PRIMARY KEY (context, stamp)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inspections_content ON inspections (context, digest) WHERE digest IS NOT NULL;`;

/** Lives with the connection, in SQLite's own temporary file: what a scan must remember is not bounded by memory. */
const TEMPORARY = `
  CREATE TEMP TABLE links (stamp BLOB PRIMARY KEY, inspection TEXT NOT NULL) STRICT, WITHOUT ROWID;`;

export interface StoredInspection {
  readonly stamp: FileStamp;
  readonly digest: Buffer | null;
  readonly inspection: Inspection;
  /** False for a file that may still change within its timestamps: remembered for this scan's hard links only. */
  readonly lasting: boolean;
}

/**
 * What earlier scans and this one saw, by the state of the file and by its content. Survives kill -9: each result is
 * there or not. Holds no paths, and of contents nothing but what an inspection holds.
 */
export class ScanState {
  readonly database: DatabaseSync;
  readonly #context: number;
  readonly #today: number;
  readonly #findStamp: StatementSync;
  readonly #findDigest: StatementSync;
  readonly #findLink: StatementSync;
  readonly #store: StatementSync;
  readonly #storeLink: StatementSync;
  readonly #touch: StatementSync;
  #writes = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(database: DatabaseSync, context: Uint8Array, now: number) {
    this.database = database;
    this.#today = Math.floor(now / DAY_MILLIS);
    database.exec(TEMPORARY);
    database.prepare('INSERT OR IGNORE INTO contexts (hash) VALUES (?)').run(context);
    this.#context = Number(database.prepare('SELECT id FROM contexts WHERE hash = ?').get(context)?.['id']);
    this.#findStamp = database.prepare('SELECT used, inspection FROM inspections WHERE context = ? AND stamp = ?');
    this.#findDigest = database.prepare('SELECT inspection FROM inspections WHERE context = ? AND digest = ? LIMIT 1');
    this.#findLink = database.prepare('SELECT inspection FROM links WHERE stamp = ?');
    this.#store = database.prepare('INSERT OR REPLACE INTO inspections VALUES (?, ?, ?, ?, ?)');
    this.#storeLink = database.prepare('INSERT OR REPLACE INTO links VALUES (?, ?)');
    this.#touch = database.prepare('UPDATE inspections SET used = ? WHERE context = ? AND stamp = ?');
  }

  /**
   * Opens or makes a state file, or with null a state that ends with the process. One process at a time.
   * @param context what an inspection depends on besides the file, as a hash
   * @param now milliseconds since the epoch
   */
  static open(path: string | null, context: Uint8Array, now: number): Result<ScanState, Failure> {
    let database: DatabaseSync | undefined;
    try {
      if (path !== null) {
        const problem = makePrivate(path);
        if (problem !== null) return err(problem);
      }
      // The empty name is SQLite's private temporary database, on disk once it outgrows its cache.
      database = new DatabaseSync(path ?? '', { timeout: 0 });
      if (path !== null) {
        const problem = prepareFile(database, path);
        if (problem !== null) {
          database.close();
          return err(problem);
        }
      } else database.exec(TABLES);
      return ok(new ScanState(database, context, now));
    } catch (error) {
      database?.close();
      return err(stateFailure(error, path));
    }
  }

  findByStamp(stamp: FileStamp): Inspection | null {
    const key = stampKey(stamp);
    const row = this.#findStamp.get(this.#context, key);
    if (row === undefined) return readInspection(this.#findLink.get(key)?.['inspection']);
    if (Number(row['used']) !== this.#today) this.#write(() => this.#touch.run(this.#today, this.#context, key));
    return readInspection(row['inspection']);
  }

  findByDigest(digest: Buffer): Inspection | null {
    return readInspection(this.#findDigest.get(this.#context, digest)?.['inspection']);
  }

  store({ stamp, digest, inspection, lasting }: StoredInspection): void {
    const [key, text] = [stampKey(stamp), JSON.stringify(inspection)];
    if (lasting) this.#write(() => this.#store.run(this.#context, key, digest, this.#today, text));
    else this.#storeLink.run(key, text);
  }

  /** How many files of this engine and policy are remembered. */
  get size(): number {
    return Number(this.database.prepare('SELECT count(*) AS n FROM inspections WHERE context = ?').get(this.#context)?.['n']);
  }

  commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writes = 0;
    // A disk that is full ends the transaction by itself.
    if (this.database.isTransaction) this.database.exec('COMMIT');
  }

  /** Forgets what no scan has asked for in a long time. */
  forgetOld(): void {
    this.commit();
    const oldest = this.#today - KEEP_DAYS;
    if (this.database.prepare('SELECT 1 FROM inspections WHERE used < ? LIMIT 1').get(oldest) === undefined) return;
    this.database.prepare('DELETE FROM inspections WHERE used < ?').run(oldest);
  }

  /** Keeps what it can; whoever must know whether that worked calls `commit` before. */
  close(): void {
    this.#commitQuietly();
    this.database.close();
  }

  #write(run: () => void): void {
    if (!this.database.isTransaction) {
      this.database.exec('BEGIN');
      clearTimeout(this.#timer);
      // Not later than this, however slow the next file is. A failure shows at the next write.
      this.#timer = setTimeout(() => this.#commitQuietly(), COMMIT_MILLIS).unref();
    }
    this.#writes += 1;
    run();
    if (this.#writes >= COMMIT_WRITES) this.commit();
  }

  #commitQuietly(): void {
    try {
      this.commit();
    } catch {
      // What was not committed is looked into again; the scan's own next call meets the same disk.
    }
  }
}

/** A state and what SQLite keeps beside it. */
export const stateFiles = (path: string): string[] => ['', '-wal', '-shm', '-journal'].map((end) => `${path}${end}`);

const SQLITE = { busy: 5, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 } as const;

/** What a state's error means for the person. @throws what is no error of SQLite or the system. */
export function stateFailure(error: unknown, path: string | null): Failure {
  const name = path === null ? 'the temporary database' : displayName(path);
  if (!(error instanceof Error)) throw error;
  if (!('errcode' in error)) return fromErrno(error);
  const code = Number(error.errcode) & 0xff;
  if (code === SQLITE.busy) {
    return failure('DLP_STATE_IN_USE', `Another scan works with ${name}. Wait for it, or name another file with --state.`, {
      cause: error,
    });
  }
  if (code === SQLITE.full) {
    const message = `There is no space left for ${name}. Free some space and run the same command again; it goes on where it stopped.`;
    return failure('DLP_STORE_FULL', message, { retryable: true, cause: error });
  }
  if (code === SQLITE.corrupt || code === SQLITE.notADatabase) return damaged(name, error);
  return failure('DLP_STORE_IO', `${name} could not be read or written (${error.message}). It was left as it is.`, { cause: error });
}

const damaged = (name: string, cause?: unknown): Failure =>
  failure('DLP_STORE_IO', `${name} is damaged or is no state of a scan. It was left as it is; name another file with --state.`, { cause });

/** For its owner alone: masked samples and the places of sensitive values are worth something to a thief too. */
function makePrivate(path: string): Failure | null {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return null;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') return fromErrno(error);
  }
  const facts = lstatSync(path);
  const uid = process.getuid?.();
  // Whoever else can write the file decides what the scan finds.
  if (!facts.isFile() || (uid !== undefined && facts.uid !== uid)) {
    return failure('DLP_FILE_PERMISSION', `${displayName(path)} is no ordinary file of your own. Name another file with --state.`);
  }
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return null;
}

function prepareFile(database: DatabaseSync, path: string): Failure | null {
  const name = displayName(path);
  const pragma = (word: string): unknown => Object.values(database.prepare(`PRAGMA ${word}`).get() ?? {})[0];
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  const [application, version] = [Number(pragma('application_id')), Number(pragma('user_version'))];
  const isEmpty = Number(pragma('schema_version')) === 0;
  if (!isEmpty && application !== APPLICATION) return damaged(name);
  if (!isEmpty && version !== VERSION) {
    const message = `${name} is of version ${version}; this program knows version ${VERSION}. It was left as it is; name another file with --state.`;
    return failure('DLP_STORE_IO', message);
  }
  // NORMAL: a killed process loses nothing that was committed, and a power cut never harms the file.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE; COMMIT;');
  if (isEmpty) database.exec(`BEGIN; ${TABLES} PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSION}; COMMIT;`);
  else if (pragma('quick_check(1)') !== 'ok') return damaged(name);
  return null;
}

/** Five 64-bit numbers. Times before 1970 wrap and still differ. */
function stampKey({ device, inode, size, modified, changed }: FileStamp): Buffer {
  const key = Buffer.alloc(40);
  for (const [index, value] of [device, inode, size, modified, changed].entries()) {
    key.writeBigUInt64LE(BigInt.asUintN(64, value), index * 8);
  }
  return key;
}

/** A row that does not hold is a row that is not there. */
function readInspection(text: unknown): Inspection | null {
  if (typeof text !== 'string') return null;
  try {
    return inspectionSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

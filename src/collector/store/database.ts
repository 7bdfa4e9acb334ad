import { chmodSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Failure, failure } from '../../contracts/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** SQLite's `application_id` of our stores: "SKCO". */
const APPLICATION_ID = 0x534b434f;
const CHECKPOINT_PAGES = 4000;
const CACHE_KIBIBYTES = 65_536;
const BUSY_MILLIS = 10_000;

/** One connection to the collector's store, with its statements prepared once. */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** All or nothing, and on the medium before it returns. */
  transaction<T>(work: () => T): T {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk makes SQLite roll back by itself; a second ROLLBACK would hide the first error.
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }
}

/** Opens or makes the store and brings it to the newest form. @throws Error for a file that is not ours or is newer. */
export function openForWriting(path: string): Database {
  const connection = new DatabaseSync(path);
  // Before WAL: its files take over the mode.
  chmodSync(path, 0o600);
  connection.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA busy_timeout = ${BUSY_MILLIS};
    PRAGMA cache_size = -${CACHE_KIBIBYTES};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
  `);
  migrate(connection);
  return new Database(connection);
}

export function openForReading(path: string): Database {
  const connection = new DatabaseSync(path, { readOnly: true });
  connection.exec(`PRAGMA busy_timeout = ${BUSY_MILLIS}; PRAGMA query_only = ON;`);
  checkOwner(connection);
  return new Database(connection);
}

function migrate(connection: DatabaseSync): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const done = pragma(connection, 'user_version');
    if (done > 0) checkOwner(connection);
    if (done > MIGRATIONS.length) throw new Error('This store was made by a newer version of Sekisho. Install that version.');
    for (const sql of MIGRATIONS.slice(done)) connection.exec(sql);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length};`);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    connection.close();
    throw error;
  }
}

function checkOwner(connection: DatabaseSync): void {
  if (pragma(connection, 'application_id') !== APPLICATION_ID) throw new Error('This file is not a store of a Sekisho collector.');
}

function pragma(connection: DatabaseSync, name: string): number {
  return Number(connection.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

const SQLITE_FULL = 13;

/** What SQLite threw, as an expected failure; anything else is a bug and is thrown on. */
export function storeFailure(error: unknown): Failure<'DLP_STORE_FULL' | 'DLP_STORE_IO'> {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') throw error;
  const more = { retryable: true, cause: error };
  return (error.errcode & 0xff) === SQLITE_FULL
    ? failure('DLP_STORE_FULL', 'The collector has no space left. Nothing was taken over; it will take the same again later.', more)
    : failure('DLP_STORE_IO', 'The collector could not write to its store. Nothing was taken over; try again later.', more);
}

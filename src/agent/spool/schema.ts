import type { DatabaseSync } from 'node:sqlite';

/** Each entry brings the database from version index to index + 1. Entries are never changed, only added. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE events (
     sequence INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     type TEXT NOT NULL,
     rank INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     hash TEXT NOT NULL,
     acknowledged INTEGER NOT NULL DEFAULT 0,
     json TEXT NOT NULL
   ) STRICT;
   CREATE INDEX events_droppable ON events (rank, sequence) WHERE acknowledged = 0 AND type <> 'spool.overflowed';
   CREATE TABLE gaps (
     first INTEGER PRIMARY KEY,
     last INTEGER NOT NULL,
     last_hash TEXT NOT NULL
   ) STRICT;
   CREATE TABLE intents (
     file_id TEXT PRIMARY KEY,
     action TEXT NOT NULL,
     decision TEXT NOT NULL
   ) STRICT;
   CREATE TABLE chain (
     only INTEGER PRIMARY KEY CHECK (only = 1),
     agent TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     hash TEXT NOT NULL,
     acknowledged INTEGER NOT NULL,
     offered INTEGER NOT NULL
   ) STRICT;`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** @throws Error when the database was written by a newer version: its meaning cannot be guessed. */
export function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (version > SCHEMA_VERSION) throw new Error(`the spool has schema version ${version}, newer than this program's ${SCHEMA_VERSION}`);
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { HeadFile } from './head-file.ts';
import { migrate } from './schema.ts';
import { type OpenSpool, SqliteSpool } from './sqlite-spool.ts';

export interface SpoolOptions {
  /** The database file; `<path>.head` lies beside it. */
  readonly path: string;
  readonly agent: string;
  readonly host: string;
  /** Bound of what waits for the collector, in bytes of event JSON. */
  readonly maxBytes: number;
  readonly clock?: { now(): number };
}

/**
 * Opens or makes the spool. A database that cannot be read is moved aside, never deleted, and the chain goes on behind
 * the head file's number (docs/spec/spool.md section 5); `movedAside` then names it.
 * @throws when the folder cannot be written, or the database belongs to another agent or a newer version.
 */
export function openSpool(options: SpoolOptions): OpenSpool {
  const clock = options.clock ?? { now: () => Date.now() };
  const opened = openDatabase(options.path, clock.now());
  const head = new HeadFile(`${options.path}.head`);
  return new SqliteSpool({ ...options, clock, ...opened, head, log: `${options.path}-wal` });
}

function openDatabase(path: string, now: number): { database: DatabaseSync; movedAside: string | null } {
  try {
    return { database: openSound(path), movedAside: null };
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    const aside = `${path}.corrupt-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
    return { database: openSound(path), movedAside: aside };
  }
}

function openSound(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // NORMAL leaves the flush after a commit to DiskSync; what a checkpoint needs flushed SQLite flushes itself.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    const check = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (check !== 'ok') throw new CorruptSpool(String(check));
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class CorruptSpool extends Error {}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function isCorrupt(error: unknown): boolean {
  if (error instanceof CorruptSpool) return true;
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  const primary = Number(error.errcode) & 0xff;
  return primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB;
}

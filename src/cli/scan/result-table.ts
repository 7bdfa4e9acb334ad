import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ACTIONS, action as actionSchema } from '../../contracts/verdict.ts';
import {
  failedFile,
  type FailedFile,
  type FolderEntry,
  isSensitive,
  leftOutEntry,
  type LeftOutEntry,
  scannedFile,
  type ScannedFile,
} from './report-schema.ts';

const TABLES = `
  CREATE TEMP TABLE found (sequence INTEGER PRIMARY KEY, rank INTEGER NOT NULL, persons INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE INDEX temp.found_order ON found (rank DESC, persons DESC, sequence);
  CREATE TEMP TABLE failed (sequence INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TEMP TABLE left_out (sequence INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
  CREATE TEMP TABLE folders (
    path TEXT PRIMARY KEY, files INTEGER NOT NULL, persons INTEGER NOT NULL, rank INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`;

const FOLDERS = 50;

/** What a report is written from. In SQLite's temporary file: a disk may hold more than memory does. */
export class ResultTable {
  readonly #database: DatabaseSync;
  readonly #all: boolean;
  readonly #addFound: StatementSync;
  readonly #addFailed: StatementSync;
  readonly #addLeftOut: StatementSync;
  readonly #addFolder: StatementSync;

  /** @param all keep every file, not only those that a report is about */
  constructor(database: DatabaseSync, all: boolean) {
    database.exec(TABLES);
    this.#database = database;
    this.#all = all;
    this.#addFound = database.prepare('INSERT INTO found (rank, persons, json) VALUES (?, ?, ?)');
    this.#addFailed = database.prepare('INSERT INTO failed (json) VALUES (?)');
    this.#addLeftOut = database.prepare('INSERT INTO left_out (json) VALUES (?)');
    this.#addFolder = database.prepare(
      `INSERT INTO folders VALUES (?, 1, ?, ?)
       ON CONFLICT (path) DO UPDATE SET files = files + 1, persons = persons + excluded.persons, rank = max(rank, excluded.rank)`,
    );
  }

  addFile(file: ScannedFile): void {
    const { path, persons, verdict, unreadable } = file;
    const rank = ACTIONS.indexOf(verdict.action);
    if (isSensitive(verdict.action)) this.#addFolder.run(folderOf(path), persons, rank);
    if (this.#all || isSensitive(verdict.action) || unreadable !== undefined) this.#addFound.run(rank, persons, JSON.stringify(file));
  }

  addError(file: FailedFile): void {
    this.#addFailed.run(JSON.stringify(file));
  }

  addLeftOut(entry: LeftOutEntry): void {
    this.#addLeftOut.run(JSON.stringify(entry));
  }

  /** The most severe first. */
  *files(): Generator<ScannedFile> {
    const rows = this.#database.prepare('SELECT json FROM found ORDER BY rank DESC, persons DESC, sequence').iterate();
    for (const row of rows) yield scannedFile.parse(JSON.parse(String(row['json'])));
  }

  *errors(): Generator<FailedFile> {
    for (const row of this.#database.prepare('SELECT json FROM failed ORDER BY sequence').iterate()) {
      yield failedFile.parse(JSON.parse(String(row['json'])));
    }
  }

  *leftOut(): Generator<LeftOutEntry> {
    for (const row of this.#database.prepare('SELECT json FROM left_out ORDER BY sequence').iterate()) {
      yield leftOutEntry.parse(JSON.parse(String(row['json'])));
    }
  }

  folders(): FolderEntry[] {
    const rows = this.#database.prepare('SELECT * FROM folders ORDER BY rank DESC, files DESC, path LIMIT ?').all(FOLDERS);
    return rows.map((row) => ({
      path: String(row['path']),
      files: Number(row['files']),
      persons: Number(row['persons']),
      action: actionSchema.parse(ACTIONS[Number(row['rank'])]),
    }));
  }
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '.' : end === 0 ? '/' : path.slice(0, end);
}

import { z } from 'zod';
import { type SessionInfo, sessionInfo } from '../../contracts/collector-api.ts';
import type { Database } from './database.ts';

export type Role = SessionInfo['role'];

const userRow = z.object({ name: z.string(), role: sessionInfo.shape.role, password: z.string() });
export type StoredUser = z.infer<typeof userRow>;

/** Makes the user, or gives an existing one a new password and role and ends all its sessions. */
export function putUser(database: Database, input: { name: string; role: Role; password: string; now: number }): void {
  database
    .prepare(
      `INSERT INTO users (name, role, password, created) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password`,
    )
    .run(input.name, input.role, input.password, input.now);
  database.prepare('DELETE FROM sessions WHERE user = ?').run(input.name);
}

export function userByName(database: Database, name: string): StoredUser | null {
  const row = database.prepare('SELECT name, role, password FROM users WHERE name = ?').get(name);
  return row === undefined ? null : userRow.parse(row);
}

export function addSession(database: Database, input: { hash: string; user: string; now: number; expires: number }): void {
  database.prepare('DELETE FROM sessions WHERE expires <= ?').run(input.now);
  database
    .prepare('INSERT INTO sessions (hash, user, created, expires) VALUES (?, ?, ?, ?)')
    .run(input.hash, input.user, input.now, input.expires);
}

export function sessionUser(database: Database, input: { hash: string; now: number }): SessionInfo | null {
  const row = database
    .prepare('SELECT name, role FROM sessions JOIN users ON users.name = sessions.user WHERE hash = ? AND expires > ?')
    .get(input.hash, input.now);
  return row === undefined ? null : sessionInfo.parse({ ...row });
}

export function removeSession(database: Database, hash: string): void {
  database.prepare('DELETE FROM sessions WHERE hash = ?').run(hash);
}

export interface AuditEntry {
  readonly time: number;
  readonly user: string;
  readonly action: string;
  readonly detail: string;
}

/** A page that refreshes itself is one look an hour, not hundreds. */
const SAME_LOOK_MILLIS = 3_600_000;

/** Who looked at or changed what: the employees whose files these are may ask. */
export function addAudit(database: Database, entry: AuditEntry): void {
  database
    .prepare(
      `INSERT INTO audit (time, user, action, detail) SELECT ?1, ?2, ?3, ?4
       WHERE NOT EXISTS (SELECT 1 FROM audit WHERE user = ?2 AND time > ?5 AND action = ?3 AND detail = ?4)`,
    )
    .run(entry.time, entry.user, entry.action, entry.detail, entry.time - SAME_LOOK_MILLIS);
}

import type { PostflightRequest, PreflightRequest } from '../../contracts/collector-api.ts';
import { type Failure, failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Database } from './database.ts';

export interface EnrolInput {
  readonly tokenHash: string;
  readonly agent: string;
  readonly host: string;
  readonly os: string;
  readonly serial: string;
  /** PEM. */
  readonly certificate: string;
  readonly now: number;
}

/** Uses up the token and registers the agent in one step: of two PCs with one token only one gets in. */
export function enrol(database: Database, input: EnrolInput): Result<void, Failure> {
  const used = database
    .prepare('UPDATE tokens SET used = ? WHERE hash = ? AND used IS NULL AND expires > ?')
    .run(input.now, input.tokenHash, input.now);
  if (used.changes !== 1) return err(tokenRefused());
  const added = database
    .prepare('INSERT INTO agents (agent, host, os, enrolled) VALUES (?, ?, ?, ?)')
    .run(input.agent, input.host, input.os, input.now);
  database
    .prepare('INSERT INTO certificates (serial, agent, certificate) VALUES (?, ?, ?)')
    .run(input.serial, added.lastInsertRowid, input.certificate);
  database.prepare('UPDATE tokens SET agent = ? WHERE hash = ?').run(added.lastInsertRowid, input.tokenHash);
  return ok(undefined);
}

/** One answer for unknown, used and expired: a guesser learns nothing. */
export const tokenRefused = (): Failure<'DLP_ENROLL_TOKEN'> =>
  failure('DLP_ENROLL_TOKEN', 'This enrolment token is unknown, used or expired. Ask for a new one.');

export function isTokenOpen(database: Database, input: { hash: string; now: number }): boolean {
  const open = 'SELECT 1 FROM tokens WHERE hash = ? AND used IS NULL AND expires > ?';
  return database.prepare(open).get(input.hash, input.now) !== undefined;
}

export function addToken(database: Database, input: { hash: string; now: number; expires: number }): void {
  database.prepare('INSERT INTO tokens (hash, created, expires) VALUES (?, ?, ?)').run(input.hash, input.now, input.expires);
}

export interface CertificateState {
  readonly agent: string;
  readonly revoked: boolean;
}

/** Asked on every request, so that a revocation holds from the next one on, also on open connections. */
export function certificateState(database: Database, serial: string): CertificateState | null {
  const row = database
    .prepare(
      'SELECT agents.agent AS agent, agents.revoked AS revoked FROM certificates JOIN agents ON agents.row = certificates.agent WHERE serial = ?',
    )
    .get(serial);
  return row === undefined ? null : { agent: String(row['agent']), revoked: row['revoked'] !== null };
}

/** False when there is no such agent. */
export function revokeAgent(database: Database, input: { agent: string; now: number }): boolean {
  return database.prepare('UPDATE agents SET revoked = coalesce(revoked, ?) WHERE agent = ?').run(input.now, input.agent).changes === 1;
}

export interface PreflightOutcome {
  readonly storedThrough: number;
}

export function recordPreflight(database: Database, input: { agent: string; now: number; request: PreflightRequest }): PreflightOutcome {
  const { request } = input;
  const row = database
    .prepare(
      `UPDATE agents SET version = ?, os = ?, policy_name = ?, policy_version = ?, last_seen = ? WHERE agent = ? RETURNING stored_through`,
    )
    .get(request.version, request.os, request.policy?.name ?? null, request.policy?.version ?? null, input.now, input.agent);
  return { storedThrough: Number(row?.['stored_through'] ?? 0) };
}

export function recordPostflight(database: Database, input: { agent: string; now: number; request: PostflightRequest }): void {
  const { policy, guards, commands } = input.request;
  database
    .prepare('UPDATE agents SET policy_name = ?, policy_version = ?, guards = ?, last_seen = ? WHERE agent = ?')
    .run(policy?.name ?? null, policy?.version ?? null, JSON.stringify(guards), input.now, input.agent);
  for (const { id, ok: succeeded, detail } of commands) {
    database
      .prepare(
        `UPDATE commands SET completed = ?, succeeded = ?, detail = ?
         WHERE id = ? AND completed IS NULL AND agent = (SELECT row FROM agents WHERE agent = ?)`,
      )
      .run(input.now, succeeded ? 1 : 0, detail ?? null, id, input.agent);
  }
}

export function recordSeen(database: Database, input: { agent: string; now: number }): void {
  database.prepare('UPDATE agents SET last_seen = ? WHERE agent = ?').run(input.now, input.agent);
}

import { type Command, command, type commandBody } from '../../contracts/command.ts';
import type { z } from 'zod';
import type { Database } from './database.ts';

export interface AddCommandInput {
  readonly agent: string;
  readonly id: string;
  readonly issued: number;
  readonly expires: number;
  readonly by: string;
  readonly body: z.infer<typeof commandBody>;
}

/** False when there is no such agent or it was revoked. */
export function addCommand(database: Database, input: AddCommandInput): boolean {
  const added = database
    .prepare(
      `INSERT INTO commands (id, agent, issued, expires, issued_by, body)
       SELECT ?, row, ?, ?, ?, ? FROM agents WHERE agent = ? AND revoked IS NULL`,
    )
    .run(input.id, input.issued, input.expires, input.by, JSON.stringify(input.body), input.agent);
  return added.changes === 1;
}

const MOST = 100;

/**
 * Marks an agent's open commands as handed out and gives them. `fresh`: only those never handed out, for a waiting agent;
 * otherwise all that it has not yet reported on, so that none is lost with a connection.
 */
export function takeCommands(database: Database, input: { agent: string; now: number; fresh: boolean }): Command[] {
  const rows = database
    .prepare(
      `UPDATE commands SET delivered = coalesce(delivered, ?1)
       WHERE id IN (SELECT id FROM commands WHERE agent = (SELECT row FROM agents WHERE agent = ?2)
                      AND completed IS NULL AND expires > ?1 AND (?3 = 0 OR delivered IS NULL) ORDER BY issued LIMIT ${MOST})
       RETURNING id, issued, expires, body`,
    )
    .all(input.now, input.agent, input.fresh ? 1 : 0);
  return rows
    .map((row) =>
      command.parse({
        id: row['id'],
        issued: new Date(Number(row['issued'])).toISOString(),
        expires: new Date(Number(row['expires'])).toISOString(),
        body: JSON.parse(String(row['body'])),
      }),
    )
    .toSorted((a, b) => a.issued.localeCompare(b.issued));
}

export function hasFreshCommands(database: Database, input: { agent: string; now: number }): boolean {
  const row = database
    .prepare(
      `SELECT 1 FROM commands WHERE agent = (SELECT row FROM agents WHERE agent = ?)
         AND completed IS NULL AND delivered IS NULL AND expires > ?`,
    )
    .get(input.agent, input.now);
  return row !== undefined;
}

import { z } from 'zod';
import { type FleetAgent, type FleetResponse, guardStatus, type SummaryResponse } from '../../contracts/collector-api.ts';
import type { Database } from './database.ts';
import { currentRelease } from './releases.ts';

const agentRow = z.object({
  agent: z.string(),
  host: z.string(),
  os: z.string(),
  version: z.string().nullable(),
  enrolled: z.number(),
  last_seen: z.number().nullable(),
  policy_name: z.string().nullable(),
  policy_version: z.number().nullable(),
  guards: z.string(),
  stored_through: z.number(),
  revoked: z.number().nullable(),
});

export function queryFleet(database: Database): FleetResponse {
  const release = currentRelease(database);
  const rows = database.prepare('SELECT * FROM agents ORDER BY host, agent').all();
  const agents = rows.map((row): FleetAgent => {
    const agent = agentRow.parse(row);
    const policy =
      agent.policy_name === null || agent.policy_version === null ? null : { name: agent.policy_name, version: agent.policy_version };
    return {
      agent: agent.agent,
      host: agent.host,
      os: agent.os,
      version: agent.version,
      enrolled: new Date(agent.enrolled).toISOString(),
      lastSeen: agent.last_seen === null ? null : new Date(agent.last_seen).toISOString(),
      policy,
      drift: release !== null && (policy?.name !== release.name || policy.version !== release.version),
      revoked: agent.revoked !== null,
      storedThrough: agent.stored_through,
      guards: z.array(guardStatus).parse(JSON.parse(agent.guards)),
    };
  });
  return { agents, policy: release === null ? null : { name: release.name, version: release.version } };
}

const DAY = 86_400_000;

const countOf = (types: string): string => `count(*) FILTER (WHERE type IN (${types}))`;

export function querySummary(database: Database, now: number): SummaryResponse {
  const day = database
    .prepare(
      `SELECT ${countOf("'file.encrypted'")} AS encrypted, ${countOf("'file.blocked'")} AS blocked, ${countOf("'file.held'")} AS held,
         ${countOf("'file.allowed', 'file.recorded', 'file.warned'")} AS allowed, ${countOf("'file.enforcement-failed'")} AS failed,
         coalesce(sum(persons), 0) AS persons
       FROM events WHERE time > ? AND time <= ?`,
    )
    .get(now - DAY, now);
  const all = database
    .prepare('SELECT (SELECT count(*) FROM events) AS total, (SELECT count(*) FROM agents WHERE revoked IS NULL) AS agents')
    .get();
  return {
    total: Number(all?.['total'] ?? 0),
    agents: Number(all?.['agents'] ?? 0),
    last24h: {
      encrypted: Number(day?.['encrypted'] ?? 0),
      blocked: Number(day?.['blocked'] ?? 0),
      held: Number(day?.['held'] ?? 0),
      allowed: Number(day?.['allowed'] ?? 0),
      failed: Number(day?.['failed'] ?? 0),
      persons: Number(day?.['persons'] ?? 0),
    },
  };
}

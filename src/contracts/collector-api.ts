import { z } from 'zod';
import { command, commandBody } from './command.ts';
import { agentEvent, eventBody } from './event.ts';
import { agentId, count, instant, language, severity, sha256Hex, uuid } from './ids.ts';
import { dsseEnvelope, policyRelease } from './policy.ts';
import { policyReference } from './verdict.ts';

/** Agents' half, mutual TLS, JSON. Paths under `/v1/`. Requests are strict: an unknown field is refused. */
export const enrollRequest = z.strictObject({
  token: z.string().min(16).max(512),
  csr: z.string().min(64).max(16_384),
  host: z.string().min(1).max(256),
  os: z.string().max(128),
});
export const enrollResponse = z.strictObject({
  agent: agentId,
  certificate: z.string(),
  ca: z.string(),
  /** SPKI PEM of the organisation's policy key; pinned for the agent's life. */
  policyKey: z.string(),
  /** Identity shared by the organisation's PCs, age text form: lets an enrolled PC read what another encrypted. */
  groupIdentity: z.string(),
});
export type EnrollRequest = z.infer<typeof enrollRequest>;
export type EnrollResponse = z.infer<typeof enrollResponse>;

export const preflightRequest = z.strictObject({
  version: z.string().max(64),
  os: z.string().max(128),
  policy: policyReference.optional(),
  spooled: count,
});
export const preflightResponse = z.strictObject({
  time: instant,
  batchSize: z.int().min(1).max(5000),
  /** The highest sequence stored with every one before it: the agent goes on behind it. */
  storedThrough: count,
  policyVersion: count.optional(),
  commands: z.array(command).max(100),
});
export type PreflightRequest = z.infer<typeof preflightRequest>;
export type PreflightResponse = z.infer<typeof preflightResponse>;

/** The chain's head, signed with the key of the agent's certificate (RSASSA-PSS, SHA-256) over `sequence + "\n" + hash`. */
export const chainHead = z.strictObject({ sequence: z.int().min(1), hash: sha256Hex, signature: z.base64() });
export type ChainHead = z.infer<typeof chainHead>;

export const eventsRequest = z.strictObject({ batch: uuid, events: z.array(agentEvent).min(1).max(5000), head: chainHead });
export const eventsResponse = z.strictObject({ accepted: count, duplicates: count, storedThrough: count });
export type EventsRequest = z.infer<typeof eventsRequest>;
export type EventsResponse = z.infer<typeof eventsResponse>;

/** `GET /v1/policy`, `If-None-Match` with the envelope's SHA-256 as strong ETag. */
export const policyResponse = dsseEnvelope;

export const guardStatus = z.strictObject({
  volume: z.string().max(256),
  mode: z.enum(['watch', 'fuse']),
  state: z.enum(['ready', 'failed']),
});
export type GuardStatus = z.infer<typeof guardStatus>;
export const postflightRequest = z.strictObject({
  policy: policyReference.optional(),
  guards: z.array(guardStatus).max(256),
  commands: z.array(z.strictObject({ id: uuid, ok: z.boolean(), detail: z.string().max(512).optional() })).max(100),
});
export const postflightResponse = z.strictObject({});
export type PostflightRequest = z.infer<typeof postflightRequest>;

/**
 * `GET /v1/wait?policyVersion=N`: answers at once when there is a policy newer than N or a command not yet handed out,
 * else after 50 seconds with what there is. Commands may come twice; the agent knows them by id.
 */
export const waitQuery = z.strictObject({ policyVersion: z.coerce.number().int().min(0).default(0) });
export const waitResponse = z.strictObject({ policyVersion: count.optional(), commands: z.array(command).max(100) });
export type WaitResponse = z.infer<typeof waitResponse>;

/**
 * `GET /v1/indexes/<sha256>` gives agents an index of own data that the release in force names; `GET` and
 * `POST /api/indexes/<sha256>?offset=N&last=true` tell an administrator how much of one has arrived and take the next piece.
 */
export const indexParameters = z.strictObject({ sha256: sha256Hex });
export const INDEX_PIECE_BYTES = 8 * 1024 * 1024;
export const indexPieceQuery = z.strictObject({ offset: z.coerce.number().int().min(0), last: z.stringbool().default(false) });
export const indexState = z.strictObject({
  /** Bytes that are here: the next piece begins there. */
  received: count,
  complete: z.boolean(),
});
export type IndexState = z.infer<typeof indexState>;

/** A refusal, from either half. */
export const apiError = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
export type ApiError = z.infer<typeof apiError>;

/** Console's half: cookie session, JSON, paths under `/api/`. */
export const loginRequest = z.strictObject({ name: z.string().min(1).max(128), password: z.string().min(1).max(1024) });
export const sessionInfo = z.strictObject({
  name: z.string(),
  role: z.enum(['admin', 'officer', 'auditor']),
  language: language.optional(),
});
export type SessionInfo = z.infer<typeof sessionInfo>;

export const storedEvent = z.strictObject({ received: instant, event: agentEvent });
export type StoredEvent = z.infer<typeof storedEvent>;

export const eventsQuery = z.strictObject({
  /** Words looked for in file names, users, hosts, rules and serials. */
  text: z.string().max(256).optional(),
  /** Types with commas between; `file.*` stands for all that begin so. */
  type: z.string().max(512).optional(),
  /** This one or a stronger one. */
  severity: severity.optional(),
  agent: agentId.optional(),
  user: z.string().max(256).optional(),
  from: instant.optional(),
  to: instant.optional(),
  before: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const eventsPage = z.strictObject({ events: z.array(storedEvent), next: z.string().nullable() });
export type EventsQuery = z.infer<typeof eventsQuery>;
export type EventsPage = z.infer<typeof eventsPage>;

export const fleetAgent = z.strictObject({
  agent: agentId,
  host: z.string(),
  os: z.string(),
  version: z.string().nullable(),
  enrolled: instant,
  lastSeen: instant.nullable(),
  policy: policyReference.nullable(),
  /** Differs from the policy handed out: see the fleet page. */
  drift: z.boolean(),
  revoked: z.boolean(),
  storedThrough: count,
  guards: z.array(guardStatus),
});
export const fleetResponse = z.strictObject({ agents: z.array(fleetAgent), policy: policyReference.nullable() });
export type FleetAgent = z.infer<typeof fleetAgent>;
export type FleetResponse = z.infer<typeof fleetResponse>;

export const summaryResponse = z.strictObject({
  total: count,
  last24h: z.strictObject({ encrypted: count, blocked: count, held: count, allowed: count, failed: count, persons: count }),
  agents: count,
});
export type SummaryResponse = z.infer<typeof summaryResponse>;

/** `GET /api/policy`: the release handed out now, without its signature. */
export const policyStatus = z.strictObject({
  current: z.strictObject({ release: policyRelease, pushed: instant, pushedBy: z.string() }).nullable(),
});
export type PolicyStatus = z.infer<typeof policyStatus>;

/** `POST /api/commands`, admins only. */
export const commandRequest = z.strictObject({ agent: agentId, body: commandBody });
export type CommandRequest = z.infer<typeof commandRequest>;

export const knownEventTypes: readonly string[] = eventBody.options.map((option) => option.shape.type.value);

import { z } from 'zod';
import { command } from './command.ts';
import { device } from './device.ts';
import { actor, fileDecision, fileOrigin, volumeFacts } from './event.ts';
import { fileFacts } from './file.ts';
import { inspection } from './finding.ts';
import { ageRecipient, count, instant, sha256Hex, uuid } from './ids.ts';
import { guardChoice, policy } from './policy.ts';
import { action, policyReference } from './verdict.ts';
import { volume } from './volume.ts';

/** What a guard did with a file, or why it could not. */
export const enforcementOutcome = z.discriminatedUnion('done', [
  z.strictObject({
    done: z.literal(true),
    sha256: sha256Hex.optional(),
    /** Shown text, relative to the volume, after `encrypt`. */
    storedAs: z.string().max(16_384).optional(),
    /** After `block` and `justify`: names the quarantined copy. */
    quarantineId: uuid.optional(),
    origin: fileOrigin.optional(),
  }),
  z.strictObject({
    done: z.literal(false),
    code: z.string().max(64),
    reason: z.string().max(1024),
    /** The file is no longer what was inspected, or no longer there: not a failure, a new arrival follows if it exists. */
    gone: z.boolean(),
  }),
]);
export type EnforcementOutcome = z.infer<typeof enforcementOutcome>;

const input = <const K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ kind: z.literal(kind), at: instant, ...shape });

/**
 * Everything that can happen to an agent. `at` is when it happened: core reads no clock.
 * A file of these, one JSON object a line, replays to the same effects (`sekisho agent replay`).
 */
export const agentInput = z.discriminatedUnion('kind', [
  input('agent.started', {
    host: z.string(),
    version: z.string(),
    os: z.string(),
    mode: z.enum(['service', 'foreground']),
    /** Which guards this agent has; a replay has them too. */ guardChoice: guardChoice.optional(),
  }),
  input('agent.stopping', { reason: z.string().max(256) }),
  input('policy.applied', { policy, reference: policyReference, recipients: z.array(ageRecipient).min(1) }),
  input('policy.refused', { code: z.string().max(64), reason: z.string().max(1024) }),
  input('device.attached', { device, presentAtStart: z.boolean() }),
  input('device.detached', { deviceId: z.string() }),
  input('volume.mounted', { volume, presentAtStart: z.boolean().optional() }),
  input('volume.unmounted', { volumeId: z.string() }),
  /** The PC's own addresses, without the loopback's. */
  input('network.changed', { addresses: z.array(z.string().max(64)).max(256) }),
  input('source.failed', {
    source: z.enum(['devices', 'volumes', 'sessions', 'sync']),
    code: z.string().max(64),
    reason: z.string().max(1024),
  }),
  input('guard.ready', { volumeId: z.string() }),
  input('guard.failed', { volumeId: z.string(), code: z.string().max(64), reason: z.string().max(1024) }),
  /** A file has settled. `fileId` is the guard's handle; `path` is shown text, relative to the volume. */
  input('file.arrived', {
    volumeId: z.string(),
    fileId: z.string().max(128),
    path: z.string(),
    bytes: count,
    modified: instant,
    actor,
    present: z.boolean(),
  }),
  /** A stored file of which parts no longer open was read. */
  input('file.damaged', { volumeId: z.string(), path: z.string().max(16_384) }),
  input('file.inspected', { fileId: z.string().max(128), inspection }),
  input('file.enforced', { fileId: z.string().max(128), outcome: enforcementOutcome }),
  /** Carried out in an earlier run that ended before its event was written; the guard's journal knows how it ended. */
  input('file.recovered', { fileId: z.string().max(128), action, decision: fileDecision, outcome: enforcementOutcome }),
  /** A file held in an earlier run, still in quarantine. */
  input('hold.found', { holdId: uuid, actor, file: fileFacts, volume: volumeFacts }),
  input('file.justified', { holdId: uuid, actor, justification: z.string().max(2000) }),
  input('file.released', { holdId: uuid, ok: z.boolean(), code: z.string().max(64).optional(), reason: z.string().max(1024).optional() }),
  /** Its keeping time in quarantine is over. */
  input('quarantine.expired', { quarantineId: uuid, file: fileFacts }),
  /** Given back to somebody on this PC; the quarantined copy stays. */
  input('quarantine.restored', { quarantineId: uuid, actor, file: fileFacts }),
  input('session.seen', { session: z.string().max(128), actor }),
  input('session.ended', { session: z.string().max(128) }),
  input('session.idle', { session: z.string().max(128), idleMillis: count, locked: z.boolean() }),
  input('session.lock-result', {
    session: z.string().max(128),
    ok: z.boolean(),
    code: z.string().max(64).optional(),
    reason: z.string().max(1024).optional(),
  }),
  input('timer.fired', { timer: z.string().max(256) }),
  input('command.received', { command }),
]);
export type AgentInput = z.infer<typeof agentInput>;
export type InputKind = AgentInput['kind'];
export type InputOf<K extends InputKind> = Extract<AgentInput, { kind: K }>;

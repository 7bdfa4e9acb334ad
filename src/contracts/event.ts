import { z } from 'zod';
import { device } from './device.ts';
import { fileFacts } from './file.ts';
import { finding, personCount, unreadableReason } from './finding.ts';
import { agentId, count, instant, severity, sha256Hex, slug, uuid } from './ids.ts';
import { guardMode } from './policy.ts';
import { policyReference, verdict } from './verdict.ts';
import { volume } from './volume.ts';

/** The volume as an event carries it: enough to find the stick again, no paths of the host. */
export const volumeFacts = volume.pick({
  id: true,
  filesystem: true,
  label: true,
  uuid: true,
  bytesTotal: true,
  bus: true,
  medium: true,
  device: true,
});
export type VolumeFacts = z.infer<typeof volumeFacts>;

/** Who: the session's user as the OS names it, and how sure we are. */
export const actor = z.strictObject({
  name: z.string().min(1).max(256),
  /** `owner`: the file's owner; `session`: the one user logged in at the machine; `only-user`: nobody else could have. */
  basis: z.enum(['owner', 'session', 'process', 'unknown']),
});
export type Actor = z.infer<typeof actor>;

/** Where a copy came from, as far as the guard saw it: never a guess. docs/spec/guard.md */
export const fileOrigin = z.strictObject({
  /** Path of the program that wrote it. */
  program: z.string().min(1).max(16_384).optional(),
  /** What that program had open for reading meanwhile and is the same: every byte, or too large to be compared, in size. */
  source: z.strictObject({ path: z.string().min(1).max(16_384), basis: z.enum(['same-content', 'same-size']) }).optional(),
});
export type FileOrigin = z.infer<typeof fileOrigin>;

/** What every decision about a file says: who, what, where to, what was in it, what was done. */
export const fileDecision = z.strictObject({
  actor,
  file: fileFacts,
  volume: volumeFacts,
  type: z.string().max(32),
  findings: z.array(finding).max(64),
  persons: personCount,
  unreadable: z.array(unreadableReason).max(16),
  verdict,
  policy: policyReference,
  /** `watch`: after the fact, on the mounted volume; `fuse`: before a byte reached the medium. */
  guard: z.enum(['watch', 'fuse']),
  /** Already on the medium when it was inserted. */
  present: z.boolean(),
  /** To be encrypted for the medium's guests too: then all that is needed to open it is on the medium but for a passphrase. */
  guest: z.literal(true).optional(),
  origin: fileOrigin.optional(),
  /** Milliseconds from the settled write to the end of enforcement: how long plaintext stood on the medium. */
  exposureMillis: count.optional(),
});
export type FileDecision = z.infer<typeof fileDecision>;

const body = <const T extends string, S extends z.ZodType>(type: T, data: S) => z.strictObject({ type: z.literal(type), severity, data });

/** Every event there is; the console and exports know no other. `noun.verb-past`. */
export const eventBody = z.discriminatedUnion('type', [
  body('agent.started', z.strictObject({ version: z.string().max(64), os: z.string().max(128), mode: z.enum(['service', 'foreground']) })),
  body('agent.stopped', z.strictObject({ reason: z.string().max(256) })),
  body('policy.applied', z.strictObject({ policy: policyReference, previous: policyReference.optional() })),
  body('policy.refused', z.strictObject({ code: z.string().max(64), reason: z.string().max(1024), kept: policyReference.optional() })),
  body('device.attached', z.strictObject({ device, presentAtStart: z.boolean() })),
  body('device.detached', z.strictObject({ device })),
  /** A device rule took a device out of use, or gave it back. */
  body('device.access-changed', z.strictObject({ device, access: z.enum(['denied', 'granted']), rule: slug.optional() })),
  body(
    'volume.mounted',
    z.strictObject({
      volume: volumeFacts,
      treatment: z.enum(['block', 'read-only', 'guard', 'allow', 'ignore']),
      /** Which guard is set before it; a policy that asks for `fuse` gets `watch` where the PC cannot do more. */
      guard: guardMode.optional(),
      rule: slug.optional(),
    }),
  ),
  body('volume.unmounted', z.strictObject({ volume: volumeFacts })),
  body('guard.failed', z.strictObject({ volume: volumeFacts, code: z.string().max(64), reason: z.string().max(1024) })),
  body(
    'source.failed',
    z.strictObject({ source: z.enum(['devices', 'volumes', 'sessions', 'sync']), code: z.string().max(64), reason: z.string().max(1024) }),
  ),
  body('file.allowed', fileDecision),
  body('file.recorded', fileDecision),
  body('file.warned', fileDecision),
  body('file.held', fileDecision.extend({ holdId: uuid })),
  body('file.encrypted', fileDecision.extend({ storedAs: z.string().max(16_384) })),
  body('file.blocked', fileDecision.extend({ quarantineId: uuid })),
  body('file.enforcement-failed', fileDecision.extend({ code: z.string().max(64), reason: z.string().max(1024) })),
  /** Parts of an encrypted file on the medium no longer open: whoever reads them through the guard gets an error. */
  body('file.damaged', z.strictObject({ volume: volumeFacts, path: z.string().max(16_384) })),
  body('file.released', z.strictObject({ quarantineId: uuid, actor, justification: z.string().max(2000), file: fileFacts })),
  body('quarantine.restored', z.strictObject({ quarantineId: uuid, actor, file: fileFacts })),
  body('quarantine.expired', z.strictObject({ quarantineId: uuid, file: fileFacts })),
  body('screen.lock-warned', z.strictObject({ session: z.string().max(128), actor, idleMillis: count })),
  body('screen.locked', z.strictObject({ session: z.string().max(128), actor, idleMillis: count, policy: policyReference })),
  body(
    'screen.lock-failed',
    z.strictObject({ session: z.string().max(128), actor, code: z.string().max(64), reason: z.string().max(1024) }),
  ),
  body(
    'spool.overflowed',
    z.strictObject({
      /** What is missing from the chain, so that a verifier can step over it: see docs/spec/events.md section 4. */
      ranges: z
        .array(z.strictObject({ from: count, to: count, lastHash: sha256Hex }))
        .min(1)
        .max(10_000),
      dropped: z.record(severity, count),
    }),
  ),
]);
export type EventBody = z.infer<typeof eventBody>;
export type EventType = EventBody['type'];
export type EventOf<T extends EventType> = Extract<EventBody, { type: T }>;

/** Everything of an event that its hash covers. */
export const eventContent = z.strictObject({
  format: z.literal('sekisho-event/1'),
  id: uuid,
  agent: agentId,
  /** 1, 2, 3 ... without gaps, per agent. */
  sequence: z.int().min(1),
  time: instant,
  host: z.string().min(1).max(256),
  body: eventBody,
  /** Hash of the event before; 64 zeros for the first. */
  previousHash: sha256Hex,
});

/** An event in its chain. Hash: SHA-256 over the canonical JSON (RFC 8785) of the content. docs/spec/events.md. */
export const agentEvent = eventContent.extend({ hash: sha256Hex });
export type EventContent = z.infer<typeof eventContent>;
export type AgentEvent = z.infer<typeof agentEvent>;

export const GENESIS_HASH = '0'.repeat(64);

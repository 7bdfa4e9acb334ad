import { z } from 'zod';
import { eventBody } from './event.ts';
import { count, instant, language, localizedText, uuid } from './ids.ts';
import { action, policyReference } from './verdict.ts';
import { volume } from './volume.ts';

/** Newline-delimited JSON over a Unix socket or named pipe. docs/spec/ipc.md. */
export const IPC_PROTOCOL = 1;
export const IPC_MAX_MESSAGE_BYTES = 1_048_576;

/** `list`: see own events and status; `modify`: answer questions about own files; `admin`: root or an administrator. */
export const privilege = z.enum(['list', 'modify', 'admin']);
export type Privilege = z.infer<typeof privilege>;

export const hello = z.strictObject({ kind: z.literal('hello'), protocol: z.int(), build: z.string().max(64) });
export const request = z.strictObject({ kind: z.literal('request'), id: z.int().min(1), method: z.string().max(64), params: z.unknown() });
export const response = z.discriminatedUnion('ok', [
  z.strictObject({ kind: z.literal('response'), id: z.int().min(1), ok: z.literal(true), result: z.unknown() }),
  z.strictObject({
    kind: z.literal('response'),
    id: z.int().min(1),
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  }),
]);
export const push = z.strictObject({ kind: z.literal('event'), sequence: z.int().min(1), type: z.string().max(64), data: z.unknown() });
export type IpcResponse = z.infer<typeof response>;

export const agentStatus = z.strictObject({
  version: z.string(),
  agent: z.string().nullable(),
  host: z.string(),
  started: instant,
  policy: policyReference.nullable(),
  policyTitle: localizedText.nullable(),
  collector: z.strictObject({ enrolled: z.boolean(), url: z.string().nullable(), lastContact: instant.nullable(), spooled: count }),
  volumes: z.array(
    z.strictObject({
      volume,
      treatment: z.enum(['block', 'read-only', 'guard', 'allow', 'ignore']),
      guard: z.enum(['watch', 'fuse']).nullable(),
      state: z.enum(['starting', 'ready', 'failed', 'none']),
    }),
  ),
  screenLock: z.strictObject({ afterMillis: count, warnMillis: count }).nullable(),
  /** What this OS and mode cannot enforce, as codes with a text each in the catalogue. */
  gaps: z.array(z.string().max(64)),
});
export type AgentStatus = z.infer<typeof agentStatus>;

/** An event as its own user may see it: the body, with when it was. */
export const ownEvent = z.strictObject({ id: uuid, time: instant, body: eventBody });
export type OwnEvent = z.infer<typeof ownEvent>;

/** Something a person should see now. The tray shows it in its own language. */
export const notification = z.strictObject({
  id: uuid,
  time: instant,
  action: z.union([action, z.literal('failed'), z.literal('device-blocked')]),
  /** Shown text: base name only. */
  file: z.string().max(1024).optional(),
  volume: z.string().max(256).optional(),
  rule: z.string().max(64).optional(),
  message: localizedText.optional(),
  /** Present when a reason is asked for: answer with `file.justify`. */
  holdId: uuid.optional(),
});
export type Notification = z.infer<typeof notification>;

const empty = z.strictObject({});

export const ipcMethods = {
  'status.get': { params: empty, result: agentStatus, privilege: 'list' },
  'events.list': {
    params: z.strictObject({ limit: z.int().min(1).max(500), before: uuid.optional() }),
    result: z.strictObject({ events: z.array(ownEvent) }),
    privilege: 'list',
  },
  'file.justify': {
    params: z.strictObject({ holdId: uuid, justification: z.string().trim().min(3).max(2000) }),
    result: z.strictObject({ released: z.boolean() }),
    privilege: 'modify',
  },
  /** Where only the session can tell (Windows, macOS, Wayland): the tray reports, the agent decides. */
  'session.report-idle': { params: z.strictObject({ idleMillis: count, locked: z.boolean() }), result: empty, privilege: 'modify' },
  /** `sekisho quarantine restore` has given a file back: the record must know. */
  'quarantine.report-restored': { params: z.strictObject({ quarantineId: uuid }), result: empty, privilege: 'admin' },
  'session.report-lock': {
    params: z.strictObject({ ok: z.boolean(), reason: z.string().max(256).optional() }),
    result: empty,
    privilege: 'modify',
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType; privilege: Privilege }>;

export const ipcEvents = {
  'status.changed': agentStatus,
  'event.recorded': ownEvent,
  'notification.raised': notification,
  'screen.lock-warned': z.strictObject({ inMillis: count }),
  /** Lock this session now, by the OS's own call; answer with `session.report-lock`. */
  'screen.lock-requested': empty,
  /** Events were dropped for this slow client; ask again for what matters. */
  gap: z.strictObject({ dropped: count }),
} as const satisfies Record<string, z.ZodType>;

export type IpcMethod = keyof typeof ipcMethods;
export type IpcParams<M extends IpcMethod> = z.infer<(typeof ipcMethods)[M]['params']>;
export type IpcResult<M extends IpcMethod> = z.infer<(typeof ipcMethods)[M]['result']>;
export type IpcEvent = keyof typeof ipcEvents;
export type IpcEventData<E extends IpcEvent> = z.infer<(typeof ipcEvents)[E]>;

export const uiLanguage = language;

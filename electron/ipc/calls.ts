import { z } from 'zod';
import type { EventBody } from '../../src/contracts/event.ts';
import { instant, language, uuid } from '../../src/contracts/ids.ts';
import { agentStatus, ipcMethods, notification, ownEvent } from '../../src/contracts/ipc.ts';
import type { CallName, EventName } from './names.ts';

/** One message between a window and the main process, as JSON text in UTF-16 code units. */
export const MAX_CALL_CHARACTERS = 65_536;

/**
 * `not-trusted`: something answers at the agent's address that is not the agent's user.
 * `incompatible`: the agent speaks another protocol, as between an update and the next login.
 */
export const connection = z.enum(['connecting', 'connected', 'not-running', 'not-trusted', 'incompatible']);
export type Connection = z.infer<typeof connection>;

export const page = z.enum(['status', 'records', 'about']);
export type Page = z.infer<typeof page>;

/** A file that is held until its user gives a reason. */
export const question = notification.extend({ holdId: uuid });
export type Question = z.infer<typeof question>;

/** All that a window shows but the records. Sent whole at each change: small, and nothing to merge. */
export const trayState = z.strictObject({
  connection,
  /** The agent runs as this user, for practice: it guards nothing against the user. */
  practice: z.boolean(),
  /** Since when the connection is as it is. */
  since: instant,
  language,
  version: z.string().max(64),
  /** Null unless connected: yesterday's status is no answer to what is guarded now. */
  status: agentStatus.nullable(),
  questions: z.array(question).max(500),
});
export type TrayState = z.infer<typeof trayState>;

/** Pages of help that the tray may open in the browser; the links themselves are known to the main process alone. */
export const helpId = z.enum(['open-encrypted', 'privacy-law']);
export type HelpId = z.infer<typeof helpId>;

const empty = z.strictObject({});

const failed = z.strictObject({ code: z.string().max(64), message: z.string().max(2000), retryable: z.boolean() });
/** What every call gives back: expected failures are values here too, since Electron flattens thrown ones to a text. */
const outcome = <S extends z.ZodType>(value: S) =>
  z.discriminatedUnion('ok', [z.strictObject({ ok: z.literal(true), value }), z.strictObject({ ok: z.literal(false), error: failed })]);
export type CallFailure = z.infer<typeof failed>;

export const electronCalls = {
  getState: { params: empty, result: outcome(trayState) },
  listEvents: { params: ipcMethods['events.list'].params, result: outcome(ipcMethods['events.list'].result) },
  justifyFile: { params: ipcMethods['file.justify'].params, result: outcome(ipcMethods['file.justify'].result) },
  /** Closes the question window; the files stay held and stay in the records. */
  postponeQuestions: { params: empty, result: outcome(empty) },
  setLanguage: { params: z.strictObject({ language }), result: outcome(empty) },
  openHelp: { params: z.strictObject({ id: helpId }), result: outcome(empty) },
} as const satisfies Record<CallName, { params: z.ZodType; result: z.ZodType }>;

/** The held file that an event settles, if it does: held files lie in the quarantine under the id of their hold. */
export function settledHold(body: EventBody): string | null {
  const settles = body.type === 'file.released' || body.type === 'quarantine.restored' || body.type === 'quarantine.expired';
  return settles ? body.data.quarantineId : null;
}

export const electronEvents = {
  stateChanged: trayState,
  eventRecorded: ownEvent,
  /** Records were missed: ask for the list again. */
  recordsStale: empty,
  pageRequested: z.strictObject({ page }),
} as const satisfies Record<EventName, z.ZodType>;

export type CallParams<N extends CallName> = z.infer<(typeof electronCalls)[N]['params']>;
export type CallResult<N extends CallName> = z.infer<(typeof electronCalls)[N]['result']>;
export type CallValue<N extends CallName> = Extract<CallResult<N>, { ok: true }>['value'];
export type EventData<N extends EventName> = z.infer<(typeof electronEvents)[N]>;

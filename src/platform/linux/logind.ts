import { z } from 'zod';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { DBusCall, SystemBus } from './dbus.ts';

const LOGIND = 'org.freedesktop.login1';
const MANAGER: Pick<DBusCall, 'destination' | 'path' | 'interface'> = {
  destination: LOGIND,
  path: '/org/freedesktop/login1',
  interface: `${LOGIND}.Manager`,
};
/** Sessions come and go, and change, within logind's own object tree. */
export const LOGIND_SIGNALS = `type='signal',sender='${LOGIND}'`;

/** A login session as logind(5) has it. Times are microseconds; 0 stands for never. */
export interface LoginSession {
  readonly id: string;
  readonly userName: string;
  readonly uid: number;
  readonly sessionClass: string;
  readonly type: string;
  readonly display: string;
  readonly remote: boolean;
  readonly idleHint: boolean;
  readonly idleSince: number;
  readonly idleSinceMonotonic: number;
  readonly locked: boolean;
  readonly leader: number;
}

// The library gives a variant as its type and its values, and a dictionary as pairs.
const variant = z.tuple([z.unknown(), z.tuple([z.unknown()]).rest(z.unknown())]);
const dictionary = z.array(z.tuple([z.string(), variant]));
const sessionList = z.array(z.tuple([z.string(), z.number(), z.string(), z.string(), z.string()]));
const micros = z.coerce.number().nonnegative().catch(0);

const properties = z.object({
  Id: z.string(),
  Name: z.string(),
  User: z.tuple([z.number()]).rest(z.unknown()),
  Class: z.string().catch('user'),
  Type: z.string().catch('unspecified'),
  Display: z.string().catch(''),
  Remote: z.boolean().catch(false),
  IdleHint: z.boolean().catch(false),
  IdleSinceHint: micros,
  IdleSinceHintMonotonic: micros,
  LockedHint: z.boolean().catch(false),
  Leader: z.number().catch(0),
});

const unexpected = (cause: unknown): Failure =>
  failure('DLP_SESSION_UNAVAILABLE', 'The login manager answered something unexpected.', { cause });

/** The ids and object paths of every session. */
export async function listSessions(bus: SystemBus): Promise<Result<{ id: string; path: string }[], Failure>> {
  const reply = await bus.call({ ...MANAGER, member: 'ListSessions' });
  if (!reply.ok) return reply;
  const parsed = sessionList.safeParse(reply.value);
  if (!parsed.success) return err(unexpected(parsed.error));
  return ok(parsed.data.map(([id, _uid, _user, _seat, path]) => ({ id, path })));
}

export async function readSession(bus: SystemBus, path: string): Promise<Result<LoginSession, Failure>> {
  const reply = await bus.call({
    destination: LOGIND,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'GetAll',
    signature: 's',
    body: [`${LOGIND}.Session`],
  });
  if (!reply.ok) return reply;
  const pairs = dictionary.safeParse(reply.value);
  if (!pairs.success) return err(unexpected(pairs.error));
  const parsed = properties.safeParse(Object.fromEntries(pairs.data.map(([name, [, [value]]]) => [name, value])));
  if (!parsed.success) return err(unexpected(parsed.error));
  const found = parsed.data;
  return ok({
    id: found.Id,
    userName: found.Name,
    uid: found.User[0],
    sessionClass: found.Class,
    type: found.Type,
    display: found.Display,
    remote: found.Remote,
    idleHint: found.IdleHint,
    idleSince: found.IdleSinceHint,
    idleSinceMonotonic: found.IdleSinceHintMonotonic,
    locked: found.LockedHint,
    leader: found.Leader,
  });
}

/** Asks the session's own screen locker to lock: logind passes it on, and does not wait for it. */
export async function lockSession(bus: SystemBus, id: string): Promise<Result<void, Failure>> {
  const reply = await bus.call({ ...MANAGER, member: 'LockSession', signature: 's', body: [id] });
  return reply.ok ? ok(undefined) : err(failure('DLP_LOCK_FAILED', reply.error.message, { cause: reply.error, retryable: true }));
}

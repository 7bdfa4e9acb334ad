import { systemBus } from '@homebridge/dbus-native';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';

const SIGNAL = 4;
const CALL_MILLIS = 5000;

export interface DBusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface DBusSignal {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
}

export interface SystemBus {
  /** The reply's first value, as the library decodes it; its shape is the caller's to check. */
  call(call: DBusCall): Promise<Result<unknown, Failure>>;
  /** Has the bus send the signals of a match rule to `onSignal`. */
  subscribe(rule: string): Promise<Result<unknown, Failure>>;
  close(): void;
}

export interface SystemBusOptions {
  readonly onSignal: (signal: DBusSignal) => void;
  /** The bus is gone; nothing of this object works any longer. */
  readonly onLost: () => void;
}

const unavailable = (cause?: unknown): Failure =>
  failure('DLP_SESSION_UNAVAILABLE', 'The system bus (D-Bus) cannot be reached; login sessions are not seen.', { retryable: true, cause });

/** Connects to the bus of DBUS_SYSTEM_BUS_ADDRESS, or the usual one. */
export async function connectSystemBus(options: SystemBusOptions): Promise<Result<SystemBus, Failure>> {
  let bus: ReturnType<typeof systemBus>;
  try {
    bus = systemBus();
  } catch (cause) {
    return err(unavailable(cause));
  }
  const { connection } = bus;
  let lost: Failure | null = null;
  const abandoned = new Set<(reason: Failure) => void>();
  const giveUp = (cause?: unknown): boolean => {
    if (lost !== null) return false;
    lost = unavailable(cause);
    for (const abandon of abandoned) abandon(lost);
    return true;
  };
  const lose = (cause?: unknown): void => {
    if (giveUp(cause)) options.onLost();
  };
  connection.on('error', lose);
  connection.on('end', () => lose());
  connection.on('message', (message: unknown) => {
    const signal = asSignal(message);
    if (signal !== null) options.onSignal(signal);
  });

  function call(outgoing: DBusCall): Promise<Result<unknown, Failure>> {
    if (lost !== null) return Promise.resolve(err(lost));
    return new Promise((resolve) => {
      const finish = (result: Result<unknown, Failure>): void => {
        clearTimeout(late);
        abandoned.delete(abandon);
        resolve(result);
      };
      const abandon = (reason: Failure): void => finish(err(reason));
      const late = setTimeout(() => abandon(unavailable(new Error(`${outgoing.member} was not answered`))), CALL_MILLIS);
      abandoned.add(abandon);
      bus.invoke(outgoing, (error, value: unknown) => {
        if (error === undefined || error === null) finish(ok(value));
        else
          finish(
            err(failure('DLP_SESSION_UNAVAILABLE', `The login manager refused ${outgoing.member} (${error.name}).`, { cause: error })),
          );
      });
    });
  }

  const self: SystemBus = {
    call,
    subscribe: (rule) =>
      call({
        destination: 'org.freedesktop.DBus',
        path: '/org/freedesktop/DBus',
        interface: 'org.freedesktop.DBus',
        member: 'AddMatch',
        signature: 's',
        body: [rule],
      }),
    close() {
      giveUp();
      connection.stream.destroy();
    },
  };
  const greeted = await call({
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'GetId',
  });
  if (greeted.ok) return ok(self);
  self.close();
  return greeted;
}

function asSignal(message: unknown): DBusSignal | null {
  if (typeof message !== 'object' || message === null) return null;
  if (!('type' in message) || message.type !== SIGNAL || !('path' in message) || !('interface' in message) || !('member' in message))
    return null;
  const { path, interface: owner, member } = message;
  return typeof path === 'string' && typeof owner === 'string' && typeof member === 'string' ? { path, interface: owner, member } : null;
}

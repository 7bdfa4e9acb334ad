import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { err, type Result } from '../../src/contracts/result.ts';
import { type Failure, failure } from '../../src/contracts/errors.ts';
import { type CallParams, type CallValue, electronCalls, MAX_CALL_CHARACTERS } from '../ipc/calls.ts';
import { CALL_NAMES, callChannel, type CallName } from '../ipc/names.ts';
import type { Log } from './log.ts';
import { APP_ORIGIN } from './scheme.ts';

export type CallHandlers = {
  readonly [N in CallName]: (params: CallParams<N>) => Promise<Result<CallValue<N>, Failure>>;
};

export interface GateOptions {
  /** Is this the page of one of our own windows? */
  readonly owns: (contents: WebContents) => boolean;
  readonly log: Log;
}

/**
 * The only way from a window into the main process. A call comes through when it is in the table, its sender is the main frame
 * of one of our windows on our own origin, it is small enough and its parameters parse. Handlers see parsed values only.
 */
export function openGate(handlers: CallHandlers, options: GateOptions): void {
  for (const name of CALL_NAMES) {
    ipcMain.handle(callChannel(name), (event, params: unknown) => {
      if (!isTrustedSender(event, options)) {
        options.log('refused', { what: 'call from a foreign sender', call: name });
        throw new Error('this page may not call');
      }
      return answer(name, handlers, params, options.log);
    });
  }
}

function isTrustedSender(event: IpcMainInvokeEvent, options: GateOptions): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && frame.origin === APP_ORIGIN && options.owns(event.sender);
}

async function answer(name: CallName, handlers: CallHandlers, params: unknown, log: Log): Promise<unknown> {
  const call = electronCalls[name];
  const parsed = isSmall(params) ? call.params.safeParse(params) : null;
  if (parsed === null || !parsed.success) {
    log('refused', { what: 'call parameters', call: name });
    return call.result.parse(err(failure('DLP_IPC_PARAMS', 'the request was not understood')));
  }
  // The row of `name` parsed it; TypeScript does not follow an index by a union.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const result = await handlers[name](parsed.data as never);
  return call.result.parse(result.ok ? result : err(withoutCause(result.error)));
}

function isSmall(params: unknown): boolean {
  try {
    return (JSON.stringify(params) ?? '').length <= MAX_CALL_CHARACTERS;
  } catch {
    // Cycles and BigInts survive Electron's structured clone, but no call takes them.
    return false;
  }
}

/** Causes hold stacks and paths of the host: they stay in this process. */
const withoutCause = ({ code, message, retryable }: Failure): Omit<Failure, 'cause'> => ({ code, message, retryable });

import { lstat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { type ErrorCode, errorCode, failure, type Failure } from '../contracts/errors.ts';
import {
  hello,
  IPC_MAX_MESSAGE_BYTES,
  IPC_PROTOCOL,
  type IpcEvent,
  type IpcEventData,
  ipcEvents,
  type IpcMethod,
  ipcMethods,
  type IpcParams,
  type IpcResult,
  push,
  response,
} from '../contracts/ipc.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import { createLineDecoder, encodeLine } from './ndjson.ts';

const CONNECT_MILLIS = 5000;
const REQUEST_MILLIS = 10_000;

export type IpcEventMessage = { [E in IpcEvent]: { readonly type: E; readonly data: IpcEventData<E> } }[IpcEvent];

export interface IpcClientOptions {
  /** Shown to the agent, e.g. `cli 0.1.0`. */
  readonly build: string;
  readonly onEvent?: (event: IpcEventMessage) => void;
  /** The connection is over, for whatever reason; reconnecting is the caller's. */
  readonly onClose?: () => void;
  readonly requestTimeoutMillis?: number;
}

export interface IpcClient {
  readonly agentBuild: string;
  /** Fails with the agent's own error, DLP_IPC_TIMEOUT, DLP_IPC_CLOSED, or DLP_IPC_PROTOCOL when the answer does not parse. */
  request<M extends IpcMethod>(method: M, params: IpcParams<M>): Promise<Result<IpcResult<M>, Failure>>;
  close(): void;
}

/**
 * Connects to the agent (docs/spec/ipc.md). Fails with DLP_IPC_CLOSED when nobody listens, DLP_IPC_PEER when the socket
 * belongs to another user, DLP_IPC_PROTOCOL when the agent speaks another version.
 */
export async function connectIpc(endpoint: string, options: IpcClientOptions): Promise<Result<IpcClient, Failure>> {
  const trusted = await checkOwner(endpoint);
  if (!trusted.ok) return trusted;
  return new Promise((resolve) => {
    const connection = new ClientConnection(createConnection(endpoint), options, resolve);
    connection.greet();
  });
}

/** A socket in another user's hands would collect what people type into it. */
async function checkOwner(endpoint: string): Promise<Result<void, Failure>> {
  if (process.platform === 'win32') return ok(undefined);
  const socket = await lstat(endpoint).catch(() => null);
  const folder = await lstat(dirname(endpoint)).catch(() => null);
  if (socket === null || folder === null) return err(failure('DLP_IPC_CLOSED', 'The agent is not running.', { retryable: true }));
  const owners = new Set([0, process.geteuid?.()]);
  if (!socket.isSocket() || !owners.has(socket.uid) || !owners.has(folder.uid))
    return err(failure('DLP_IPC_PEER', `${endpoint} belongs to another user; it is not the agent.`));
  return ok(undefined);
}

type Settle = (outcome: Result<unknown, Failure>) => void;

class ClientConnection implements IpcClient {
  readonly #socket: Socket;
  readonly #options: IpcClientOptions;
  readonly #waiting = new Map<number, Settle>();
  #greeted: ((outcome: Result<IpcClient, Failure>) => void) | null;
  #lastId = 0;
  #closed = false;
  agentBuild = '';

  constructor(socket: Socket, options: IpcClientOptions, greeted: (outcome: Result<IpcClient, Failure>) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#greeted = greeted;
    const decoder = createLineDecoder({
      maxBytes: IPC_MAX_MESSAGE_BYTES + 1024,
      onMessage: (message) => this.#receive(message),
      onError: (error) => this.#end(error),
    });
    socket.setTimeout(CONNECT_MILLIS, () => this.#end(failure('DLP_IPC_TIMEOUT', 'The agent does not answer.', { retryable: true })));
    socket.on('data', (chunk: Buffer) => decoder.push(chunk));
    socket.on('error', (cause) => this.#end(failure('DLP_IPC_CLOSED', 'The agent is not running.', { retryable: true, cause })));
    socket.on('close', () => this.#end(failure('DLP_IPC_CLOSED', 'The agent closed the connection.', { retryable: true })));
  }

  greet(): void {
    this.#socket.write(encodeLine({ kind: 'hello', protocol: IPC_PROTOCOL, build: this.#options.build }));
  }

  async request<M extends IpcMethod>(method: M, params: IpcParams<M>): Promise<Result<IpcResult<M>, Failure>> {
    if (this.#closed) return err(failure('DLP_IPC_CLOSED', 'The connection to the agent is closed.', { retryable: true }));
    const outcome = await this.#exchange(method, params);
    if (!outcome.ok) return outcome;
    const result = ipcMethods[method].result.safeParse(outcome.value);
    if (!result.success)
      return err(failure('DLP_IPC_PROTOCOL', 'The agent answered something else than was asked.', { cause: result.error }));
    // The table's row for `method` parsed it; TypeScript does not follow an index by a type parameter.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return ok(result.data as IpcResult<M>);
  }

  close(): void {
    this.#end(failure('DLP_IPC_CLOSED', 'The connection to the agent was closed.'));
  }

  #exchange(method: string, params: unknown): Promise<Result<unknown, Failure>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const late = setTimeout(
        () => settle(err(failure('DLP_IPC_TIMEOUT', 'The agent took too long to answer.', { retryable: true }))),
        this.#options.requestTimeoutMillis ?? REQUEST_MILLIS,
      );
      const settle: Settle = (outcome) => {
        clearTimeout(late);
        this.#waiting.delete(id);
        resolve(outcome);
      };
      this.#waiting.set(id, settle);
      this.#socket.write(encodeLine({ kind: 'request', id, method, params }));
    });
  }

  #receive(message: unknown): void {
    if (this.#greeted !== null) return this.#welcome(message);
    const event = push.safeParse(message);
    if (event.success) return this.#deliver(event.data.type, event.data.data);
    const answer = response.safeParse(message);
    if (!answer.success) return this.#end(failure('DLP_IPC_PROTOCOL', 'The agent sent something that is no message.'));
    const settle = this.#waiting.get(answer.data.id);
    if (answer.data.ok) settle?.(ok(answer.data.result));
    else settle?.(err(failure(knownCode(answer.data.error.code), answer.data.error.message, { retryable: answer.data.error.retryable })));
  }

  #welcome(message: unknown): void {
    const theirs = hello.safeParse(message);
    if (!theirs.success) return this.#end(failure('DLP_IPC_PROTOCOL', 'What listens there is not the agent.'));
    if (theirs.data.protocol !== IPC_PROTOCOL) {
      const older = theirs.data.protocol < IPC_PROTOCOL ? 'agent' : 'program';
      return this.#end(failure('DLP_IPC_PROTOCOL', `The agent (${theirs.data.build}) speaks another version. Update the ${older}.`));
    }
    this.#socket.setTimeout(0);
    this.agentBuild = theirs.data.build;
    this.#greeted?.(ok(this));
    this.#greeted = null;
  }

  /** Events this build does not know are left out: a newer agent may send more. */
  #deliver(type: string, data: unknown): void {
    if (!isEvent(type)) return;
    const parsed = ipcEvents[type].safeParse(data);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the row of `type` parsed it
    if (parsed.success) this.#options.onEvent?.({ type, data: parsed.data } as IpcEventMessage);
  }

  #end(reason: Failure): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    const greeted = this.#greeted;
    this.#greeted = null;
    greeted?.(err(reason));
    for (const settle of this.#waiting.values()) settle(err(reason));
    if (greeted === null) this.#options.onClose?.();
  }
}

const isEvent = (type: string): type is IpcEvent => Object.hasOwn(ipcEvents, type);

function knownCode(code: string): ErrorCode {
  const known = errorCode.safeParse(code);
  return known.success ? known.data : 'DLP_INTERNAL';
}

import { type Failure, failure } from '../../src/contracts/errors.ts';
import type { IpcMethod, IpcParams, IpcResult } from '../../src/contracts/ipc.ts';
import { err, type Result } from '../../src/contracts/result.ts';
import { connectIpc, type IpcClient, type IpcEventMessage } from '../../src/node/ipc-client.ts';
import { VERSION } from '../../src/node/version.ts';
import type { Connection } from '../ipc/calls.ts';
import { type AgentEndpoint, ownerOf } from './endpoint.ts';
import type { Log } from './log.ts';
import { reconnectDelay } from './reconnect.ts';

export interface AgentListener {
  connectionChanged(connection: Connection, practice: boolean): void;
  received(event: IpcEventMessage): void;
}

/**
 * Keeps a connection to the agent for as long as the tray runs: checks whose socket it is before each attempt, says hello,
 * and tries again with growing pauses when the agent is away.
 */
export class AgentClient {
  readonly #endpoint: AgentEndpoint;
  readonly #listener: AgentListener;
  readonly #log: Log;
  #connection: IpcClient | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(endpoint: AgentEndpoint, listener: AgentListener, log: Log) {
    this.#endpoint = endpoint;
    this.#listener = listener;
    this.#log = log;
  }

  start(): void {
    void this.#attempt();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#connection?.close();
  }

  /** Fails with DLP_IPC_CLOSED while the agent is away, else as the agent answers. */
  request<M extends IpcMethod>(method: M, params: IpcParams<M>): Promise<Result<IpcResult<M>, Failure>> {
    if (this.#connection === null) return Promise.resolve(err(failure('DLP_IPC_CLOSED', 'The agent is not running.', { retryable: true })));
    return this.#connection.request(method, params);
  }

  async #attempt(): Promise<void> {
    const owner = await ownerOf(this.#endpoint.path);
    const trusted = owner === 'system' || (owner === 'self' && this.#endpoint.practice);
    if (!trusted) return this.#retry(owner === 'absent' ? 'not-running' : 'not-trusted');
    const connected = await connectIpc(this.#endpoint.path, {
      build: `tray ${VERSION}`,
      onEvent: (event) => this.#listener.received(event),
      onClose: () => this.#lost(),
    });
    if (!connected.ok) return this.#retry(meaningOf(connected.error));
    if (this.#stopped) return connected.value.close();
    this.#connection = connected.value;
    this.#failures = 0;
    this.#log('agent connected', { owner });
    this.#listener.connectionChanged('connected', owner === 'self');
  }

  #lost(): void {
    this.#connection = null;
    if (!this.#stopped) this.#retry('not-running');
  }

  #retry(connection: Connection): void {
    const delay = reconnectDelay(this.#failures);
    this.#failures += 1;
    this.#log('agent away', { connection, retryInMillis: delay });
    this.#listener.connectionChanged(connection, false);
    this.#timer = setTimeout(() => void this.#attempt(), delay);
  }
}

function meaningOf(error: Failure): Connection {
  if (error.code === 'DLP_IPC_PROTOCOL') return 'incompatible';
  return error.code === 'DLP_IPC_PEER' ? 'not-trusted' : 'not-running';
}

import type { Socket } from 'node:net';
import { failure, type Failure } from '../../contracts/errors.ts';
import {
  hello,
  IPC_MAX_MESSAGE_BYTES,
  IPC_PROTOCOL,
  type IpcEvent,
  type IpcEventData,
  ipcEvents,
  type IpcResponse,
  request,
} from '../../contracts/ipc.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { createLineDecoder, encodeLine, type LineDecoder } from '../../node/ndjson.ts';
import type { PeerIdentity } from '../../platform/types.ts';
import { OutboundQueue } from './outbound-queue.ts';

/** Requests of one client under way at a time; the rest wait in the socket. */
const MAX_REQUESTS_IN_FLIGHT = 32;
const HELLO_MILLIS = 5000;

/** One client, as handlers see it. */
export interface IpcConnection {
  /** Unique within the agent's run. */
  readonly id: string;
  readonly peer: PeerIdentity;
  /** Sends an event to this client alone; false once it is gone. */
  send<E extends IpcEvent>(event: E, data: IpcEventData<E>): boolean;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: Socket;
  readonly peer: PeerIdentity;
  readonly build: string;
  readonly dispatch: (request: { id: number; method: string; params: unknown }, connection: IpcConnection) => Promise<IpcResponse>;
  readonly onReady: (connection: ServerConnection) => void;
  readonly onClosed: (connection: ServerConnection) => void;
  readonly onError: (error: Failure) => void;
}

/** The agent's end of one client's socket. Everything that arrives is hostile until parsed. */
export class ServerConnection implements IpcConnection {
  readonly id: string;
  readonly peer: PeerIdentity;
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #decoder: LineDecoder;
  readonly #queue: OutboundQueue;
  #state: 'greeting' | 'open' | 'closed' = 'greeting';
  #inFlight = 0;

  constructor(options: ConnectionOptions) {
    const { socket } = options;
    this.id = options.id;
    this.peer = options.peer;
    this.#options = options;
    this.#socket = socket;
    this.#queue = new OutboundQueue({ write: (line) => socket.write(line) });
    this.#decoder = createLineDecoder({
      maxBytes: IPC_MAX_MESSAGE_BYTES,
      onMessage: (message) => this.#receive(message),
      onError: () => this.close(),
    });
    socket.setTimeout(HELLO_MILLIS, () => {
      if (this.#state === 'greeting') this.close();
    });
    socket.on('data', (chunk: Buffer) => this.#decoder.push(chunk));
    socket.on('drain', () => {
      this.#queue.drained();
      this.#pace();
    });
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
  }

  get ready(): boolean {
    return this.#state === 'open';
  }

  send<E extends IpcEvent>(event: E, data: IpcEventData<E>): boolean {
    const encoded = encodeEvent(event, data);
    if (!encoded.ok) {
      this.#options.onError(encoded.error);
      return false;
    }
    return this.sendEncoded(event, encoded.value);
  }

  /** `json` from `encodeEvent`: the same text for every client of a broadcast. */
  sendEncoded(event: IpcEvent, json: string): boolean {
    if (this.#state !== 'open') return false;
    this.#queue.pushEvent(event, json);
    return true;
  }

  close(): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#decoder.close();
    this.#socket.destroy();
    if (wasOpen) this.#options.onClosed(this);
  }

  #receive(message: unknown): void {
    if (this.#state === 'greeting') return this.#greet(message);
    const parsed = request.safeParse(message);
    if (!parsed.success) return this.close();
    void this.#answer(parsed.data);
  }

  #greet(message: unknown): void {
    const theirs = hello.safeParse(message);
    if (!theirs.success) return this.close();
    const ours = encodeLine({ kind: 'hello', protocol: IPC_PROTOCOL, build: this.#options.build });
    if (theirs.data.protocol !== IPC_PROTOCOL) {
      // Told our number before the line goes down, so that the client can say which side is older.
      this.#decoder.close();
      this.#socket.end(ours);
      return;
    }
    this.#socket.setTimeout(0);
    this.#state = 'open';
    this.#queue.pushAnswer(ours);
    this.#options.onReady(this);
  }

  async #answer(incoming: { id: number; method: string; params: unknown }): Promise<void> {
    this.#inFlight += 1;
    this.#pace();
    const response = await this.#options.dispatch(incoming, this);
    this.#inFlight -= 1;
    if (this.#state !== 'open') return;
    this.#queue.pushAnswer(this.#encodeResponse(response));
    this.#pace();
  }

  #encodeResponse(response: IpcResponse): Buffer {
    const line = encodeLine(response);
    if (line.length <= IPC_MAX_MESSAGE_BYTES) return line;
    this.#options.onError(failure('DLP_INTERNAL', 'An answer was larger than a message may be.'));
    const error = { code: 'DLP_INTERNAL', message: 'The answer is too large to send.', retryable: false };
    return encodeLine({ kind: 'response', id: response.id, ok: false, error });
  }

  /** A client that asks faster than it is answered, or does not read its answers, waits in its own socket. */
  #pace(): void {
    if (this.#inFlight >= MAX_REQUESTS_IN_FLIGHT || this.#queue.blocked) this.#socket.pause();
    else this.#socket.resume();
  }
}

/** An event's data as JSON text; a wrong shape is the agent's own mistake and never leaves it. */
export function encodeEvent<E extends IpcEvent>(event: E, data: IpcEventData<E>): Result<string, Failure> {
  const parsed = ipcEvents[event].safeParse(data);
  if (!parsed.success) return err(failure('DLP_INTERNAL', `The agent made a wrong ${event} event.`, { cause: parsed.error }));
  const json = JSON.stringify(parsed.data);
  if (Buffer.byteLength(json) > IPC_MAX_MESSAGE_BYTES - 256) return err(failure('DLP_INTERNAL', `A ${event} event was too large to send.`));
  return ok(json);
}

import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import {
  request as requestSchema,
  IPC_MAX_MESSAGE_BYTES,
  type IpcEvent,
  type IpcEventData,
  ipcEvents,
  type IpcMethod,
  ipcMethods,
} from '../../src/contracts/ipc.ts';
import { createLineDecoder, encodeLine } from '../../src/node/ndjson.ts';

export type Answers = { readonly [M in IpcMethod]?: (params: unknown) => unknown };

/** An agent on a real socket that speaks the contract and says what the test tells it to. */
export class ScriptedAgent {
  readonly path: string;
  readonly requests: { method: string; params: unknown }[] = [];
  readonly hellos: unknown[] = [];
  readonly #answers: Answers;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #sequence = 0;
  protocol = 1;
  /** Methods that are answered with an error. */
  readonly refusals = new Map<IpcMethod, { code: string; message: string }>();

  constructor(path: string, answers: Answers) {
    this.path = path;
    this.#answers = answers;
  }

  /** `owner`: the user that socket and folder are given to. */
  async start(owner?: number): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o755 });
    rmSync(this.path, { force: true });
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
    // Anyone may say hello; the folder is the owner's alone.
    chmodSync(this.path, 0o666);
    if (owner === undefined) return;
    chownSync(this.path, owner, owner);
    chownSync(dirname(this.path), owner, owner);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  push<E extends IpcEvent>(type: E, data: IpcEventData<E>): void {
    ipcEvents[type].parse(data);
    this.#sequence += 1;
    for (const socket of this.#sockets) socket.write(encodeLine({ kind: 'event', sequence: this.#sequence, type, data }));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let greeted = false;
    const decoder = createLineDecoder({
      maxBytes: IPC_MAX_MESSAGE_BYTES,
      onMessage: (message) => {
        if (!greeted) {
          greeted = true;
          this.hellos.push(message);
          socket.write(encodeLine({ kind: 'hello', protocol: this.protocol, build: 'agent 0.1.0' }));
        } else socket.write(encodeLine(this.#answer(message)));
      },
      onError: () => socket.destroy(),
    });
    socket.on('data', (chunk) => decoder.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #answer(message: unknown): object {
    const { id, method, params } = requestSchema.parse(message);
    const row = ipcMethods[method as IpcMethod];
    this.requests.push({ method, params: row.params.parse(params) });
    const refusal = this.refusals.get(method as IpcMethod);
    if (refusal !== undefined) return { kind: 'response', id, ok: false, error: { ...refusal, retryable: false } };
    const answer = this.#answers[method as IpcMethod];
    if (answer === undefined)
      return { kind: 'response', id, ok: false, error: { code: 'DLP_IPC_METHOD', message: `no answer to ${method}`, retryable: false } };
    return { kind: 'response', id, ok: true, result: row.result.parse(answer(params)) };
  }
}

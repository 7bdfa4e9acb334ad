import { createServer, type Socket } from 'node:net';
import type { Failure } from '../../contracts/errors.ts';
import type { IpcEvent, IpcEventData } from '../../contracts/ipc.ts';
import type { Clock } from '../../core/ports.ts';
import { ok, type Result } from '../../contracts/result.ts';
import type { PeerIdentity } from '../../platform/types.ts';
import { encodeEvent, type IpcConnection, ServerConnection } from './connection.ts';
import { dispatch, type IpcHandlers } from './dispatch.ts';
import { RateLimit } from './rate-limit.ts';
import { listenOn } from './endpoint.ts';

/** One account cannot take the places of all others. */
const MAX_CONNECTIONS_PER_ACCOUNT = 16;
const MAX_CONNECTIONS = 256;

export interface IpcServerOptions {
  /** Unix socket path or `\\.\pipe\...` name. */
  readonly endpoint: string;
  readonly peerOf: (socket: Socket) => Result<PeerIdentity, Failure>;
  readonly handlers: IpcHandlers;
  readonly clock: Clock;
  /** Shown to clients, e.g. `0.1.0`. */
  readonly build: string;
  /** Mistakes of the agent and refused peers: for the log. */
  readonly onError: (error: Failure) => void;
  /** A client has said a good hello. */
  readonly onConnected?: (connection: IpcConnection) => void;
  readonly onDisconnected?: (connection: IpcConnection) => void;
}

export interface IpcServer {
  readonly endpoint: string;
  /** Clients that are greeted and not gone. */
  connections(): readonly IpcConnection[];
  /** Sends to every client the filter lets through. Events about a person's files go to that person and administrators only. */
  broadcast<E extends IpcEvent>(event: E, data: IpcEventData<E>, filter?: (peer: PeerIdentity) => boolean): void;
  close(): Promise<void>;
}

/** Serves docs/spec/ipc.md. Fails with DLP_IPC_ENDPOINT where it cannot listen safely. */
export async function startIpcServer(options: IpcServerOptions): Promise<Result<IpcServer, Failure>> {
  const connections = new Set<ServerConnection>();
  const limit = new RateLimit(options.clock);
  let opened = 0;

  function accept(socket: Socket): void {
    const peer = options.peerOf(socket);
    if (!peer.ok || isCrowded(connections, peer.value)) {
      if (!peer.ok) options.onError(peer.error);
      socket.destroy();
      return;
    }
    opened += 1;
    const connection = new ServerConnection({
      id: String(opened),
      socket,
      peer: peer.value,
      build: options.build,
      dispatch: async (request, asker) => {
        if (!asker.peer.admin) await limit.turn(String(asker.peer.uid ?? asker.peer.sid ?? asker.peer.name));
        return dispatch(options.handlers, request, asker, options.onError);
      },
      onReady: (ready) => options.onConnected?.(ready),
      onClosed: (closed) => options.onDisconnected?.(closed),
      onError: options.onError,
    });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  }

  const server = createServer(accept);
  const listening = await listenOn(server, options.endpoint);
  if (!listening.ok) return listening;
  return ok({
    endpoint: options.endpoint,
    connections: () => [...connections].filter((connection) => connection.ready),
    broadcast(event, data, filter = () => true) {
      const encoded = encodeEvent(event, data);
      if (!encoded.ok) return options.onError(encoded.error);
      for (const connection of connections) if (filter(connection.peer)) connection.sendEncoded(event, encoded.value);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.close();
      }),
  });
}

function isCrowded(connections: ReadonlySet<ServerConnection>, peer: PeerIdentity): boolean {
  if (peer.admin) return false;
  const same = [...connections].filter(({ peer: other }) => other.uid === peer.uid && other.sid === peer.sid && !other.admin);
  return connections.size >= MAX_CONNECTIONS || same.length >= MAX_CONNECTIONS_PER_ACCOUNT;
}

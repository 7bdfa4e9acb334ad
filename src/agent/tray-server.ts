import type { Failure } from '../contracts/errors.ts';
import type { Notification } from '../contracts/ipc.ts';
import { ok, type Result } from '../contracts/result.ts';
import { VERSION } from '../node/version.ts';
import type { TraySessions } from '../platform/tray-sessions.ts';
import type { PeerIdentity, Platform } from '../platform/types.ts';
import { type HandlerPorts, ipcHandlers, traySession } from './ipc-handlers.ts';
import { type IpcServer, startIpcServer } from './ipc/server.ts';
import type { OpenSpool } from './spool/sqlite-spool.ts';
import { systemClock } from './system-clock.ts';
import { mayReadEvent, ownEvent } from './status.ts';

export interface TrayServerOptions extends HandlerPorts {
  readonly endpoint: string;
  readonly platform: Pick<Platform, 'peerOf'>;
  readonly spool: Pick<OpenSpool, 'recent' | 'onAppend'>;
  readonly trays: TraySessions;
  readonly log: (line: string) => void;
}

/** The agent's side of what the trays show and ask. */
export interface TrayServer {
  notify(to: string | null, notification: Notification): void;
  warnScreenLock(session: string, inMillis: number): void;
  statusChanged(): void;
  close(): Promise<void>;
}

export async function serveTray(options: TrayServerOptions): Promise<Result<TrayServer, Failure>> {
  const { trays, spool, log } = options;
  const started = await startIpcServer({
    endpoint: options.endpoint,
    peerOf: (socket) => options.platform.peerOf(socket),
    clock: systemClock,
    build: VERSION,
    handlers: ipcHandlers(options),
    onError: (error) => log(`Local socket: ${error.message} (${error.code})`),
    onDisconnected: (connection) => trays.disconnected(traySession(connection.id)),
  });
  if (!started.ok) return started;
  const server = started.value;
  const leave = spool.onAppend(() => tellNewest(server, spool));
  const status = coalesced(() => {
    if (server.connections().length > 0) server.broadcast('status.changed', options.status());
  });
  return ok({
    notify: (to, notification) => server.broadcast('notification.raised', notification, (peer) => concerns(peer, to)),
    warnScreenLock(session, inMillis) {
      const name = options.state().sessions[session]?.actor.name ?? null;
      server.broadcast('screen.lock-warned', { inMillis: Math.max(0, Math.round(inMillis)) }, (peer) => peer.name === name);
    },
    statusChanged: status,
    async close() {
      leave();
      await server.close();
    },
  });
}

function tellNewest(server: IpcServer, spool: Pick<OpenSpool, 'recent'>): void {
  if (server.connections().length === 0) return;
  const [newest] = spool.recent(1);
  if (newest !== undefined) server.broadcast('event.recorded', ownEvent(newest), (peer) => mayReadEvent(peer, newest.body));
}

function concerns(peer: PeerIdentity, name: string | null): boolean {
  return name === null || peer.admin || peer.name === name;
}

/** Many changes in one turn are one message. */
function coalesced(run: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      run();
    });
  };
}

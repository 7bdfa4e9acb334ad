import { failure } from '../contracts/errors.ts';
import type { AgentStatus, OwnEvent } from '../contracts/ipc.ts';
import { err, ok } from '../contracts/result.ts';
import type { AgentState } from '../core/state.ts';
import type { PeerIdentity } from '../platform/types.ts';
import type { TraySessions } from '../platform/tray-sessions.ts';
import type { Happening } from './effects.ts';
import type { IpcConnection } from './ipc/connection.ts';
import type { IpcHandlers } from './ipc/dispatch.ts';
import { factsOf } from './quarantine-keeper.ts';
import type { Quarantine } from './quarantine/quarantine.ts';
import type { OpenSpool } from './spool/sqlite-spool.ts';
import { mayReadEvent, ownEvent } from './status.ts';

/** Read at most this much of the spool to fill one page, a part at a time: the rest may be other people's. */
const PAGE_SCAN = 2000;
const PART = 100;

export interface HandlerPorts {
  readonly status: () => AgentStatus;
  readonly state: () => AgentState;
  readonly spool: Pick<OpenSpool, 'recent'>;
  readonly quarantine: Pick<Quarantine, 'find'>;
  readonly trays: TraySessions;
  readonly report: (happening: Happening) => void;
}

/** Names the session that a connection stands for, towards `TraySessions`. */
export function traySession(connectionId: string): string {
  return `tray:${connectionId}`;
}

/** What the agent does for whoever is at the socket; the table of methods has checked the privilege already. */
export function ipcHandlers(ports: HandlerPorts): IpcHandlers {
  const reporting = new WeakSet<IpcConnection>();
  return {
    'status.get': () => ok(ports.status()),

    'events.list': ({ limit, before }, { peer }) => {
      return ok({ events: ownEvents(ports.spool, peer, limit, before) });
    },

    'file.justify': ({ holdId, justification }, { peer }) => {
      const hold = ports.state().holds[holdId];
      if (hold === undefined || !isOwn(peer, hold.actor.name)) {
        return err(failure('DLP_QUARANTINE_MISSING', 'No file of yours is held under that number. It may have been released already.'));
      }
      ports.report({ kind: 'file.justified', holdId, actor: { name: peer.name, basis: 'process' }, justification });
      return ok({ released: true });
    },

    'quarantine.report-restored': async ({ quarantineId }, { peer }) => {
      const item = await ports.quarantine.find(quarantineId);
      if (item === null) return err(failure('DLP_QUARANTINE_MISSING', 'No file is in quarantine under that number.'));
      ports.report({ kind: 'quarantine.restored', quarantineId, actor: { name: peer.name, basis: 'process' }, file: factsOf(item) });
      return ok({});
    },

    // A client counts as a tray from its first report on: the command line connects to the same socket.
    'session.report-idle': (idle, connection) => {
      if (!reporting.has(connection)) {
        reporting.add(connection);
        const actor = { name: connection.peer.name, basis: 'session' } as const;
        ports.trays.connected(traySession(connection.id), actor, () => connection.send('screen.lock-requested', {}));
      }
      ports.trays.idleReported(traySession(connection.id), idle);
      return ok({});
    },

    'session.report-lock': (outcome, connection) => {
      ports.trays.lockReported(traySession(connection.id), outcome);
      return ok({});
    },
  };
}

function ownEvents(spool: HandlerPorts['spool'], peer: PeerIdentity, limit: number, before: string | undefined): OwnEvent[] {
  const found: OwnEvent[] = [];
  let last = before;
  for (let read = 0; read < PAGE_SCAN && found.length < limit; read += PART) {
    const part = spool.recent(PART, last);
    found.push(...part.filter(({ body }) => mayReadEvent(peer, body)).map(ownEvent));
    last = part.at(-1)?.id;
    if (part.length < PART) break;
  }
  return found.slice(0, limit);
}

function isOwn(peer: PeerIdentity, name: string): boolean {
  return peer.admin || peer.name === name;
}

import type { GuardStatus } from '../contracts/collector-api.ts';
import type { AgentEvent, EventBody } from '../contracts/event.ts';
import type { AgentStatus, OwnEvent } from '../contracts/ipc.ts';
import type { AgentState } from '../core/state.ts';
import { durationMillis } from '../core/units.ts';
import type { PeerIdentity } from '../platform/types.ts';
import { VERSION } from '../node/version.ts';

export interface StatusFacts {
  readonly agent: string | null;
  readonly host: string;
  readonly started: string;
  readonly collectorUrl: string | null;
  readonly lastContact: string | null;
  readonly spooled: number;
  readonly gaps: readonly string[];
}

export function statusOf(state: AgentState, facts: StatusFacts): AgentStatus {
  const { snapshot } = state;
  const lock = snapshot?.policy['screen-lock'];
  return {
    version: VERSION,
    agent: facts.agent,
    host: facts.host,
    started: facts.started,
    policy: snapshot?.reference ?? null,
    policyTitle: snapshot?.policy.title ?? null,
    collector: { enrolled: facts.agent !== null, url: facts.collectorUrl, lastContact: facts.lastContact, spooled: facts.spooled },
    volumes: Object.values(state.volumes).map(({ volume, treatment, guard, guardMode = null }) => ({
      volume,
      treatment,
      guard: guardMode,
      state: guard,
    })),
    screenLock: lock === undefined ? null : { afterMillis: durationMillis(lock.after), warnMillis: durationMillis(lock.warn) },
    gaps: [...facts.gaps],
  };
}

/** A person sees what was recorded about them and what concerns the whole PC; files of others stay theirs. */
export function mayReadEvent(peer: PeerIdentity, body: EventBody): boolean {
  if (peer.admin) return true;
  return 'actor' in body.data ? body.data.actor.name === peer.name : true;
}

export function ownEvent({ id, time, body }: AgentEvent): OwnEvent {
  return { id, time, body };
}

/** The guards as the collector's fleet page shows them. */
export function guardStatuses(state: AgentState): GuardStatus[] {
  return Object.values(state.volumes).flatMap(({ volume, guard, guardMode }) =>
    guardMode !== undefined && (guard === 'ready' || guard === 'failed') ? [{ volume: volume.id, mode: guardMode, state: guard }] : [],
  );
}

/** Calls `tell` after each state in which a guard came, went, or changed. */
export function whenGuardsChange(tell: () => void): (state: AgentState) => void {
  let last = '[]';
  let volumes: AgentState['volumes'] | null = null;
  return (state) => {
    if (state.volumes === volumes) return;
    volumes = state.volumes;
    const now = JSON.stringify(guardStatuses(state));
    if (now === last) return;
    last = now;
    tell();
  };
}

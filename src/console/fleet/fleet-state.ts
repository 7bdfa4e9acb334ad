import type { FleetAgent } from '../../contracts/collector-api.ts';

/** An agent speaks up at least this often when all is well; three times that is silence. */
export const SILENT_AFTER_MILLIS = 15 * 60_000;

/** What an officer must know of a PC, worst first; `ok` alone when nothing is wrong. */
export type FleetState = 'revoked' | 'guard' | 'silent' | 'drift' | 'ok';
export const FLEET_STATES: readonly FleetState[] = ['revoked', 'guard', 'silent', 'drift', 'ok'];

export function fleetStates(agent: FleetAgent, now: number): readonly FleetState[] {
  if (agent.revoked) return ['revoked'];
  const states: FleetState[] = [];
  if (agent.guards.some((guard) => guard.state === 'failed')) states.push('guard');
  if (agent.lastSeen === null || now - Date.parse(agent.lastSeen) > SILENT_AFTER_MILLIS) states.push('silent');
  if (agent.drift) states.push('drift');
  return states.length === 0 ? ['ok'] : states;
}

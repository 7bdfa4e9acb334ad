import type { Surroundings } from './policy/decide-volume.ts';
import type { AgentState } from './state.ts';

/** What the device rules may ask besides the hardware, as the agent knows it now. */
export function surroundingsOf(state: AgentState, at: string, presentAtStart: boolean): Surroundings {
  const users = new Set(Object.values(state.sessions).map((session) => session.actor.name));
  const [user] = users.size === 1 ? users : [];
  return { host: state.host, at, addresses: state.addresses, presentAtStart, ...(user === undefined ? {} : { user }) };
}

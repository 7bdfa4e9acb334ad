import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import type { AgentState } from '../state.ts';
import type { Step } from '../step.ts';
import { rearmSessions } from './screen-lock.ts';

export function onAgentStarted(state: AgentState, input: InputOf<'agent.started'>): Step {
  const { at, host, version, os, mode, guardChoice = state.guardChoice } = input;
  return {
    state: { ...state, host, guardChoice },
    effects: [{ kind: 'appendEvent', at, body: { type: 'agent.started', severity: 'info', data: { version, os, mode } } }],
  };
}

export function onAgentStopping(state: AgentState, input: InputOf<'agent.stopping'>): Step {
  return {
    state,
    effects: [{ kind: 'appendEvent', at: input.at, body: { type: 'agent.stopped', severity: 'low', data: { reason: input.reason } } }],
  };
}

export function onSourceFailed(state: AgentState, input: InputOf<'source.failed'>): Step {
  const { at, source, code, reason } = input;
  const known = state.failedSources.includes(source);
  const failed: AgentState = known ? state : { ...state, failedSources: [...state.failedSources, source] };
  const told: Effect[] = known
    ? []
    : [{ kind: 'appendEvent', at, body: { type: 'source.failed', severity: 'medium', data: { source, code, reason } } }];
  return { state: failed, effects: [...told, ...(source === 'sessions' ? rearmSessions(failed) : [])] };
}

/** Commands can only ask for less risk; there is none that loosens anything. */
export function onCommandReceived(state: AgentState, input: InputOf<'command.received'>): Step {
  const { id, expires, body } = input.command;
  if (expires <= input.at) return { state, effects: [{ kind: 'reportCommand', id, ok: false, detail: 'expired' }] };
  const done: Effect = { kind: 'reportCommand', id, ok: true };
  switch (body.kind) {
    case 'screen.lock':
      return { state, effects: [...Object.keys(state.sessions).map((session): Effect => ({ kind: 'lockScreen', session })), done] };
    case 'policy.fetch':
      return { state, effects: [{ kind: 'fetchPolicy' }, done] };
    case 'volumes.rescan':
      return { state, effects: [{ kind: 'rescanVolumes' }, done] };
  }
}

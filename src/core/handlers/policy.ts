import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import type { AgentState } from '../state.ts';
import type { Step } from '../step.ts';
import { rearmSessions } from './screen-lock.ts';
import { treatVolume } from './volumes.ts';

/** A new policy holds at once, also for what is already plugged in. Files being enforced end under the old one. */
export function onPolicyApplied(state: AgentState, input: InputOf<'policy.applied'>): Step {
  const { at, policy, reference, recipients } = input;
  const previous = state.snapshot?.reference;
  const applied: Effect = {
    kind: 'appendEvent',
    at,
    body: { type: 'policy.applied', severity: 'info', data: { policy: reference, ...(previous === undefined ? {} : { previous }) } },
  };
  const effects: Effect[] = [applied];
  let next: AgentState = { ...state, snapshot: { policy, reference, recipients } };
  for (const { volume } of Object.values(state.volumes)) {
    const treated = treatVolume(next, volume, at);
    next = treated.state;
    effects.push(...treated.effects);
  }
  return { state: next, effects: [...effects, ...rearmSessions(next)] };
}

export function onPolicyRefused(state: AgentState, input: InputOf<'policy.refused'>): Step {
  const kept = state.snapshot?.reference;
  const { at, code, reason } = input;
  return {
    state,
    effects: [
      {
        kind: 'appendEvent',
        at,
        body: { type: 'policy.refused', severity: 'high', data: { code, reason, ...(kept === undefined ? {} : { kept }) } },
      },
    ],
  };
}

import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import type { AgentState } from '../state.ts';
import type { Step } from '../step.ts';
import { treatEverything, watchTheClock } from './device-rules.ts';
import { rearmSessions } from './screen-lock.ts';

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
  const treated = treatEverything({ ...state, snapshot: { policy, reference, recipients } }, at);
  effects.push(...treated.effects, ...watchTheClock(state, treated.state));
  return { state: treated.state, effects: [...effects, ...rearmSessions(treated.state)] };
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

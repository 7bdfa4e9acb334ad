import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import type { DeviceCondition } from '../policy/decide-volume.ts';
import type { AgentState } from '../state.ts';
import type { Step } from '../step.ts';
import { treatDevice } from './devices.ts';
import { treatVolume } from './volumes.ts';

/** The clock's turn to be asked about by the rules: windows begin and end on whole minutes. */
export const DEVICE_RULES_TIMER = 'device-rules';
const EACH_MILLIS = 60_000;

/**
 * Applies the device rules anew to all that is plugged in: after a change of the policy, of the time, of the network or
 * of who is logged in. Volumes first, so that what is taken away is unmounted before its device goes.
 */
export function treatEverything(state: AgentState, at: string): Step {
  let next = state;
  const effects: Effect[] = [];
  const take = (treated: Step): void => {
    next = treated.state;
    effects.push(...treated.effects);
  };
  for (const { volume } of Object.values(state.volumes)) take(treatVolume(next, volume, at));
  for (const id of Object.keys(state.devices)) take(treatDevice(next, id, at));
  return { state: next, effects };
}

/** Sets the timer while a rule asks about the time, and clears it when none does any more. */
export function watchTheClock(before: AgentState, after: AgentState): Effect[] {
  if (asksAbout(after, 'time')) return [{ kind: 'setTimer', timer: DEVICE_RULES_TIMER, millis: EACH_MILLIS }];
  return asksAbout(before, 'time') ? [{ kind: 'clearTimer', timer: DEVICE_RULES_TIMER }] : [];
}

export function onDeviceRulesTimer(state: AgentState, at: string): Step {
  const treated = treatEverything(state, at);
  return { state: treated.state, effects: [...treated.effects, ...watchTheClock(state, state)] };
}

export function onNetworkChanged(state: AgentState, { addresses, at }: InputOf<'network.changed'>): Step {
  const changed: AgentState = { ...state, addresses };
  return asksAbout(state, 'networks') ? treatEverything(changed, at) : { state: changed, effects: [] };
}

/** After a session came or went. */
export function onUsersChanged(step: Step, at: string): Step {
  if (!asksAbout(step.state, 'users')) return step;
  const treated = treatEverything(step.state, at);
  return { state: treated.state, effects: [...step.effects, ...treated.effects] };
}

function asksAbout(state: AgentState, member: keyof DeviceCondition): boolean {
  return state.snapshot?.policy.devices.rules.some(({ when }) => when[member] !== undefined) ?? false;
}

import type { InputOf } from '../../contracts/input.ts';
import { type AgentState, without } from '../state.ts';
import type { Step } from '../step.ts';

export function onDeviceAttached(state: AgentState, input: InputOf<'device.attached'>): Step {
  const { at, device, presentAtStart } = input;
  return {
    state: { ...state, devices: { ...state.devices, [device.id]: device } },
    effects: [{ kind: 'appendEvent', at, body: { type: 'device.attached', severity: 'info', data: { device, presentAtStart } } }],
  };
}

export function onDeviceDetached(state: AgentState, input: InputOf<'device.detached'>): Step {
  const device = state.devices[input.deviceId];
  if (device === undefined) return { state, effects: [] };
  return {
    state: { ...state, devices: without(state.devices, input.deviceId) },
    effects: [{ kind: 'appendEvent', at: input.at, body: { type: 'device.detached', severity: 'info', data: { device } } }],
  };
}

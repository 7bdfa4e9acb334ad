import type { Device } from '../../contracts/device.ts';
import type { Effect } from '../../contracts/effect.ts';
import type { InputOf } from '../../contracts/input.ts';
import { decideDevice } from '../policy/decide-device.ts';
import { type AgentState, type DeviceState, without } from '../state.ts';
import type { Step } from '../step.ts';
import { surroundingsOf } from '../surroundings.ts';

export function onDeviceAttached(state: AgentState, input: InputOf<'device.attached'>): Step {
  const { at, device, presentAtStart } = input;
  const attached: Effect = {
    kind: 'appendEvent',
    at,
    body: { type: 'device.attached', severity: 'info', data: { device, presentAtStart } },
  };
  // Whatever was at that port before: a device that comes back as another one is judged as another one.
  const known = withDevice(state, { device, presentAtStart, access: presentAtStart ? 'unknown' : 'granted' });
  const treated = treatDevice(known, device.id, at);
  return { state: treated.state, effects: [attached, ...treated.effects] };
}

export function onDeviceDetached(state: AgentState, input: InputOf<'device.detached'>): Step {
  const known = state.devices[input.deviceId];
  if (known === undefined) return { state, effects: [] };
  const { device } = known;
  const carried = Object.values(state.volumes).some(({ volume }) => volume.device?.id === device.id);
  return {
    state: { ...state, devices: without(state.devices, input.deviceId) },
    effects: [
      { kind: 'appendEvent', at: input.at, body: { type: 'device.detached', severity: 'info', data: { device } } },
      // A stick pulled without unmounting leaves its mount in the table: no change tells of it.
      ...(carried ? [{ kind: 'rescanVolumes' } as const] : []),
    ],
  };
}

/** Applies the device rules to a device that is there: for a new one, and again when anything they ask about changes. */
export function treatDevice(state: AgentState, deviceId: string, at: string): Step {
  const known = state.devices[deviceId];
  if (known === undefined || state.snapshot === null) return { state, effects: [] };
  const { device, presentAtStart } = known;
  const { access, rule } = decideDevice(state.snapshot.policy, device, surroundingsOf(state, at, presentAtStart));
  if (access === known.access) return { state, effects: [] };
  const told: Effect[] = [
    {
      kind: 'appendEvent',
      at,
      body: {
        type: 'device.access-changed',
        severity: access === 'denied' ? 'medium' : 'info',
        data: { device, access, ...(rule === undefined ? {} : { rule }) },
      },
    },
  ];
  const set: Effect = { kind: 'setDeviceAccess', device, access };
  const treated = withDevice(state, { ...known, access });
  // Nothing changed for anybody, unless an earlier run had taken it away.
  if (access === 'granted' && known.access === 'unknown') return { state: treated, effects: [set] };
  return { state: treated, effects: [...told, set, ...(access === 'denied' ? [deviceBlocked(device, rule)] : [])] };
}

function deviceBlocked(device: Device, rule: string | undefined): Effect {
  const volume = device.productName ?? device.vendorName ?? device.classes.join(', ');
  return { kind: 'notify', to: null, notification: { action: 'device-blocked', volume, ...(rule === undefined ? {} : { rule }) } };
}

function withDevice(state: AgentState, known: DeviceState): AgentState {
  return { ...state, devices: { ...state.devices, [known.device.id]: known } };
}

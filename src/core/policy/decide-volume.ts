import type { Bus } from '../../contracts/device.ts';
import type { DeviceAction, DeviceRule, Policy } from '../../contracts/policy.ts';
import type { Volume } from '../../contracts/volume.ts';
import { isInAddressRange } from './address-range.ts';
import { matchesSerial } from './file-condition.ts';
import { matchesAnyGlob } from './glob.ts';
import { holdsAll, memberOf, type Member } from './member.ts';
import { isInSerialRange } from './serial-range.ts';
import { isWithinAny } from './time-window.ts';

/** What a device rule may ask besides the hardware. What is absent matches nothing. */
export interface Surroundings {
  /** Absent when nobody is logged in: then no rule that names users holds. */
  readonly user?: string | undefined;
  readonly host: string;
  /** When it is asked; an instant. */
  readonly at?: string;
  /** The PC's own addresses. */
  readonly addresses?: readonly string[];
  readonly presentAtStart?: boolean;
}

export interface VolumeCircumstances extends Surroundings {
  readonly volume: Volume;
}

export interface VolumeDecision {
  /** `ignore`: the policy does not count the volume as removable. */
  readonly treatment: DeviceAction | 'ignore';
  /** Absent when the default spoke, or the volume is ignored. */
  readonly rule?: string;
}

/** What to do with a mounted volume: the first device rule that matches, else the default. docs/spec/policy.md section 3. */
export function decideVolume(policy: Policy, circumstances: VolumeCircumstances): VolumeDecision {
  if (!countsAsRemovable(policy, circumstances.volume.bus)) return { treatment: 'ignore' };
  const rule = policy.devices.rules.find(({ when }) => holdsAll(DEVICE_MEMBERS, when, circumstances));
  return rule === undefined ? { treatment: defaultTreatment(policy, circumstances) } : { treatment: rule.action, rule: rule.id };
}

export function defaultTreatment({ devices }: Policy, { presentAtStart = false }: Surroundings): DeviceAction {
  return (presentAtStart ? devices['default-present-at-start'] : undefined) ?? devices.default;
}

export function countsAsRemovable(policy: Policy, bus: Bus): boolean {
  if (bus === 'virtual') return policy.volumes['include-virtual'];
  return policy.volumes.removable.includes(bus);
}

export type DeviceCondition = DeviceRule['when'];
const member = memberOf<DeviceCondition, VolumeCircumstances>();

// What the hardware does not say is never taken as a match: a rule that allows must not hold by silence.
const MEMBERS: Readonly<Record<keyof DeviceCondition, Member<DeviceCondition, VolumeCircumstances>>> = {
  bus: member('bus', {
    holds: (wanted, { volume }) => wanted.includes(volume.bus),
    seen: ({ volume }) => volume.bus,
  }),
  class: member('class', {
    holds: (wanted, { volume }) => volume.device?.classes.some((deviceClass) => wanted.includes(deviceClass)) ?? false,
    seen: ({ volume }) => volume.device?.classes ?? [],
  }),
  'vendor-id': member('vendor-id', {
    holds: (wanted, { volume }) => includes(wanted, volume.device?.vendorId),
    seen: ({ volume }) => volume.device?.vendorId ?? null,
  }),
  'product-id': member('product-id', {
    holds: (wanted, { volume }) => includes(wanted, volume.device?.productId),
    seen: ({ volume }) => volume.device?.productId ?? null,
  }),
  serial: member('serial', {
    holds: (wanted, { volume }) => matchesSerial(wanted, volume.device?.serial),
    seen: ({ volume }) => volume.device?.serial ?? null,
  }),
  'serial-range': member('serial-range', {
    holds: (wanted, { volume }) => isInSerialRange(wanted, volume.device?.serial),
    seen: ({ volume }) => volume.device?.serial ?? null,
  }),
  'has-serial': member('has-serial', {
    holds: (wanted, { volume }) => wanted === hasSerial(volume),
    seen: ({ volume }) => hasSerial(volume),
  }),
  filesystem: member('filesystem', {
    holds: (wanted, { volume }) => wanted.some((name) => name.toLowerCase() === volume.filesystem.toLowerCase()),
    seen: ({ volume }) => volume.filesystem,
  }),
  enrolled: member('enrolled', {
    holds: (wanted, circumstances) => wanted === isEnrolled(circumstances),
    seen: (circumstances) => isEnrolled(circumstances),
  }),
  'present-at-start': member('present-at-start', {
    holds: (wanted, { presentAtStart }) => wanted === presentAtStart,
    seen: ({ presentAtStart }) => presentAtStart ?? null,
  }),
  time: member('time', {
    holds: (wanted, { at }) => at !== undefined && isWithinAny(wanted, at),
    seen: ({ at }) => at ?? null,
  }),
  networks: member('networks', {
    holds: (wanted, { addresses = [] }) => wanted.some((range) => addresses.some((address) => isInAddressRange(range, address))),
    seen: ({ addresses }) => addresses ?? null,
  }),
  users: member('users', {
    holds: (wanted, { user }) => user !== undefined && matchesAnyGlob(wanted, user),
    seen: ({ user }) => user ?? null,
  }),
  hosts: member('hosts', {
    holds: (wanted, { host }) => matchesAnyGlob(wanted, host),
    seen: ({ host }) => host,
  }),
};

export const DEVICE_MEMBERS: readonly Member<DeviceCondition, VolumeCircumstances>[] = Object.values(MEMBERS);

/** Until its due date: what should have come back long ago is a stray. */
function isEnrolled({ volume: { medium }, at }: VolumeCircumstances): boolean {
  return medium !== undefined && (at === undefined || at < medium.due);
}

function hasSerial(volume: Volume): boolean {
  return (volume.device?.serial ?? '') !== '';
}

function includes(wanted: readonly string[], value: string | undefined): boolean {
  return value !== undefined && wanted.includes(value);
}

import type { Bus, Device, DeviceClass } from '../../contracts/device.ts';
import type { DeviceRule, Policy } from '../../contracts/policy.ts';
import type { Volume } from '../../contracts/volume.ts';
import { countsAsRemovable, defaultTreatment, DEVICE_MEMBERS, type DeviceCondition, type Surroundings } from './decide-volume.ts';
import { holdsAll } from './member.ts';

export interface DeviceDecision {
  readonly access: 'denied' | 'granted';
  /** Absent when no rule spoke. */
  readonly rule?: string;
}

/** Known only once a filesystem is mounted. */
const LATE_MEMBERS: ReadonlySet<string> = new Set<keyof DeviceCondition>(['filesystem', 'enrolled']);
const EARLY_MEMBERS = DEVICE_MEMBERS.filter(({ name }) => name !== 'bus' && !LATE_MEMBERS.has(name));
/** A PC without keyboard, mouse and hubs cannot be used, not even to put the policy right. */
const NEVER_DENIED: ReadonlySet<string> = new Set(['hid', 'hub']);
/** A drive for discs is a storage device of its bus; what is in it is a volume of bus `optical`. */
const STORAGE_BUSES: readonly Bus[] = ['optical'];

/** One thing under three names: whoever allows a phone means its pictures too. */
const PORTABLE: ReadonlySet<DeviceClass> = new Set(['media-transfer', 'phone', 'image']);

/**
 * Whether a device may be used at all, as soon as it is there and before anything on it is mounted. Each of its functions
 * is judged by itself, and one that is denied takes the whole device away: a stick that is also a network card must pass
 * as both. For a function the first matching rule decides, as for volumes. docs/spec/policy.md section 3.
 */
export function decideDevice(policy: Policy, device: Device, surroundings: Surroundings): DeviceDecision {
  const decisions = functionsOf(policy, device).map((classes) => decideFunction(policy, { ...device, classes }, surroundings));
  return decisions.find(({ access }) => access === 'denied') ?? decisions[0] ?? { access: 'granted' };
}

function functionsOf(policy: Policy, device: Device): DeviceClass[][] {
  const counted = device.classes.filter((each) => !NEVER_DENIED.has(each) && (each !== 'storage' || countsAsRemovable(policy, device.bus)));
  const portable = counted.filter((each) => PORTABLE.has(each));
  const others = counted.filter((each) => !PORTABLE.has(each)).map((each) => [each]);
  return portable.length === 0 ? others : [...others, portable];
}

function decideFunction(policy: Policy, device: Device, surroundings: Surroundings): DeviceDecision {
  const isStorage = device.classes.includes('storage');
  const circumstances = { ...surroundings, volume: asVolume(device) };
  for (const { id, when, action } of policy.devices.rules) {
    // A rule that names no class speaks of volumes: it must not take away every webcam without a serial.
    if (!isStorage && (when.class === undefined || isLate(when))) continue;
    if (!holdsAll(EARLY_MEMBERS, when, circumstances) || !mayBeBus(when, device.bus, isStorage)) continue;
    // It may turn out to be meant when the volume is mounted: until then nothing is taken away.
    if (isStorage && (isLate(when) || !isSurelyBus(when, device.bus))) return { access: 'granted' };
    return { access: isDenied(action, isStorage) ? 'denied' : 'granted', rule: id };
  }
  const denied =
    isStorage && defaultTreatment(policy, surroundings) === 'block' && STORAGE_BUSES.every((each) => countsAsRemovable(policy, each));
  return { access: denied ? 'denied' : 'granted' };
}

const isLate = (when: DeviceCondition): boolean => when.filesystem !== undefined || when.enrolled !== undefined;

function mayBeBus({ bus }: DeviceCondition, own: Bus, isStorage: boolean): boolean {
  return bus === undefined || bus.includes(own) || (isStorage && STORAGE_BUSES.some((other) => bus.includes(other)));
}

function isSurelyBus({ bus }: DeviceCondition, own: Bus): boolean {
  return bus === undefined || [own, ...STORAGE_BUSES].every((each) => bus.includes(each));
}

/** What has no filesystem can be neither guarded nor made read-only: it is used, or it is not. */
function isDenied(action: DeviceRule['action'], isStorage: boolean): boolean {
  return isStorage ? action === 'block' : action !== 'allow';
}

const asVolume = (device: Device): Volume => ({
  id: device.id,
  mountPoint: '/',
  filesystem: '',
  readOnly: false,
  bus: device.bus,
  removable: true,
  device,
});

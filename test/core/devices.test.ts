import { describe, expect, test } from 'vitest';
import type { AgentInput } from '../../src/contracts/input.ts';
import type { PolicyInput } from '../../src/contracts/policy.ts';
import { fakeStick } from '../fakes/fake-usb.ts';
import { applied, AT, eventTypes, mounted, play, samplePolicy, started, STICK } from './samples.ts';

const attached = (change: Parameters<typeof fakeStick>[0] = {}, presentAtStart = false): AgentInput => ({
  kind: 'device.attached',
  at: AT,
  device: fakeStick({ id: 'usb:1-4', ...change }),
  presentAtStart,
});
const withDevices = (devices: PolicyInput['devices'], version = 1): AgentInput => applied(samplePolicy({ devices }), version);
const BLOCKED: PolicyInput['devices'] = { default: 'block' };
const denied = { kind: 'setDeviceAccess', access: 'denied' };
const granted = { kind: 'setDeviceAccess', access: 'granted' };

describe('devices', () => {
  test('a denied one is taken away at once, and said so', () => {
    const { last } = play([started, withDevices(BLOCKED), attached()]);
    expect(eventTypes(last)).toEqual(['device.attached', 'device.access-changed']);
    expect(last).toEqual(expect.arrayContaining([expect.objectContaining(denied), expect.objectContaining({ kind: 'notify', to: null })]));
  });

  test('a new policy takes away what is plugged in now, its volume first, and gives it back', () => {
    const before = play([started, applied(), attached(), mounted()]);
    const taken = play([withDevices(BLOCKED, 2)], before.state);
    const kinds = taken.last.map(({ kind }) => kind);
    expect(kinds.indexOf('denyVolume')).toBeGreaterThan(-1);
    expect(kinds.indexOf('setDeviceAccess')).toBeGreaterThan(kinds.indexOf('denyVolume'));
    const back = play([applied(samplePolicy(), 3)], taken.state);
    expect(back.last).toEqual(expect.arrayContaining([expect.objectContaining(granted)]));
  });

  test('another device at the same port is judged anew', () => {
    const ours: PolicyInput['devices'] = { default: 'block', rules: [{ id: 'ours', when: { serial: ['OURS'] }, action: 'guard' }] };
    const { all, last } = play([started, withDevices(ours), attached({ serial: 'OURS' }), attached({ serial: 'STRANGE' })]);
    expect(all.filter(({ kind }) => kind === 'setDeviceAccess')).toHaveLength(1);
    expect(last).toEqual(expect.arrayContaining([expect.objectContaining(denied)]));
  });

  test('each partition of a stick is a volume of its own under the same rule', () => {
    const readOnly = withDevices({ default: 'read-only' });
    const { all } = play([started, readOnly, attached(), mounted(), mounted({ ...STICK, id: 'linux:8:18', mountPoint: '/media/two' })]);
    expect(all.filter(({ kind }) => kind === 'denyVolume')).toHaveLength(2);
  });

  test('present at the start and inserted later are told apart, for a volume by its device', () => {
    const devices: PolicyInput['devices'] = { default: 'block', 'default-present-at-start': 'guard' };
    const treatment = (presentAtStart: boolean): string | undefined =>
      play([started, withDevices(devices), attached({}, presentAtStart), mounted()]).state.volumes[STICK.id]?.treatment;
    expect(treatment(true)).toBe('guard');
    expect(treatment(false)).toBe('block');
    // A disk that no device source tells of.
    const { device: _device, ...disk } = STICK;
    const early: AgentInput = { kind: 'volume.mounted', at: AT, volume: disk, presentAtStart: true };
    expect(play([started, withDevices(devices), early]).state.volumes[STICK.id]?.treatment).toBe('guard');
  });

  test('one that an earlier run denied is given back at the start, without an event; one plugged in is not touched', () => {
    const early = play([started, applied(), attached({}, true)]);
    expect(early.last).toEqual(expect.arrayContaining([expect.objectContaining(granted)]));
    expect(eventTypes(early.last)).toEqual(['device.attached']);
    expect(play([started, applied(), attached()]).last.some(({ kind }) => kind === 'setDeviceAccess')).toBe(false);
  });

  test('a stick pulled while mounted has the volumes looked at again', () => {
    const { last } = play([started, applied(), attached(), mounted(), { kind: 'device.detached', at: AT, deviceId: 'usb:1-4' }]);
    expect(last).toEqual(expect.arrayContaining([{ kind: 'rescanVolumes' }]));
  });
});

describe('what changes around the devices', () => {
  const OFFICE_HOURS: PolicyInput['devices'] = {
    default: 'block',
    rules: [{ id: 'hours', when: { time: [{ from: '09:00', to: '18:00', zone: 'UTC' }] }, action: 'guard' }],
  };
  const timer = (at: string): AgentInput => ({ kind: 'timer.fired', at, timer: 'device-rules' });

  test('the end of a time window takes a stick away, its begin gives it back', () => {
    const day = { ...attached(), at: '2026-11-20T12:00:00.000Z' };
    const first = play([started, withDevices(OFFICE_HOURS), day]);
    const evening = play([timer('2026-11-20T18:00:00.000Z')], first.state);
    expect(evening.last).toEqual(
      expect.arrayContaining([expect.objectContaining(denied), { kind: 'setTimer', timer: 'device-rules', millis: 60_000 }]),
    );
    expect(play([timer('2026-11-21T09:00:00.000Z')], evening.state).last).toEqual(
      expect.arrayContaining([expect.objectContaining(granted)]),
    );
  });

  test('no rule about time, no timer; the last one gone, the timer is cleared', () => {
    expect(play([started, applied()]).last.some(({ kind }) => kind === 'setTimer')).toBe(false);
    const { last } = play([started, withDevices(OFFICE_HOURS), applied(samplePolicy(), 2)]);
    expect(last).toEqual(expect.arrayContaining([{ kind: 'clearTimer', timer: 'device-rules' }]));
  });

  test('another network is asked about at once', () => {
    const devices: PolicyInput['devices'] = {
      default: 'block',
      rules: [{ id: 'office', when: { networks: ['10.20.0.0/16'] }, action: 'guard' }],
    };
    const network = (...addresses: string[]): AgentInput => ({ kind: 'network.changed', at: AT, addresses });
    const inside = play([started, withDevices(devices), network('10.20.3.4'), attached()]);
    expect(inside.all.some(({ kind }) => kind === 'setDeviceAccess')).toBe(false);
    expect(play([network('192.0.2.7')], inside.state).last).toEqual(expect.arrayContaining([expect.objectContaining(denied)]));
  });

  test('so is another user', () => {
    const devices: PolicyInput['devices'] = { default: 'block', rules: [{ id: 'her', when: { users: ['hanako'] }, action: 'guard' }] };
    const session: AgentInput = { kind: 'session.seen', at: AT, session: 'c1', actor: { name: 'hanako', basis: 'session' } };
    const nobody = play([started, withDevices(devices), attached()]);
    expect(nobody.last).toEqual(expect.arrayContaining([expect.objectContaining(denied)]));
    expect(play([session], nobody.state).last).toEqual(expect.arrayContaining([expect.objectContaining(granted)]));
  });
});

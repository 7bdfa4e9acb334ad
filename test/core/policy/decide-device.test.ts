import { describe, expect, test } from 'vitest';
import type { Device } from '../../../src/contracts/device.ts';
import type { PolicyInput } from '../../../src/contracts/policy.ts';
import { decideDevice } from '../../../src/core/policy/decide-device.ts';
import { fakeStick } from '../../fakes/fake-usb.ts';
import { samplePolicy } from '../samples.ts';

type Devices = NonNullable<PolicyInput['devices']>;
const AT_OFFICE = { host: 'pc-1', user: 'hanako', at: '2026-11-20T03:00:00.000Z', addresses: ['10.20.1.5'], presentAtStart: false };
const decide = (devices: Devices, device: Partial<Device> = {}, surroundings = {}): string => {
  const { access, rule } = decideDevice(samplePolicy({ devices }), fakeStick(device), { ...AT_OFFICE, ...surroundings });
  return rule === undefined ? access : `${access} by ${rule}`;
};
const PHONE: Partial<Device> = { classes: ['image', 'media-transfer', 'phone'], productName: 'Phone' };

describe('sticks', () => {
  test.each([
    [
      'a blocked one is denied before it is mounted',
      { rules: [{ id: 'no', when: { class: ['storage'] }, action: 'block' }] },
      {},
      'denied by no',
    ],
    ['a default of block denies', { default: 'block' }, {}, 'denied'],
    ['what is guarded may be used', { rules: [{ id: 'watch', when: {}, action: 'guard' }] }, {}, 'granted by watch'],
    [
      'the first rule decides',
      { default: 'block', rules: [{ id: 'ours', when: { serial: ['4C53*'] }, action: 'guard' }] },
      {},
      'granted by ours',
    ],
    [
      'no serial, no match',
      { default: 'block', rules: [{ id: 'ours', when: { serial: ['*'] }, action: 'guard' }] },
      { serial: undefined },
      'denied',
    ],
    [
      'a range of serials',
      { default: 'block', rules: [{ id: 'lot', when: { 'serial-range': [{ from: 'LOT0100', to: 'lot0199' }] }, action: 'guard' }] },
      { serial: 'LOT0150' },
      'granted by lot',
    ],
    [
      'one past a range',
      { default: 'block', rules: [{ id: 'lot', when: { 'serial-range': [{ from: 'LOT0100', to: 'LOT0199' }] }, action: 'guard' }] },
      { serial: 'LOT0200' },
      'denied',
    ],
    [
      'a longer serial is not in a range',
      { default: 'block', rules: [{ id: 'lot', when: { 'serial-range': [{ from: 'LOT0100', to: 'LOT0199' }] }, action: 'guard' }] },
      { serial: 'LOT01501' },
      'denied',
    ],
  ] as [string, Devices, Partial<Device>, string][])('%s', (_what, devices, device, expected) => {
    expect(decide(devices, device)).toBe(expected);
  });

  test('what the filesystem or an enrolled medium may still allow is left to the volume', () => {
    const devices: Devices = { default: 'block', rules: [{ id: 'enrolled', when: { enrolled: true }, action: 'guard' }] };
    expect(decide(devices)).toBe('granted');
    expect(decide({ default: 'block', rules: [{ id: 'fat', when: { filesystem: ['vfat'], serial: ['other'] }, action: 'guard' }] })).toBe(
      'denied',
    );
  });

  test('a drive may hold a disc: rules for discs are left to the volume', () => {
    const discs: Devices = { default: 'block', rules: [{ id: 'discs', when: { bus: ['optical'] }, action: 'read-only' }] };
    expect(decide(discs)).toBe('granted');
    expect(decide({ rules: [{ id: 'usb', when: { bus: ['usb', 'optical'] }, action: 'block' }] })).toBe('denied by usb');
  });

  test('a policy for which USB is not removable takes no stick away', () => {
    const policy = samplePolicy({ devices: { default: 'block' }, volumes: { removable: ['sd'] } });
    expect(decideDevice(policy, fakeStick(), AT_OFFICE)).toEqual({ access: 'granted' });
  });
});

describe('surroundings', () => {
  const rule = (when: object): Devices => ({ default: 'block', rules: [{ id: 'r', when, action: 'guard' }] });
  test.each([
    ['user', { users: ['hana*'] }, {}, { user: 'taro' }],
    ['host', { hosts: ['pc-?'] }, {}, { host: 'server' }],
    ['time', { time: [{ from: '09:00', to: '18:00', zone: 'Asia/Tokyo' }] }, {}, { at: '2026-11-20T13:00:00.000Z' }],
    ['network', { networks: ['10.20.0.0/16'] }, {}, { addresses: ['192.168.0.2'] }],
    ['presence', { 'present-at-start': false }, {}, { presentAtStart: true }],
  ])('%s', (_what, when, holding, failing) => {
    expect(decide(rule(when), {}, holding)).toBe('granted by r');
    expect(decide(rule(when), {}, failing)).toBe('denied');
  });

  test('what is present at the start may have a default of its own', () => {
    const devices: Devices = { default: 'block', 'default-present-at-start': 'guard' };
    expect(decide(devices, {}, { presentAtStart: true })).toBe('granted');
    expect(decide(devices, {}, { presentAtStart: false })).toBe('denied');
  });
});

describe('devices without a filesystem', () => {
  const portable: Devices = { rules: [{ id: 'no-phones', when: { class: ['phone', 'media-transfer'] }, action: 'block' }] };

  test('a phone, by its class', () => expect(decide(portable, PHONE)).toBe('denied by no-phones'));
  test('a phone that a rule allows under one of its names is allowed', () => {
    const rules = [
      { id: 'mine', when: { class: ['phone'], serial: ['4C53*'] }, action: 'allow' },
      ...(portable.rules ?? []),
    ] as Devices['rules'];
    expect(decide({ rules }, PHONE)).toBe('granted by mine');
  });
  test.each(['read-only', 'guard'] as const)('%s cannot be done with a phone: it is denied', (action) => {
    expect(decide({ rules: [{ id: 'p', when: { class: ['phone'] }, action }] }, PHONE)).toBe('denied by p');
  });
  test('a rule without a class does not mean it, nor does the default', () => {
    expect(
      decide(
        { default: 'block', rules: [{ id: 'no-serial', when: { 'has-serial': false }, action: 'block' }] },
        { ...PHONE, serial: undefined as never },
      ),
    ).toBe('granted');
  });
  test.each(['network', 'printer', 'smart-card'] as const)('%s', (name) => {
    expect(decide({ rules: [{ id: 'r', when: { class: [name] }, action: 'block' }] }, { classes: [name] })).toBe('denied by r');
  });
  test('a stick that is a network card too must pass as both', () => {
    const rules: Devices['rules'] = [
      { id: 'sticks', when: { class: ['storage'] }, action: 'guard' },
      { id: 'cards', when: { class: ['network'] }, action: 'block' },
    ];
    expect(decide({ rules }, { classes: ['storage', 'network'] })).toBe('denied by cards');
  });
  test('keyboards, mice and hubs are never denied', () => {
    const rules: Devices['rules'] = [{ id: 'all', when: { class: ['hid', 'hub'] }, action: 'block' }];
    expect(decide({ default: 'block', rules }, { classes: ['hid'] })).toBe('granted');
    expect(decide({ default: 'block', rules }, { classes: ['hub'] })).toBe('granted');
  });
});

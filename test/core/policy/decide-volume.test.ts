import { describe, expect, it } from 'vitest';
import type { DeviceRule } from '../../../src/contracts/policy.ts';
import { decideVolume } from '../../../src/core/policy/decide-volume.ts';
import { policyWith, STICK } from './circumstances.ts';

const on = (volume = STICK) => ({ volume, user: 'tanaka', host: 'pc-01' });
const withRules = (...rules: DeviceRule[]) => policyWith({ devices: { rules } });
const treats = (when: DeviceRule['when'], circumstances: Parameters<typeof decideVolume>[1] = on()) =>
  decideVolume(withRules({ id: 'it', when, action: 'block' }), circumstances).rule === 'it';

describe('decideVolume', () => {
  it('ignores buses the policy does not count as removable', () => {
    expect(decideVolume(policyWith({}), on({ ...STICK, bus: 'internal' }))).toEqual({ treatment: 'ignore' });
    expect(decideVolume(policyWith({}), on({ ...STICK, bus: 'network' }))).toEqual({ treatment: 'ignore' });
    const listed = policyWith({ volumes: { removable: ['network'] } });
    expect(decideVolume(listed, on({ ...STICK, bus: 'network' }))).toEqual({ treatment: 'guard' });
    expect(decideVolume(listed, on())).toEqual({ treatment: 'ignore' });
  });

  it('counts virtual volumes only when they are included', () => {
    const loop = on({ ...STICK, bus: 'virtual' });
    expect(decideVolume(policyWith({}), loop)).toEqual({ treatment: 'ignore' });
    expect(decideVolume(policyWith({ volumes: { 'include-virtual': true } }), loop)).toEqual({ treatment: 'guard' });
  });

  it('takes the first matching rule, and the default when none does', () => {
    const policy = withRules(
      { id: 'ours', when: { serial: ['4C53*'] }, action: 'allow' },
      { id: 'all-usb', when: { bus: ['usb'] }, action: 'block' },
    );
    expect(decideVolume(policy, on())).toEqual({ treatment: 'allow', rule: 'ours' });
    const { serial: _, ...anonymous } = STICK.device ?? { id: 'x', bus: 'usb' as const, classes: [] };
    expect(decideVolume(policy, on({ ...STICK, device: anonymous }))).toEqual({ treatment: 'block', rule: 'all-usb' });
    expect(decideVolume(policy, on({ ...STICK, bus: 'sd', device: anonymous }))).toEqual({ treatment: 'guard' });
  });

  it('knows every member of a device condition', () => {
    expect(treats({})).toBe(true);
    expect(treats({ class: ['storage'] })).toBe(true);
    expect(treats({ class: ['printer'] })).toBe(false);
    expect(treats({ 'vendor-id': ['0781'], 'product-id': ['5581'] })).toBe(true);
    expect(treats({ 'vendor-id': ['0781'], 'product-id': ['0000'] })).toBe(false);
    expect(treats({ filesystem: ['ExFAT'] })).toBe(true);
    expect(treats({ filesystem: ['ntfs'] })).toBe(false);
    expect(treats({ 'has-serial': true })).toBe(true);
    expect(treats({ 'has-serial': false })).toBe(false);
    expect(treats({ users: ['tan*'] })).toBe(true);
    expect(treats({ users: ['sato'] })).toBe(false);
    expect(treats({ hosts: ['PC-01'] })).toBe(true);
    expect(treats({ hosts: ['pc-02'] })).toBe(false);
  });

  it('never takes silence as a match', () => {
    const { device: _, ...bare } = STICK;
    expect(treats({ serial: ['*'] }, on(bare))).toBe(false);
    expect(treats({ 'vendor-id': ['0781'] }, on(bare))).toBe(false);
    expect(treats({ class: ['storage'] }, on(bare))).toBe(false);
    expect(treats({ 'has-serial': false }, on(bare))).toBe(true);
    expect(treats({ users: ['*'] }, { volume: STICK, host: 'pc-01' })).toBe(false);
  });
});

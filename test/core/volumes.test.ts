import { describe, expect, test } from 'vitest';
import { applied, arrived, AT, eventTypes, mounted, play, samplePolicy, started, STICK } from './samples.ts';

describe('volumes', () => {
  test('a removable volume is guarded from the moment it is mounted', () => {
    const { last } = play([started, applied(), mounted()]);
    expect(last).toMatchObject([
      { kind: 'appendEvent', body: { type: 'volume.mounted', data: { treatment: 'guard' } } },
      { kind: 'startGuard', mode: 'watch' },
    ]);
  });

  test('events carry no path of the host', () => {
    const { all } = play([started, applied(), mounted(), { kind: 'volume.unmounted', at: AT, volumeId: STICK.id }]);
    expect(JSON.stringify(all.filter((effect) => effect.kind === 'appendEvent'))).not.toContain('/media/');
  });

  test('before a policy there is nothing to guard with; the first policy takes in what is plugged in', () => {
    const early = play([started, mounted()]);
    expect(early.last).toEqual([]);
    expect(play([applied()], early.state).last).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'startGuard' })]));
  });

  test('a new policy holds for what is plugged in now', () => {
    const blocking = samplePolicy({ devices: { default: 'block', rules: [] } });
    const { last, state } = play([started, applied(), mounted(), applied(blocking, 2)]);
    expect(last.map((effect) => effect.kind)).toEqual(['appendEvent', 'stopGuard', 'appendEvent', 'denyVolume', 'notify']);
    expect(state.volumes[STICK.id]?.treatment).toBe('block');
  });

  test('the same policy again restarts no guard', () => {
    const { last } = play([started, applied(), mounted(), applied(samplePolicy(), 2)]);
    expect(last.map((effect) => effect.kind)).toEqual(['appendEvent']);
  });

  test('a read-only volume that somebody remounts writable is denied again', () => {
    const readOnly = samplePolicy({ devices: { default: 'read-only', rules: [] } });
    const denied = play([started, applied(readOnly), mounted(), mounted({ ...STICK, readOnly: true })]);
    expect(denied.last).toEqual([]);
    const loosened = play([mounted()], denied.state);
    expect(loosened.last).toMatchObject([{ kind: 'denyVolume', treatment: 'read-only' }]);
  });

  test('a volume that cannot be guarded is made read-only', () => {
    const { last } = play([
      started,
      applied(),
      mounted(),
      { kind: 'guard.failed', at: AT, volumeId: STICK.id, code: 'DLP_GUARD_START', reason: 'no' },
    ]);
    expect(eventTypes(last)).toEqual(['guard.failed']);
    expect(last).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'denyVolume', treatment: 'read-only' })]));
  });

  test('a stick pulled with files not yet dealt with leaves each on record', () => {
    const pulled = play([started, applied(), mounted(), arrived('f1'), { kind: 'volume.unmounted', at: AT, volumeId: STICK.id }]);
    expect(eventTypes(pulled.last)).toEqual(['file.enforcement-failed', 'volume.unmounted']);
    const body = pulled.last.flatMap((effect) => (effect.kind === 'appendEvent' ? [effect.body] : []))[0];
    expect(body).toMatchObject({
      severity: 'high',
      data: { code: 'DLP_VOLUME_REMOVED', file: { path: 'list.csv' }, unreadable: ['io-error'] },
    });
    expect(pulled.state.files).toEqual({});
  });

  test('pulling the stick ends its guard and forgets its files', () => {
    const { last, state } = play([started, applied(), mounted(), { kind: 'volume.unmounted', at: AT, volumeId: STICK.id }]);
    expect(last.map((effect) => effect.kind)).toEqual(['stopGuard', 'appendEvent']);
    expect(state.volumes).toEqual({});
  });
});

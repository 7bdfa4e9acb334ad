import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/contracts/effect.ts';
import type { AgentInput } from '../../src/contracts/input.ts';
import { applied, arrived, AT, eventTypes, mounted, play, samplePolicy, started, STICK } from './samples.ts';

const { devicePath: _device, ...FOLDER } = STICK;

describe('volumes', () => {
  test('a removable volume is guarded from the moment it is mounted', () => {
    const { last } = play([started, applied(), mounted()]);
    expect(last).toMatchObject([
      { kind: 'appendEvent', body: { type: 'volume.mounted', data: { treatment: 'guard' } } },
      { kind: 'startGuard', mode: 'watch' },
    ]);
  });

  describe('which guard', () => {
    const able = { ...started, guardChoice: 'policy' } as AgentInput;
    const watching = samplePolicy({ volumes: { 'guard-mode': 'watch' } });
    const modes = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.kind === 'startGuard' ? [effect.mode] : []));

    test.each([
      ['before the write, unless the policy says otherwise', [able, applied(), mounted()], ['fuse']],
      ['after it, where the policy says so', [able, applied(watching), mounted()], ['watch']],
      ['after it, where the PC can do no more', [started, applied(), mounted()], ['watch']],
      ['after it, on what is no device of its own', [able, applied(), mounted(FOLDER)], ['watch']],
    ])('%s', (_when, inputs, expected) => {
      const { last, state } = play(inputs);
      expect(modes(last)).toEqual(expected);
      expect(Object.values(state.volumes).map(({ guardMode }) => guardMode)).toEqual(expected);
      expect(last[0]).toMatchObject({ body: { data: { guard: expected[0] } } });
    });

    test('another one by the next policy: the medium below the view is made writable again before it is watched', () => {
      const { last } = play([able, applied(), mounted(), applied(watching, 2)]);
      expect(last.map(({ kind }) => kind)).toEqual(['appendEvent', 'stopGuard', 'appendEvent', 'admitVolume', 'startGuard']);
      const allowing = samplePolicy({ devices: { default: 'allow', rules: [] } });
      expect(play([able, applied(), mounted(), applied(allowing, 2)]).last.at(-1)).toMatchObject({ kind: 'admitVolume' });
    });
  });

  test('a stored file that no longer opens is on record', () => {
    const { last } = play([started, applied(), mounted(), { kind: 'file.damaged', at: AT, volumeId: STICK.id, path: 'a/b.txt' }]);
    expect(last).toMatchObject([
      { kind: 'appendEvent', body: { type: 'file.damaged', data: { path: 'a/b.txt', volume: { id: STICK.id } } } },
    ]);
    expect(play([{ kind: 'file.damaged', at: AT, volumeId: 'linux:9:9', path: 'a' }]).last).toEqual([]);
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

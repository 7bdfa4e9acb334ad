import { describe, expect, test } from 'vitest';
import type { TimeWindow } from '../../../src/contracts/policy.ts';
import { isWithinAny } from '../../../src/core/policy/time-window.ts';

const OFFICE: TimeWindow = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00', zone: 'Asia/Tokyo' };
const NIGHT: TimeWindow = { days: ['fri'], from: '22:00', to: '06:00', zone: 'Asia/Tokyo' };

// 2026-11-20 is a Friday; Japan is nine hours ahead of UTC, without summer time.
describe('time windows', () => {
  test.each([
    ['the first minute', OFFICE, '2026-11-20T00:00:00.000Z', true],
    ['the last minute', OFFICE, '2026-11-20T08:59:59.999Z', true],
    ['the end itself', OFFICE, '2026-11-20T09:00:00.000Z', false],
    ['before it', OFFICE, '2026-11-19T23:59:59.000Z', false],
    ['Saturday', OFFICE, '2026-11-21T03:00:00.000Z', false],
    ['Friday night', NIGHT, '2026-11-20T13:30:00.000Z', true],
    ['Saturday before dawn, still of Friday', NIGHT, '2026-11-20T20:59:00.000Z', true],
    ['Saturday morning', NIGHT, '2026-11-20T21:00:00.000Z', false],
    ['Friday before dawn, of Thursday', NIGHT, '2026-11-19T20:00:00.000Z', false],
    ['Saturday night', NIGHT, '2026-11-21T13:30:00.000Z', false],
    ['the same time twice is the whole day', { from: '00:00', to: '00:00', zone: 'UTC' }, '2026-11-20T23:59:00.000Z', true],
    ['a zone that is none', { from: '00:00', to: '00:00', zone: 'Mars/Olympus' }, '2026-11-20T12:00:00.000Z', false],
  ] as [string, TimeWindow, string, boolean][])('%s', (_what, window, at, expected) => {
    expect(isWithinAny([window], at)).toBe(expected);
  });

  test('summer time moves the window with the clocks on the wall', () => {
    const berlin: TimeWindow = { from: '09:00', to: '10:00', zone: 'Europe/Berlin' };
    expect(isWithinAny([berlin], '2026-07-01T07:30:00.000Z')).toBe(true);
    expect(isWithinAny([berlin], '2026-12-01T07:30:00.000Z')).toBe(false);
    expect(isWithinAny([berlin], '2026-12-01T08:30:00.000Z')).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { combineIdle, type IdleWitnesses } from '../../../src/platform/linux/idle-time.ts';

const HOUR = 3_600_000_000;
const clocks = { realtime: 100 * HOUR, monotonic: 10 * HOUR };
const session = { idleHint: false, idleSince: 0, idleSinceMonotonic: 0, locked: false };
const combine = (change: Partial<IdleWitnesses>): ReturnType<typeof combineIdle> =>
  combineIdle({ session, x11Millis: null, tray: null, clocks, ...change });

describe('idle time', () => {
  test('without any witness the user is active', () => {
    expect(combine({})).toEqual({ idleMillis: 0, locked: false });
  });

  test('a hint that is off says nothing where the display measures', () => {
    expect(combine({ x11Millis: 600_000 }).idleMillis).toBe(600_000);
  });

  test('the smallest measure wins', () => {
    const hinted = { ...session, idleHint: true, idleSinceMonotonic: 9 * HOUR };
    expect(combine({ session: hinted }).idleMillis).toBe(3_600_000);
    expect(combine({ session: hinted, x11Millis: 5 }).idleMillis).toBe(5);
    expect(combine({ session: hinted, tray: { idleMillis: 3, locked: false } }).idleMillis).toBe(3);
  });

  test('the tray has no say where the display can be asked: any program of the user can speak as it', () => {
    expect(combine({ x11Millis: 5000, tray: { idleMillis: 3, locked: false } }).idleMillis).toBe(5000);
  });

  test('the wall clock counts only where the other is missing, and a clock set back gives no negative time', () => {
    expect(combine({ session: { ...session, idleHint: true, idleSince: 99 * HOUR } }).idleMillis).toBe(3_600_000);
    expect(combine({ session: { ...session, idleHint: true, idleSince: 101 * HOUR } }).idleMillis).toBe(0);
    expect(combine({ session: { ...session, idleHint: true } }).idleMillis).toBe(0);
  });

  test('locked is what logind says, not what the tray says', () => {
    expect(combine({ tray: { idleMillis: 1, locked: true } }).locked).toBe(false);
    expect(combine({ session: { ...session, locked: true } }).locked).toBe(true);
  });
});

import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryMillis } from '../../src/core/retry.ts';

const plan = { firstMillis: 1000, longestMillis: 60_000 };
const anyRandom = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before the next try', () => {
  it.each([
    [1, 0.5, 500],
    [2, 0.5, 1000],
    [3, 0.5, 2000],
    [6, 0.5, 16_000],
    [7, 0.5, 30_000],
    [1_000_000, 0.5, 30_000],
  ])('for try %i at %d is %i ms', (attempt, random, millis) => {
    expect(retryMillis(attempt, plan, random)).toBe(millis);
  });

  it('lies anywhere between nothing and a bound that never shrinks and never passes the longest', () => {
    assert(
      property(integer({ min: 1, max: 10_000 }), anyRandom, (attempt, random) => {
        const millis = retryMillis(attempt, plan, random);
        expect(Number.isInteger(millis)).toBe(true);
        expect(millis).toBeGreaterThanOrEqual(0);
        expect(millis).toBeLessThan(plan.longestMillis);
        expect(retryMillis(attempt + 1, plan, random)).toBeGreaterThanOrEqual(millis);
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { durationMillis, sizeBytes } from '../../src/core/units.ts';

test.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['8h', 28_800_000],
  ['14d', 1_209_600_000],
])('%s is %d ms', (text, millis) => {
  expect(durationMillis(text)).toBe(millis);
});

test.each([
  [512, 512],
  ['3B', 3],
  ['512KiB', 524_288],
  ['20MiB', 20_971_520],
  ['2GiB', 2_147_483_648],
] as const)('%s is %d bytes', (text, bytes) => {
  expect(sizeBytes(text)).toBe(bytes);
});

test.each(['', '5', 'm', '5 m', '-5m', '5M'])('%o is no duration', (text) => {
  expect(() => durationMillis(text)).toThrow(TypeError);
});

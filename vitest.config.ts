import { defineConfig } from 'vitest/config';

/** `SLOW=1` runs the suites that kill, crash and wait (minutes); without it they are left out of `npm test`. */
const slow = process.env['SLOW'] === '1';
const report = slow ? 'reports/vitest-slow.json' : 'reports/vitest.json';

export default defineConfig({
  test: {
    include: slow ? ['test/integration/**/*.slow.test.ts'] : ['test/**/*.test.{ts,tsx}'],
    exclude: slow ? [] : ['test/**/*.slow.test.ts'],
    pool: 'forks',
    // Bounds for a test that hangs, never a measure of speed: CI machines are slow and shared.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});

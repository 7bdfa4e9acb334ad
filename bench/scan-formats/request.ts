import type { InspectionLimits } from '../../src/contracts/finding.ts';

/** The limits of the shipped policies, with time for a slow machine. */
export const LIMITS: InspectionLimits = {
  maxBytes: 2 ** 30,
  maxMillis: 120_000,
  maxDepth: 5,
  maxEntries: 10_000,
  maxRatio: 200,
  maxExpandedBytes: 2 ** 31,
  maxMemoryBytes: 2 ** 29,
};

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JAPANESE } from '../../src/policy/schema-problems.ts';

test('every message that the policy contract gives has its Japanese', () => {
  const contract = readFileSync(new URL('../../src/contracts/policy.ts', import.meta.url), 'utf8');
  const messages = [...contract.matchAll(/regex\(\/.*\/, '([^']+)'\)/g)].map(([, message = '']) => message);
  expect(messages.length).toBeGreaterThan(2);
  expect(messages.filter((message) => JAPANESE[message] === undefined)).toEqual([]);
});

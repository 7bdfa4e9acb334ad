import { describe, expect, it } from 'vitest';
import { fleetStates } from '../../src/console/fleet/fleet-state.ts';
import { fleet } from '../e2e/console-fixtures.ts';

const NOW = Date.parse('2026-11-22T03:00:00.000Z');
const statesOf = (host: string) => {
  const agent = fleet(NOW).agents.find((each) => each.host === host);
  if (agent === undefined) throw new Error(`no ${host}`);
  return fleetStates(agent, NOW);
};

describe('fleetStates', () => {
  it.each([
    ['eigyo-pc-014', ['ok']],
    ['keiri-pc-007', ['drift']],
    ['soumu-pc-001', ['guard', 'silent']],
    ['kyusha-pc-002', ['revoked']],
  ])('%s is %j', (host, states) => {
    expect(statesOf(host)).toEqual(states);
  });
});

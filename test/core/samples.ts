import type { AgentInput } from '../../src/contracts/input.ts';
import type { Inspection } from '../../src/contracts/finding.ts';
import { policy as policySchema, type Policy, type PolicyInput } from '../../src/contracts/policy.ts';
import type { Volume } from '../../src/contracts/volume.ts';
import { initialState, type AgentState } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import type { Effect } from '../../src/contracts/effect.ts';

export const AT = '2026-11-22T01:00:00.000Z';
export const RECIPIENT = `age1${'q'.repeat(58)}`;
export const USER = { name: 'hanako', basis: 'owner' } as const;

export const STICK: Volume = {
  id: 'linux:8:17',
  mountPoint: '/media/hanako/STICK',
  devicePath: '/dev/sdb1',
  filesystem: 'vfat',
  label: 'STICK',
  readOnly: false,
  bus: 'usb',
  removable: true,
  device: { id: 'usb:1-4', bus: 'usb', classes: ['storage'], vendorId: '0781', productId: '5581', serial: 'A1B2' },
};

export function samplePolicy(more: Partial<PolicyInput> = {}): Policy {
  return policySchema.parse({
    format: 'sekisho-policy/1',
    name: 'sample',
    title: { ja: '見本', en: 'Sample' },
    rules: [
      { id: 'secrets', when: [{ findings: [{ detector: 'secret.private-key' }] }], action: 'block' },
      { id: 'my-number', when: [{ findings: [{ detector: 'jp.my-number' }] }], action: 'encrypt' },
      { id: 'unreadable', when: [{ unreadable: true }], action: 'justify' },
    ],
    'screen-lock': { after: '10m', warn: '30s' },
    ...more,
  });
}

export function inspectionOf(detector?: string): Inspection {
  const finding = { confidence: 'high', count: 1, distinct: 1, samples: [], where: [], reasons: [] } as const;
  return {
    type: 'text',
    bytes: 10,
    findings: detector === undefined ? [] : [{ ...finding, detector, samples: [], where: [], reasons: [] }],
    persons: { from: 0, to: 0 },
    labels: [],
    unreadable: [],
    millis: 1,
  };
}

export const started: AgentInput = { kind: 'agent.started', at: AT, host: 'pc-1', version: '0.1.0', os: 'Debian 12', mode: 'service' };
export const applied = (policy: Policy = samplePolicy(), version = 1): AgentInput => ({
  kind: 'policy.applied',
  at: AT,
  policy,
  reference: { name: policy.name, version },
  recipients: [RECIPIENT],
});
export const mounted = (volume: Volume = STICK): AgentInput => ({ kind: 'volume.mounted', at: AT, volume });
export const arrived = (fileId: string, path = 'list.csv'): AgentInput => ({
  kind: 'file.arrived',
  at: AT,
  volumeId: STICK.id,
  fileId,
  path,
  bytes: 10,
  modified: AT,
  actor: USER,
  present: false,
});

/** Runs inputs through core; gives the end state and the effects of the last input. */
export function play(
  inputs: readonly AgentInput[],
  from: AgentState = initialState(),
): { state: AgentState; last: readonly Effect[]; all: Effect[] } {
  let state = from;
  let last: readonly Effect[] = [];
  const all: Effect[] = [];
  for (const input of inputs) {
    ({ state, effects: last } = step(state, input));
    all.push(...last);
  }
  return { state, last, all };
}

export function eventTypes(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.kind === 'appendEvent' ? [effect.body.type] : []));
}

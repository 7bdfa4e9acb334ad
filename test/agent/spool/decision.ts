import type { FileDecision } from '../../../src/contracts/event.ts';

export const decision: FileDecision = {
  actor: { name: 'hanako', basis: 'owner' },
  file: { path: 'list.csv', bytes: 12 },
  volume: { id: 'linux:7:0', filesystem: 'ext4', bus: 'virtual' },
  type: 'text',
  findings: [],
  persons: { from: 0, to: 0 },
  unreadable: [],
  verdict: { action: 'encrypt', rule: 'my-number', severity: 'high' },
  policy: { name: 'default', version: 1 },
  guard: 'watch',
  present: false,
};

import type { Finding } from '../../../src/contracts/finding.ts';
import { policy, type Policy, type PolicyInput } from '../../../src/contracts/policy.ts';
import type { Volume } from '../../../src/contracts/volume.ts';
import type { FileCircumstances } from '../../../src/core/policy/decide-file.ts';

/** A policy with nothing in it but what the test is about. */
export function policyWith(part: Partial<PolicyInput>): Policy {
  return policy.parse({ format: 'sekisho-policy/1', name: 'test', title: { ja: '試験', en: 'Test' }, rules: [], ...part });
}

export function found(detector: string, distinct: number, confidence: Finding['confidence'] = 'high'): Finding {
  return { detector, confidence, count: distinct, distinct, samples: [], where: [], reasons: [] };
}

export const STICK: Volume = {
  id: 'linux:8:17',
  mountPoint: '/media/stick',
  filesystem: 'exfat',
  readOnly: false,
  bus: 'usb',
  removable: true,
  device: { id: 'usb:1-4', bus: 'usb', classes: ['storage'], vendorId: '0781', productId: '5581', serial: '4C530001' },
};

type Differences = Omit<Partial<FileCircumstances>, 'inspection'> & { readonly inspection?: Partial<FileCircumstances['inspection']> };

/** A harmless text file on a stick with a serial, but for what the test says. */
export function file(differences: Differences = {}): FileCircumstances {
  return {
    path: 'reports/notes.txt',
    bytes: 1000,
    volume: STICK,
    user: 'tanaka',
    host: 'pc-01',
    ...differences,
    inspection: {
      type: 'text',
      bytes: 1000,
      findings: [],
      persons: { from: 0, to: 0 },
      labels: [],
      unreadable: [],
      millis: 1,
      ...differences.inspection,
    },
  };
}

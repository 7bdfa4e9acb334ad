import type { Command } from 'commander';

export type Register = (program: Command) => void;

/**
 * The commands, each loaded when it is asked for: `encrypt` needs no web server, and an agent at rest should not carry one.
 * A command may be put together from several files.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<readonly Register[]>>> = {
  scan: async () => [(await import('./scan.ts')).registerScan],
  guard: async () => [(await import('./guard.ts')).registerGuard],
  encrypt: async () => [(await import('./encrypt.ts')).registerEncrypt],
  decrypt: async () => [(await import('./decrypt.ts')).registerDecrypt],
  keys: async () => [(await import('./keys.ts')).registerKeys],
  policy: async () => [(await import('./policy.ts')).registerPolicy, (await import('./policy-push.ts')).registerPolicyPush],
  edm: async () => [(await import('./edm.ts')).registerEdm],
  fingerprint: async () => [(await import('./fingerprint.ts')).registerFingerprint],
  agent: async () => [(await import('./agent.ts')).registerAgent],
  enroll: async () => [(await import('./enroll.ts')).registerEnroll],
  quarantine: async () => [(await import('./quarantine.ts')).registerQuarantine],
  org: async () => [(await import('./org.ts')).registerOrg],
  collector: async () => [(await import('./collector.ts')).registerCollector],
  media: async () => [(await import('./media.ts')).registerMedia],
  service: async () => [(await import('./service.ts')).registerService],
  events: async () => [(await import('./events.ts')).registerEvents],
};

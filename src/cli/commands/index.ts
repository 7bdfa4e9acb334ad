import type { Command } from 'commander';
import { registerAgent } from './agent.ts';
import { registerCollector } from './collector.ts';
import { registerDecrypt } from './decrypt.ts';
import { registerEncrypt } from './encrypt.ts';
import { registerEnroll } from './enroll.ts';
import { registerEvents } from './events.ts';
import { registerGuard } from './guard.ts';
import { registerKeys } from './keys.ts';
import { registerOrg } from './org.ts';
import { registerPolicyPush } from './policy-push.ts';
import { registerPolicy } from './policy.ts';
import { registerQuarantine } from './quarantine.ts';
import { registerScan } from './scan.ts';

/** Each adds one command (with its subcommands) to the program and sets `process.exitCode` when run. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerAgent,
  registerEncrypt,
  registerDecrypt,
  registerGuard,
  registerKeys,
  registerPolicy,
  registerScan,
  registerOrg,
  registerCollector,
  registerEnroll,
  registerPolicyPush,
  registerEvents,
  registerQuarantine,
];

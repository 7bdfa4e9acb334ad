import type { Command } from 'commander';
import { registerAgent } from './agent.ts';
import { registerDecrypt } from './decrypt.ts';
import { registerEncrypt } from './encrypt.ts';
import { registerKeys } from './keys.ts';
import { registerPolicy } from './policy.ts';
import { registerScan } from './scan.ts';

/** Each adds one command (with its subcommands) to the program and sets `process.exitCode` when run. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerEncrypt,
  registerDecrypt,
  registerKeys,
  registerPolicy,
  registerScan,
];

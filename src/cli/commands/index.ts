import type { Command } from 'commander';

/** Each adds one command (with its subcommands) to the program and sets `process.exitCode` when run. */
export const COMMANDS: readonly ((program: Command) => void)[] = [];

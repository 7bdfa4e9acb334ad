import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { registerDecrypt } from '../../src/cli/commands/decrypt.ts';
import { registerEncrypt } from '../../src/cli/commands/encrypt.ts';
import { registerKeys } from '../../src/cli/commands/keys.ts';

/** What starts the program as its own process. */
export const ENTRY = join(import.meta.dirname, '../../bin/sekisho.js');

/** Runs the commands about age files within this process, as if called from `folder`. */
export async function runSekisho(folder: string, ...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  vi.stubEnv('INIT_CWD', folder);
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += text.toString()))),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += text.toString()))),
  ];
  try {
    return { status: await parse(args), stdout, stderr };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}

async function parse(args: string[]): Promise<number> {
  const program = new Command('sekisho').exitOverride();
  for (const register of [registerEncrypt, registerDecrypt, registerKeys]) register(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

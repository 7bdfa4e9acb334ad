import { Command } from 'commander';
import { VERSION } from '../node/version.ts';
import { EXIT } from './context.ts';
import { COMMANDS } from './commands/index.ts';

const program = new Command('sekisho')
  .description('The checkpoint on the road out: data-loss prevention for removable media. / 持ち出しの関所')
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride();

for (const register of COMMANDS) register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error) || !('exitCode' in error)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.failed;
}

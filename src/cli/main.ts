import { Command } from 'commander';
import { VERSION } from '../node/version.ts';
import { COMMANDS, type Register } from './commands/index.ts';
import { EXIT } from './context.ts';

// `sekisho ... | head` closes the pipe early: that is the reader's right and no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const program = new Command('sekisho')
  .description('The checkpoint on the road out: data-loss prevention for removable media. / 持ち出しの関所')
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride();

const asked = COMMANDS[process.argv[2] ?? ''];
for (const register of asked === undefined ? await everyCommand() : await asked()) register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Error) || !('exitCode' in error)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.failed;
}

/** For the list of commands, and for a name that is none. */
async function everyCommand(): Promise<Register[]> {
  return (await Promise.all(Object.values(COMMANDS).map((load) => load()))).flat();
}

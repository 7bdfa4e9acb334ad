import type { Command } from 'commander';
import { formatIdentityFile, generateIdentity, recipientOf } from '../../age/index.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';
import { readIdentityFile } from '../identity-file.ts';
import { writeNewFile } from '../new-file.ts';

interface Options {
  readonly output?: string;
  readonly json?: boolean;
}

/** `sekisho keys`: age identities in stock text form. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('Make and look at age identities.');
  keys
    .command('generate')
    .description('Make a new identity and show its recipient.')
    .option('-o, --output <file>', 'new file for the identity, readable by you alone (default: standard output)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho keys generate -o recovery.key')
    .action(async (options: Options) => {
      process.exitCode = await generate(options);
    });
  keys
    .command('recipient')
    .description('Show the recipient of each identity in a key file.')
    .argument('<file>', 'identity file')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho keys recipient recovery.key')
    .action(async (file: string, options: Options) => {
      process.exitCode = await showRecipients(file, options);
    });
}

async function generate(options: Options): Promise<number> {
  const json = options.json === true;
  const { identity, recipient } = generateIdentity();
  const text = formatIdentityFile(identity, new Date());
  if (options.output === undefined) {
    if (json) printJson({ identity, recipient });
    else process.stdout.write(text);
    if (!process.stdout.isTTY) printError(`Public key: ${recipient}`);
    return EXIT.ok;
  }
  const path = callerPath(options.output);
  // Never replaced: an identity overwritten is every file for it lost.
  const written = await writeNewFile(path, text);
  if (!written.ok) return fail(written.error, json);
  if (json) printJson({ path, recipient });
  else print(`Public key: ${recipient}`);
  return EXIT.ok;
}

async function showRecipients(file: string, options: Options): Promise<number> {
  const json = options.json === true;
  const identities = await readIdentityFile(callerPath(file));
  if (!identities.ok) return fail(identities.error, json);
  const recipients: string[] = [];
  for (const identity of identities.value) {
    const recipient = recipientOf(identity);
    if (!recipient.ok) return fail(recipient.error, json);
    recipients.push(recipient.value);
  }
  if (json) printJson({ recipients });
  else for (const recipient of recipients) print(recipient);
  return EXIT.ok;
}

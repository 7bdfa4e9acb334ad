import { join } from 'node:path';
import type { Command } from 'commander';
import { createOrganisation, ORGANISATION_FILES } from '../../pki/index.ts';
import { callerPath, EXIT, fail, print, printJson } from '../context.ts';

/** `sekisho org`: the organisation's keys. */
export function registerOrg(program: Command): void {
  const org = program.command('org').description("the organisation's keys and certificates");
  org
    .command('init')
    .description('make a folder with the keys of a new organisation')
    .argument('<folder>', 'new folder, readable by you alone')
    .requiredOption('--name <name>', "the organisation's name, shown in certificates")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho org init --name "Example KK" /srv/sekisho/org')
    .action(async (folder: string, options: { name: string; json?: boolean }) => {
      process.exitCode = await init(callerPath(folder), options.name, options.json ?? false);
    });
}

async function init(folder: string, name: string, json: boolean): Promise<number> {
  const made = await createOrganisation(folder, name);
  if (!made.ok) return fail(made.error, json);
  const recovery = join(folder, ORGANISATION_FILES.recoveryIdentity);
  const { recipients, authorityFingerprint } = made.value;
  if (json) {
    printJson({ folder, name, recipients, caSha256: authorityFingerprint, recoveryIdentity: recovery });
    return EXIT.ok;
  }
  print(`The organisation "${name}" is in ${folder}.`);
  print(`Take ${recovery} offline now: it opens every file that will ever be encrypted, and nothing here needs it.`);
  return EXIT.ok;
}

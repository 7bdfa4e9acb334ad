import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import type { Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { policyReference, type PolicyReference } from '../../contracts/verdict.ts';
import { fromErrno } from '../../node/errno.ts';
import { parsePolicy, readUnverified } from '../../policy/index.ts';
import { ConsoleClient, inTheClear } from '../console-client.ts';
import { callerPath, fail, print, printJson } from '../context.ts';
import { readPassword } from '../password-file.ts';
import { pushIndexes } from '../policy/push-indexes.ts';

interface PushOptions {
  readonly collector: string;
  readonly user: string;
  readonly passwordFile: string;
  /** `false` for `--no-indexes`. */
  readonly indexes?: string | false;
  readonly json?: boolean;
}

/** `sekisho policy push`, on the `policy` command that stands before it in the list of commands. */
export function registerPolicyPush(program: Command): void {
  const policy = program.commands.find((command) => command.name() === 'policy') ?? program.command('policy');
  policy
    .command('push')
    .description('give a signed release, and the indexes it names, to the collector, which hands them to the agents in seconds')
    .argument('<release>', 'the envelope that `policy sign` wrote')
    .requiredOption('--collector <url>', "the console's address")
    .requiredOption('--user <name>', 'an administrator of the console')
    .requiredOption('--password-file <file>', 'file with the password in its first line; - for standard input')
    .option('--indexes <folder>', 'where the indexes of own data lie that the collector has not got; else beside the release')
    .option('--no-indexes', 'send none: they reach the PCs by other means')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  sekisho policy push default-7.dsse.json --collector http://127.0.0.1:8080 --user hanako --password-file -',
    )
    .action(async (release: string, options: PushOptions) => {
      const json = options.json ?? false;
      const pushed = await push(release, options);
      if (!pushed.ok) {
        process.exitCode = fail(pushed.error, json);
        return;
      }
      const { reference, indexes } = pushed.value;
      if (json) {
        printJson({ ...reference, indexes });
        return;
      }
      if (indexes.length > 0) print(`Sent with it: ${indexes.join(', ')}.`);
      print(`Release ${reference.version} of ${reference.name} is handed out now.`);
    });
}

interface Pushed {
  readonly reference: PolicyReference;
  /** Those that the collector did not have. */
  readonly indexes: readonly string[];
}

async function push(release: string, options: PushOptions): Promise<Result<Pushed, Failure>> {
  const risk = inTheClear(options.collector);
  if (risk !== null) return err(risk);
  const password = await readPassword(options.passwordFile);
  if (!password.ok) return password;
  let envelope: string;
  try {
    envelope = await readFile(callerPath(release), 'utf8');
  } catch (error) {
    return err(fromErrno(error));
  }
  const signedIn = await ConsoleClient.signIn(options.collector, options.user, password.value);
  if (!signedIn.ok) return signedIn;
  const client = signedIn.value;
  try {
    // Before the release: no agent should get a policy whose indexes are nowhere.
    const sent = options.indexes === false ? ok([]) : await sendIndexes(client, envelope, folderOf(release, options));
    if (!sent.ok) return sent;
    const pushed = await client.call({ method: 'POST', path: '/api/policies', body: envelope });
    return pushed.ok ? ok({ reference: policyReference.parse(pushed.value), indexes: sent.value }) : pushed;
  } finally {
    await client.signOut();
  }
}

const folderOf = (release: string, { indexes }: PushOptions): string =>
  typeof indexes === 'string' ? callerPath(indexes) : dirname(callerPath(release));

/** What cannot be read as a release is the collector's to refuse. */
async function sendIndexes(client: ConsoleClient, envelope: string, folder: string): Promise<Result<string[], Failure>> {
  const release = readUnverified(envelope);
  const policy = release.ok ? parsePolicy(release.value.source) : release;
  return policy.ok ? pushIndexes(client, policy.value['own-data'], folder) : ok([]);
}

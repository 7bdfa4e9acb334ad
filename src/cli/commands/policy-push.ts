import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { apiError } from '../../contracts/collector-api.ts';
import { errorCode, failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { policyReference, type PolicyReference } from '../../contracts/verdict.ts';
import { fromErrno } from '../../node/errno.ts';
import { callerPath, fail, print, printJson } from '../context.ts';
import { readPassword } from '../password-file.ts';

interface PushOptions {
  readonly collector: string;
  readonly user: string;
  readonly passwordFile: string;
  readonly json?: boolean;
}

/** `sekisho policy push`, on the `policy` command that stands before it in the list of commands. */
export function registerPolicyPush(program: Command): void {
  const policy = program.commands.find((command) => command.name() === 'policy') ?? program.command('policy');
  policy
    .command('push')
    .description('give a signed release to the collector, which hands it to the agents in seconds')
    .argument('<release>', 'the envelope that `policy sign` wrote')
    .requiredOption('--collector <url>', "the console's address")
    .requiredOption('--user <name>', 'an administrator of the console')
    .requiredOption('--password-file <file>', 'file with the password in its first line; - for standard input')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  sekisho policy push default-7.dsse.json --collector http://127.0.0.1:8080 --user hanako --password-file -',
    )
    .action(async (release: string, options: PushOptions) => {
      const json = options.json ?? false;
      const pushed = await push(release, options);
      if (!pushed.ok) process.exitCode = fail(pushed.error, json);
      else if (json) printJson(pushed.value);
      else print(`Release ${pushed.value.version} of ${pushed.value.name} is handed out now.`);
    });
}

async function push(release: string, options: PushOptions): Promise<Result<PolicyReference, Failure>> {
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
  const { collector } = options;
  const login = await post(collector, '/api/login', JSON.stringify({ name: options.user, password: password.value }));
  if (!login.ok) return login;
  const cookie = login.value.cookie;
  const pushed = await post(collector, '/api/policies', envelope, cookie);
  await post(collector, '/api/logout', '{}', cookie);
  return pushed.ok ? ok(policyReference.parse(pushed.value.body)) : pushed;
}

/** A password in plain HTTP may go no further than this machine. */
function inTheClear(collector: string): Failure | null {
  const url = URL.parse(collector);
  if (url === null) return failure('DLP_CLI_USAGE', `${collector} is not an address such as https://console.example.co.jp.`);
  const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return null;
  return failure('DLP_CLI_USAGE', 'The password would cross the network in the clear. Give an https:// address. Nothing was sent.');
}

interface Answer {
  readonly body: unknown;
  readonly cookie: string;
}

async function post(collector: string, path: string, body: string, cookie = ''): Promise<Result<Answer, Failure>> {
  let response: Response;
  let answer: unknown;
  try {
    const headers = { 'content-type': 'application/json', origin: new URL(collector).origin, cookie };
    response = await fetch(new URL(path, collector), { method: 'POST', headers, body, redirect: 'error' });
    answer = await response.json();
  } catch (cause) {
    return err(failure('DLP_SYNC_OFFLINE', `No console of a collector answers at ${collector}.`, { retryable: true, cause }));
  }
  if (response.ok)
    return ok({
      body: answer,
      cookie: response.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; '),
    });
  const refusal = apiError.safeParse(answer);
  if (!refusal.success) return err(failure('DLP_SYNC_REFUSED', `The collector answered ${response.status}.`));
  const code = errorCode.safeParse(refusal.data.code);
  return err(failure(code.success ? code.data : 'DLP_SYNC_REFUSED', refusal.data.message));
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { administration, type RunningCollector, startCollector } from '../../collector/index.ts';
import { sessionInfo } from '../../contracts/collector-api.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { durationMillis } from '../../core/units.ts';
import { duration } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { fromErrno } from '../../node/errno.ts';
import { createLogger } from '../../node/logger.ts';
import { productRoot } from '../../node/product-root.ts';
import { openOrganisation } from '../../pki/index.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';
import { readPassword } from '../password-file.ts';
import { untilStopped } from '../until-stopped.ts';

const CONSOLE_ROOT = join(productRoot(), 'dist/console');
const SHORTEST_PASSWORD = 10;

/** `sekisho collector`: the server in the middle. */
export function registerCollector(program: Command): void {
  const collector = program.command('collector').description('the server that takes events and hands out policies');
  registerRun(collector);
  registerToken(collector);
  registerUser(collector);
  registerRevoke(collector);
}

interface RunOptions {
  readonly org: string;
  readonly state: string;
  readonly host: string;
  readonly name: readonly string[];
  readonly agentPort: number;
  readonly consoleHost: string;
  readonly consolePort: number;
  readonly consoleCert?: string;
  readonly consoleKey?: string;
  readonly json?: boolean;
}

function registerRun(collector: Command): void {
  collector
    .command('run')
    .description('run the collector in the foreground; SIGTERM ends it')
    .requiredOption('--org <dir>', "the organisation's folder; policy.key and recovery.identity need not be there")
    .requiredOption('--state <dir>', 'folder of the store and of the listener key')
    .option('--host <address>', 'address to listen on for agents, 0.0.0.0 for all', '127.0.0.1')
    .option('--name <names...>', 'names or addresses by which agents reach this collector', [])
    .option('--agent-port <port>', 'for agents, 0 for any', port, 8443)
    .option('--console-host <address>', 'address to listen on for the console', '127.0.0.1')
    .option('--console-port <port>', 'for the console, 0 for any', port, 8080)
    .option('--console-cert <file>', 'serve the console over TLS with this certificate chain')
    .option('--console-key <file>', 'key of --console-cert')
    .option('--json', 'the ready line as JSON')
    .addHelpText('after', '\nExample:\n  sekisho collector run --org org --state state --host 0.0.0.0 --name dlp.example.co.jp')
    .action(async (options: RunOptions) => {
      process.exitCode = await run(options);
    });
}

async function run(options: RunOptions): Promise<number> {
  const json = options.json ?? false;
  const started = await start(options);
  if (!started.ok) return fail(started.error, json);
  const stopped = untilStopped();
  const { agentUrl, consoleUrl } = started.value;
  if (json) printJson({ ready: true, agentUrl, consoleUrl, pid: process.pid });
  else print(`ready: agents at ${agentUrl}, console at ${consoleUrl}`);
  await stopped;
  await started.value.stop();
  return EXIT.ok;
}

async function start(options: RunOptions): Promise<Result<RunningCollector, Failure>> {
  const organisation = await openOrganisation(callerPath(options.org));
  if (!organisation.ok) return organisation;
  try {
    const { consoleCert, consoleKey } = options;
    const tls =
      consoleCert === undefined || consoleKey === undefined
        ? {}
        : { consoleTls: { cert: await readFile(callerPath(consoleCert), 'utf8'), key: await readFile(callerPath(consoleKey), 'utf8') } };
    const running = await startCollector({
      state: callerPath(options.state),
      organisation: organisation.value,
      host: options.host,
      names: options.name,
      agentPort: options.agentPort,
      consoleHost: options.consoleHost,
      consolePort: options.consolePort,
      log: createLogger('warn'),
      onLost: (error) => {
        // Whoever watches over the service starts it again; going on would take requests that cannot be kept.
        printError(`the store is lost: ${error.message}`);
        process.exit(EXIT.failed);
      },
      ...(existsSync(CONSOLE_ROOT) ? { consoleRoot: CONSOLE_ROOT } : {}),
      ...tls,
    });
    return ok(running);
  } catch (error) {
    return err(startFailure(error));
  }
}

function startFailure(error: unknown): Failure {
  if (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES')
  ) {
    return failure('DLP_CLI_USAGE', `The collector cannot listen there: ${error.message}.`, { cause: error });
  }
  return fromErrno(error);
}

function registerToken(collector: Command): void {
  collector
    .command('token')
    .description('print a token with which one PC can enrol, once')
    .requiredOption('--org <dir>', "the organisation's folder")
    .requiredOption('--state <dir>', "the collector's state folder")
    .requiredOption('--url <url>', 'where that PC reaches the collector, https://host:port')
    .option('--valid <duration>', 'how long it can be used, e.g. 30m, 24h, 7d', validity, 86_400_000)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho collector token --org org --state state --url https://dlp.example.co.jp:8443')
    .action(async (options: { org: string; state: string; url: string; valid: number; json?: boolean }) => {
      const json = options.json ?? false;
      const organisation = await openOrganisation(callerPath(options.org));
      if (!organisation.ok) {
        process.exitCode = fail(organisation.error, json);
        return;
      }
      const url = URL.canParse(options.url) ? new URL(options.url) : null;
      if (url?.protocol !== 'https:') {
        process.exitCode = fail(failure('DLP_CLI_USAGE', 'The address must begin with https:// and name a host.'), json);
        return;
      }
      const { token, expires } = administration(callerPath(options.state)).addToken(organisation.value, url.origin, options.valid);
      if (json) printJson({ token, expires });
      else print(token);
    });
}

function registerUser(collector: Command): void {
  const user = collector.command('user').description('people who may use the console');
  user
    .command('add')
    .description('add a person, or give one a new password and role; open sessions of that person end')
    .argument('<name>', 'name to sign in with')
    .requiredOption('--state <dir>', "the collector's state folder")
    .addOption(new Option('--role <role>', 'what the person may do').choices(sessionInfo.shape.role.options).default('auditor'))
    .requiredOption('--password-file <file>', 'file with the password in its first line; - for standard input')
    .addHelpText('after', '\nExample:\n  sekisho collector user add hanako --role admin --state state --password-file -')
    .action(async (name: string, options: { state: string; role: string; passwordFile: string }) => {
      const password = await readPassword(options.passwordFile);
      if (!password.ok) {
        process.exitCode = fail(password.error, false);
        return;
      }
      if (password.value.length < SHORTEST_PASSWORD) {
        process.exitCode = fail(failure('DLP_CLI_USAGE', `A password has at least ${SHORTEST_PASSWORD} characters.`), false);
        return;
      }
      await administration(callerPath(options.state)).putUser(name, sessionInfo.shape.role.parse(options.role), password.value);
      print(`${name} may sign in as ${options.role}.`);
    });
}

function registerRevoke(collector: Command): void {
  collector
    .command('revoke')
    .description('refuse an agent from its next request on')
    .argument('<agent>', 'its id, as the fleet page shows it')
    .requiredOption('--state <dir>', "the collector's state folder")
    .addHelpText('after', '\nExample:\n  sekisho collector revoke 0193e1c4-7c1e-7d3a-8f00-1c2d3e4f5a6b --state state')
    .action((agent: string, options: { state: string }) => {
      if (administration(callerPath(options.state)).revoke(agent)) print(`${agent} is revoked.`);
      else process.exitCode = fail(failure('DLP_API_NOT_FOUND', 'There is no such agent.'), false);
    });
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return value;
}

function validity(text: string): number {
  if (!duration.safeParse(text).success) throw new InvalidArgumentError('A duration is written 30m, 24h or 7d.');
  return durationMillis(text);
}

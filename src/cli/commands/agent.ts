import type { Command } from 'commander';
import { replay, startService } from '../../agent/index.ts';
import type { AgentStatus } from '../../contracts/ipc.ts';
import { loadEnrolment } from '../../agent/enrolment/index.ts';
import { fromErrno } from '../../node/errno.ts';
import { createI18n, translator } from '../../i18n/create-i18n.ts';
import { gapText } from '../../i18n/gap-text.ts';
import { loadPlatform } from '../../platform/index.ts';
import { connectAgent } from '../agent-connection.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';
import { callerLanguage } from '../language.ts';
import { untilStopped } from '../until-stopped.ts';

export function registerAgent(program: Command): void {
  const agent = program.command('agent').description('the guardian process of this PC');
  registerRun(agent);
  registerStatus(agent);
  registerReplay(agent);
}

interface RunOptions {
  readonly state?: string;
  readonly endpoint?: string;
  readonly only?: string;
  readonly folder?: string;
  readonly record?: string;
  readonly json?: boolean;
}

function registerRun(agent: Command): void {
  agent
    .command('run')
    .description('run the agent in the foreground, as a service manager starts it; SIGTERM ends it')
    .option('--state <dir>', 'state folder of the enrolment, policy, spool and quarantine')
    .option('--endpoint <path>', 'local socket or named pipe for the tray')
    .option('--only <mountpoint>', 'guard the volume mounted there and no other (practice)')
    .option('--folder <dir>', 'guard a plain folder in place of a stick, and no volume (practice)')
    .option('--record <dir>', 'write inputs and effects there, for replay')
    .option('--json', 'the ready line as JSON')
    .addHelpText('after', '\nExample:\n  sudo sekisho agent run --state /var/lib/sekisho/agent')
    .action(async (options: RunOptions) => {
      process.umask(0o077);
      const platform = await loadPlatform();
      const started = await startService({
        platform,
        state: options.state === undefined ? platform.paths.agentState : callerPath(options.state),
        endpoint: options.endpoint === undefined ? platform.paths.ipcEndpoint : callerPath(options.endpoint),
        log: printError,
        fatal: giveUp,
        ...(options.only === undefined ? {} : { only: callerPath(options.only) }),
        ...(options.folder === undefined ? {} : { folder: callerPath(options.folder) }),
        ...(options.record === undefined ? {} : { record: callerPath(options.record) }),
      });
      if (!started.ok) {
        process.exitCode = fail(started.error, options.json ?? false);
        return;
      }
      const stopped = untilStopped();
      const { agent: id } = started.value;
      if (options.json) printJson({ ready: true, agent: id, pid: process.pid });
      else print(`ready: agent ${id}`);
      await started.value.stop(await stopped);
    });
}

/** The service manager starts the agent again; what was spooled and journalled is taken up there. */
function giveUp(error: unknown): never {
  printError(`The agent cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(EXIT.failed);
}

function registerStatus(agent: Command): void {
  agent
    .command('status')
    .description('what the agent guards now, and what it cannot')
    .option('--endpoint <path>', 'local socket or named pipe of the agent')
    .option('--state <dir>', 'with --enrolment: the state folder to look into')
    .option('--enrolment', 'only whether this PC is enrolled; needs no running agent')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  sekisho agent status --json')
    .action(async (options: { endpoint?: string; state?: string; enrolment?: boolean; json?: boolean }) => {
      const json = options.json ?? false;
      if (options.enrolment) {
        const { paths } = await loadPlatform();
        const enrolment = loadEnrolment(options.state === undefined ? paths.agentState : callerPath(options.state));
        if (!enrolment.ok) process.exitCode = fail(enrolment.error, json);
        else print(`enrolled as ${enrolment.value.agent} with ${enrolment.value.url}`);
        return;
      }
      const client = await connectAgent(options.endpoint);
      if (!client.ok) {
        process.exitCode = fail(client.error, json);
        return;
      }
      const status = await client.value.request('status.get', {});
      client.value.close();
      if (!status.ok) process.exitCode = fail(status.error, json);
      else if (json) printJson(status.value);
      else for (const line of statusLines(status.value)) print(line);
    });
}

function statusLines(status: AgentStatus): string[] {
  const { policy, collector, volumes, screenLock, gaps } = status;
  const t = translator(createI18n(callerLanguage()));
  return [
    `agent      ${status.agent ?? 'not enrolled'} ${status.version} on ${status.host}, since ${status.started}`,
    `policy     ${policy === null ? 'none yet' : `${policy.name}, release ${policy.version}`}`,
    `collector  ${collector.url ?? '-'}, last contact ${collector.lastContact ?? 'never'}, ${collector.spooled} events waiting`,
    `lock       ${screenLock === null ? 'no rule' : `after ${screenLock.afterMillis / 1000} s idle`}`,
    ...volumes.map(
      ({ volume, treatment, guard, state }) =>
        `volume     ${volume.mountPoint} ${treatment}${guard === null ? '' : ` (${guard}, ${state})`}`,
    ),
    ...gaps.map((gap) => `cannot     ${gapText(gap, t)}`),
  ];
}

function registerReplay(agent: Command): void {
  agent
    .command('replay <inputs>')
    .description('run recorded inputs through the deciding core again and print the effects')
    .option('--against <effects>', 'compare with recorded effects instead of printing; exit 1 when they differ')
    .addHelpText('after', '\nExample:\n  sekisho agent replay rec/inputs.ndjson --against rec/effects.ndjson')
    .action(async (inputs: string, options: { against?: string }) => {
      const against = options.against === undefined ? undefined : callerPath(options.against);
      try {
        const result = await replay(callerPath(inputs), 'watch', against === undefined ? print : () => undefined, against);
        if (against !== undefined) print(verdictOf(result));
        process.exitCode = result.differsAt === null ? EXIT.ok : EXIT.found;
      } catch (error) {
        process.exitCode = fail(fromErrno(error), false);
      }
    });
}

function verdictOf({ inputs, differsAt }: { inputs: number; differsAt: number | null }): string {
  return differsAt === null ? `${inputs} inputs, effects identical` : `${inputs} inputs, effects differ first at line ${differsAt}`;
}

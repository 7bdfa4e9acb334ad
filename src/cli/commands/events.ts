import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import type { AgentEvent } from '../../contracts/event.ts';
import { displayName } from '../../core/display-name.ts';
import { fromErrno } from '../../node/errno.ts';
import { verifyEvents } from '../verify-events.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';
import { type EventSource, type EventSourceOptions, openEventSource, readEventText } from '../event-source.ts';

/** `sekisho events`: what was recorded, read where it lies. */
export function registerEvents(program: Command): void {
  const events = program.command('events').description('show, export and verify recorded events');
  withSource(events.command('tail').description('show the newest events'))
    .option('-n, --lines <count>', 'how many', positive, 20)
    .option('--json', 'whole events as JSON Lines')
    .addHelpText('after', '\nExample:\n  sekisho events tail --store state -n 50')
    .action((options: EventSourceOptions & { lines: number; json?: boolean }) =>
      withOpen(options, options.json ?? false, (source) => tail(source, options.lines, options.json ?? false)),
    );
  withSource(events.command('export').description('write every event as JSON Lines, by agent and sequence'))
    .option('-o, --output <file>', 'new file (default: standard output)')
    .addHelpText('after', '\nExample:\n  sekisho events export --store state -o events.ndjson')
    .action((options: EventSourceOptions & { output?: string }) => withOpen(options, false, (source) => exportAll(source, options.output)));
  withSource(events.command('verify').description('check every hash, link and signed head; exit 1 when a chain is broken'))
    .option('--json', 'one JSON object an agent')
    .addHelpText('after', '\nExample:\n  sekisho events verify --file events.ndjson')
    .action((options: EventSourceOptions & { json?: boolean }) =>
      withOpen(options, options.json ?? false, (source) => verify(source, options.json ?? false)),
    );
}

function withSource(command: Command): Command {
  return command
    .option('--store <dir>', "a collector's state folder")
    .option('--file <file>', 'JSON Lines, as `events export` writes them')
    .option('--spool <file>', "an agent's spool");
}

async function withOpen(options: EventSourceOptions, json: boolean, work: (source: EventSource) => Promise<number>): Promise<void> {
  const source = openEventSource(options);
  if (!source.ok) {
    process.exitCode = fail(source.error, json);
    return;
  }
  try {
    process.exitCode = await work(source.value);
  } finally {
    source.value.close();
  }
}

async function tail(source: EventSource, lines: number, json: boolean): Promise<number> {
  for (const text of await source.latest(lines)) {
    const event = readEventText(text);
    if (json) print(text);
    else print(event === null ? '(not an event)' : eventLine(event));
  }
  return EXIT.ok;
}

function eventLine(event: AgentEvent): string {
  const { data } = event.body;
  const details = [
    'actor' in data ? data.actor.name : '',
    'file' in data ? data.file.path : '',
    'verdict' in data ? `${data.verdict.action}${data.verdict.rule === undefined ? '' : ` by ${data.verdict.rule}`}` : '',
  ].filter((detail) => detail !== '');
  return displayName([event.time, event.host, `#${event.sequence}`, event.body.type, ...details].join('  '));
}

async function exportAll(source: EventSource, output: string | undefined): Promise<number> {
  try {
    const to = output === undefined ? process.stdout : createWriteStream(callerPath(output), { flags: 'wx', mode: 0o600 });
    if (to !== process.stdout) await once(to, 'open');
    for await (const text of source.texts()) if (!to.write(`${text}\n`)) await once(to, 'drain');
    if (to !== process.stdout) await new Promise<void>((resolve) => to.end(resolve));
    return EXIT.ok;
  } catch (error) {
    return fail(fromErrno(error), false);
  }
}

async function verify(source: EventSource, json: boolean): Promise<number> {
  const report = await verifyEvents(source);
  for (const agent of report.agents) {
    if (json) printJson(agent);
    else {
      const range = agent.first === null ? 'none' : `${agent.first} to ${agent.last}`;
      print(`${agent.agent}  ${agent.events} events, ${range}: ${agent.problems.length === 0 ? 'intact' : agent.problems.join('; ')}`);
      for (const note of agent.notes) print(`  note: ${note}`);
    }
  }
  if (report.unreadable > 0) printError(`${report.unreadable} lines are not events`);
  if (report.agents.length === 0 && !json) print('no events');
  return report.intact ? EXIT.ok : EXIT.found;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('A whole number of 1 or more.');
  return value;
}

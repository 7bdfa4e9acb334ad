import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { QuarantineItem } from '../../agent/quarantine/item.ts';
import { openQuarantine, type Quarantine } from '../../agent/quarantine/quarantine.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { displayName } from '../../core/display-name.ts';
import { fromErrno } from '../../node/errno.ts';
import { loadPlatform } from '../../platform/index.ts';
import { connectAgent } from '../agent-connection.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';

interface QuarantineOptions {
  readonly state?: string;
  readonly json?: boolean;
}

interface RestoreOptions extends QuarantineOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly endpoint?: string;
}

/** `sekisho quarantine`: what was taken off media on this PC, and how to get it back. */
export function registerQuarantine(program: Command): void {
  const quarantine = program.command('quarantine').description('list and restore files that were taken off a medium');
  quarantine
    .command('list')
    .description('list quarantined files, oldest first')
    .option('--state <dir>', "the agent's state folder")
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  sekisho quarantine list --json')
    .action(async (options: QuarantineOptions) => {
      process.exitCode = await withQuarantine(options, (opened) => list(opened, options));
    });
  quarantine
    .command('restore')
    .description('decrypt one quarantined file to a path of your choosing; the quarantined copy stays')
    .argument('<id>', 'as `quarantine list` shows it')
    .requiredOption('-o, --output <file>', 'where to write it: exactly there and nowhere else')
    .option('--state <dir>', "the agent's state folder")
    .option('--force', 'replace OUTPUT when it exists')
    .option('--endpoint <path>', 'local socket of the agent, which writes it into the record')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  sekisho quarantine restore 01a20376-d4fa-77f7-bb8c-e861177cf340 -o plan.xlsx')
    .action(async (id: string, options: RestoreOptions) => {
      process.exitCode = await withQuarantine(options, (opened) => restore(opened, id, options));
    });
}

async function withQuarantine(options: QuarantineOptions, work: (quarantine: Quarantine) => Promise<number>): Promise<number> {
  const opened = await openExisting(options.state === undefined ? (await loadPlatform()).paths.agentState : callerPath(options.state));
  return opened.ok ? work(opened.value) : fail(opened.error, options.json ?? false);
}

/** Does not make one where there is none: a mistyped folder would look like an empty quarantine. */
async function openExisting(state: string): Promise<Result<Quarantine, Failure>> {
  const folder = join(state, 'quarantine');
  try {
    if (!(await stat(folder)).isDirectory()) return err(NONE);
    return ok(await openQuarantine({ folder, maxBytes: 0, keepMillis: 0, clock: { now: () => Date.now() } }));
  } catch (error) {
    const problem = fromErrno(error);
    return err(problem.code === 'DLP_FILE_NOT_FOUND' ? NONE : problem);
  }
}

const NONE = failure('DLP_QUARANTINE_MISSING', 'There is no quarantine in that state folder. Name the right one with --state.');

async function list(quarantine: Quarantine, options: QuarantineOptions): Promise<number> {
  const items = await quarantine.list();
  if (items.length === 0 && !options.json) print('The quarantine is empty.');
  for (const item of items) {
    if (options.json) printJson(item);
    else print(describe(item));
  }
  return EXIT.ok;
}

function describe(item: QuarantineItem): string {
  const why = `${item.verdict.action}${item.verdict.rule === undefined ? '' : ` (${item.verdict.rule})`}`;
  return `${item.id}  ${item.added}  ${item.bytes} bytes  ${why}  ${displayName(item.actor.name)}  ${item.shownPath}`;
}

async function restore(quarantine: Quarantine, id: string, options: RestoreOptions): Promise<number> {
  const output = callerPath(options.output);
  const restored = await quarantine.restore(id, output, { force: options.force ?? false });
  if (!restored.ok) return fail(restored.error, options.json ?? false);
  const { bytes, sha256 } = restored.value;
  const recorded = await tellAgent(id, options.endpoint);
  if (recorded !== null) printError(`The file was restored, but the running agent could not record it: ${recorded.message}`);
  if (options.json) printJson({ id, output, bytes, sha256, recorded: recorded === null });
  else print(`Restored ${bytes} bytes to ${displayName(output)}.`);
  return EXIT.ok;
}

/** The spool has one writer, the agent: it is told. Null when the restoration is on record. */
async function tellAgent(quarantineId: string, endpoint: string | undefined): Promise<Failure | null> {
  const client = await connectAgent(endpoint);
  if (!client.ok) return client.error;
  const told = await client.value.request('quarantine.report-restored', { quarantineId });
  client.value.close();
  return told.ok ? null : told.error;
}

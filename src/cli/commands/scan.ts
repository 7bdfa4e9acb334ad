import { availableParallelism, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Inspection } from '../../contracts/finding.ts';
import type { Policy } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { ACTIONS, type Action, type Verdict } from '../../contracts/verdict.ts';
import type { Volume } from '../../contracts/volume.ts';
import { displayName } from '../../core/display-name.ts';
import { decideFile } from '../../core/policy/decide-file.ts';
import { inspectionLimits } from '../../core/policy/inspection-limits.ts';
import { ownDataOf } from '../../core/policy/own-data.ts';
import type { Inspector } from '../../core/ports.ts';
import { createInspector } from '../../inspect/index.ts';
import { productRoot } from '../../node/product-root.ts';
import { formatProblem, parsePolicy } from '../../policy/index.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';
import { readText } from '../policy/read-policy.ts';
import { startProgress, type Progress } from '../progress-bar.ts';
import { walkFiles, type WalkedFile } from '../walk-files.ts';

const DEFAULT_POLICY = join(productRoot(), 'policies/default.yaml');
const MOST_JOBS = 64;

interface Options {
  readonly policy?: string;
  readonly json?: boolean;
  readonly jobs: number;
  readonly failOn?: Action;
}

/** `sekisho scan`: what is in files, and what the policy would do with them. Nothing is changed. */
export function registerScan(program: Command): void {
  program
    .command('scan')
    .description('Look into files and say what a policy would do with them. Nothing is changed.')
    .argument('<path...>', 'files and folders; links are not followed')
    .option('--policy <file>', 'policy to decide by (default: the shipped standard policy)')
    .option('--json', 'print one JSON object a line for each file')
    .option('--jobs <number>', 'files looked into at the same time', readJobs, availableParallelism())
    .addOption(new Option('--fail-on <action>', 'exit with 1 when a verdict is at least this').choices(ACTIONS))
    .addHelpText('after', '\nExample:\n  sekisho scan --policy policies/my-number-strict.yaml --fail-on encrypt ~/Documents')
    .action(async (paths: readonly string[], options: Options) => {
      process.exitCode = await scan(paths, options);
    });
}

function readJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) throw new InvalidArgumentError(`a whole number from 1 to ${MOST_JOBS}`);
  return jobs;
}

async function scan(paths: readonly string[], options: Options): Promise<number> {
  const json = options.json === true;
  const policy = await readPolicy(options.policy);
  if (!policy.ok) return fail(policy.error, json);
  const inspector = createInspector({ workers: options.jobs });
  try {
    return await scanAll(paths, options, policy.value, inspector);
  } finally {
    await inspector.close();
  }
}

async function readPolicy(file: string | undefined): Promise<Result<Policy, Failure>> {
  const path = file ?? DEFAULT_POLICY;
  const source = await readText(path);
  if (!source.ok) return source;
  const parsed = parsePolicy(source.value);
  if (parsed.ok) return ok(parsed.value);
  const problems = parsed.error.map((problem) => formatProblem(displayName(path), problem));
  return err(failure('DLP_POLICY_SCHEMA', problems.join('\n')));
}

async function scanAll(paths: readonly string[], options: Options, policy: Policy, inspector: Inspector): Promise<number> {
  const total = process.stderr.isTTY ? await totalBytes(paths) : 0;
  const progress = startProgress('scanning', total);
  const outcome = new Outcome(options, progress);
  try {
    for await (const report of inOrder(scanned(paths, policy, inspector), options.jobs * 2)) outcome.add(report);
  } finally {
    progress.stop();
  }
  return outcome.exitCode;
}

async function totalBytes(paths: readonly string[]): Promise<number> {
  let total = 0;
  for await (const { file } of walked(paths)) if ('bytes' in file) total += file.bytes;
  return total;
}

interface ScanReport {
  readonly path: string;
  readonly file: WalkedFile;
  readonly result: Result<{ readonly inspection: Inspection; readonly verdict: Verdict }, Failure>;
}

async function* walked(paths: readonly string[]): AsyncGenerator<{ readonly file: WalkedFile; readonly path: string }> {
  for (const path of paths) {
    const start = Buffer.from(callerPath(path));
    for await (const file of walkFiles(start)) {
      // Shown as it was typed, with what lies below it.
      const shown = Buffer.concat([Buffer.from(path.replace(/(?<=.)\/+$/, '')), file.path.subarray(start.length)]);
      yield { file, path: displayName(shown) };
    }
  }
}

async function* scanned(paths: readonly string[], policy: Policy, inspector: Inspector): AsyncGenerator<() => Promise<ScanReport>> {
  const limits = inspectionLimits(policy);
  const [user, host] = [userInfo().username, hostname()];
  for await (const { file, path } of walked(paths)) {
    yield async () => {
      if ('error' in file) return { path, file, result: err(file.error) };
      const inspection = await inspector.inspect({ path: file.path, name: path, limits, ownData: ownDataOf(policy) });
      const [unreadable] = inspection.unreadable;
      if (unreadable?.reason === 'io-error' && unreadable.where === undefined) {
        return { path, file, result: err(failure('DLP_FILE_IO', 'The file could not be read.')) };
      }
      const verdict = decideFile(policy, { path, bytes: inspection.bytes, inspection, volume: NO_VOLUME, user, host });
      return { path, file, result: ok({ inspection, verdict }) };
    };
  }
}

/** A scan asks what would happen on a stick in general: rules about one bus or serial do not hold. */
const NO_VOLUME: Volume = { id: 'scan', mountPoint: '/', filesystem: 'unknown', readOnly: true, bus: 'unknown', removable: true };

/** Runs at most `width` at once and gives results in the order of the tasks. */
async function* inOrder<T>(tasks: AsyncIterable<() => Promise<T>>, width: number): AsyncGenerator<T> {
  const running: Promise<T>[] = [];
  for await (const task of tasks) {
    running.push(task());
    const first = running.length >= width ? running.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const rest of running) yield await rest;
}

/** Prints each report and keeps what the exit code hangs on. */
class Outcome {
  readonly #options: Options;
  readonly #progress: Progress;
  #bytes = 0;
  #reached = false;
  #missing = false;

  constructor(options: Options, progress: Progress) {
    this.#options = options;
    this.#progress = progress;
  }

  add({ path, file, result }: ScanReport): void {
    if ('bytes' in file) this.#progress.update((this.#bytes += file.bytes));
    const json = this.#options.json === true;
    if (!result.ok) {
      if (file.named) this.#missing = true;
      const { code, message } = result.error;
      if (json) printJson({ path, error: { code, message } });
      else printError(`${path}: ${message} (${code})`);
      return;
    }
    const { inspection, verdict } = result.value;
    if (isAtLeast(verdict.action, this.#options.failOn)) this.#reached = true;
    if (json) printJson(reportObject(path, inspection, verdict));
    else print(reportLine(path, inspection, verdict));
  }

  get exitCode(): number {
    if (this.#missing) return EXIT.failed;
    return this.#reached ? EXIT.found : EXIT.ok;
  }
}

function isAtLeast(action: Action, than: Action | undefined): boolean {
  return than !== undefined && ACTIONS.indexOf(action) >= ACTIONS.indexOf(than);
}

function reportObject(path: string, { type, bytes, findings, persons, unreadable, millis }: Inspection, { action, rule }: Verdict): object {
  return {
    path,
    bytes,
    type,
    findings,
    // What may be a thousand people is told as a thousand; `personsFrom` says how few there may be.
    persons: persons.to,
    ...(persons.from === persons.to ? {} : { personsFrom: persons.from }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
    verdict: { action, rule: rule ?? null },
    ms: Math.round(millis * 10) / 10,
  };
}

function reportLine(path: string, { type, findings, persons, unreadable }: Inspection, { action, rule }: Verdict): string {
  const people = persons.to === 0 ? '' : `, ${persons.from === persons.to ? persons.to : `${persons.from}-${persons.to}`} person(s)`;
  const found = findings
    .filter(({ confidence }) => confidence !== 'low')
    .map(({ detector, distinct, samples }) => `\n    ${detector} ${distinct}: ${samples.slice(0, 2).join(', ')}`)
    .join('');
  const reasons = unreadable.map(({ reason }) => `\n    unreadable: ${reason}`).join('');
  return `${action.padEnd(8)} ${path} (${type}${people}${rule === undefined ? '' : `; rule ${rule}`})${found}${reasons}`;
}

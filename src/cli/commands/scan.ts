import { availableParallelism, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Language } from '../../contracts/ids.ts';
import type { Policy } from '../../contracts/policy.ts';
import { err, type Result } from '../../contracts/result.ts';
import { ACTIONS, type Action } from '../../contracts/verdict.ts';
import { displayName } from '../../core/display-name.ts';
import { createInspector } from '../../inspect/index.ts';
import { productRoot } from '../../node/product-root.ts';
import { VERSION } from '../../node/version.ts';
import { formatProblem, parsePolicy } from '../../policy/index.ts';
import { callerPath, EXIT, fail, printError } from '../context.ts';
import { languageOption } from '../policy/language-option.ts';
import { indexBeside, withIndexes } from '../policy/index-beside.ts';
import { readText } from '../policy/read-policy.ts';
import { inspectionContext, inspectionTerms, type InspectionTerms } from '../scan/context.ts';
import { pseudoFilesystems } from '../scan/filesystems.ts';
import { InspectOnce } from '../scan/inspect-once.ts';
import { lowerPriority, lowPriorityText } from '../scan/low-priority.ts';
import { jsonOutput, textOutput } from '../scan/output.ts';
import { startScanProgress } from '../scan/progress.ts';
import { ResultTable } from '../scan/result-table.ts';
import { runScan, type ScanOutcome } from '../scan/run-scan.ts';
import { ScanState, stateFailure, stateFiles } from '../scan/state.ts';
import { stopSignal } from '../scan/stop-signal.ts';
import { Tally } from '../scan/tally.ts';
import { createWords, type Words } from '../scan/words.ts';
import { checkReport, reportForm, writeReport } from '../scan/write-report.ts';

const DEFAULT_POLICY = join(productRoot(), 'policies/default.yaml');
const MOST_JOBS = 64;
/** As shells have it for a program that SIGINT ended. */
const STOPPED = 130;
/** A file that gets the processor seldom takes long, and is not hostile for it. */
const LOW_PRIORITY_PATIENCE = 10;

interface Options {
  readonly policy?: string;
  readonly json?: boolean;
  readonly jobs: number;
  readonly failOn?: Action;
  readonly all?: boolean;
  readonly exclude: readonly string[];
  readonly oneFileSystem?: boolean;
  readonly state?: string;
  readonly report: readonly string[];
  readonly lowPriority?: boolean;
  readonly progress?: boolean;
  readonly language: Language;
}

const HELP = `
Exit code: 0 it ran, 1 --fail-on was reached, 2 it could not run or a named path could not be read, 130 it was stopped.

Example:
  sekisho scan --policy policies/my-number-strict.yaml --fail-on encrypt ~/Documents
  sekisho scan --state ~/.sekisho-scan --low-priority --report disk.html --report disk.csv /`;

/** `sekisho scan`: what is in files, and what the policy would do with them. Nothing is changed. docs/spec/scan.md. */
export function registerScan(program: Command): void {
  program
    .command('scan')
    .description('Look into files and say what a policy would do with them. Nothing is changed.')
    .argument('<path...>', 'files and folders; links are not followed')
    .option('--policy <file>', 'policy to decide by (default: the shipped standard policy)')
    .option('--json', 'print one JSON object a line for each file')
    .option('--all', 'tell of every file, not only of those with a verdict above record')
    .option('--jobs <number>', 'files looked into at the same time', readJobs, availableParallelism())
    .option('--exclude <glob>', 'leave out files and folders of this name or path (* and ?); can be given several times', collect, [])
    .option('--one-file-system', 'stay on the filesystem of each path')
    .option('--state <file>', 'remember what was seen: go on after a stop, and look into changed files only')
    .option('--report <file>', 'write a report, .html, .csv or .json; can be given several times', readReport, [])
    .option('--low-priority', 'give way to everything else on this machine')
    .option('--progress', 'say how far it is every ten seconds where standard error is no terminal')
    .addOption(new Option('--fail-on <action>', 'exit with 1 when a verdict is at least this').choices(ACTIONS))
    .addOption(languageOption())
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], options: Options) => {
      process.exitCode = await scan(paths, options);
    });
}

function readJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS) throw new InvalidArgumentError(`a whole number from 1 to ${MOST_JOBS}`);
  return jobs;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function readReport(path: string, before: readonly string[]): string[] {
  if (reportForm(path) === null) throw new InvalidArgumentError('the name of a report ends in .html, .csv or .json');
  return [...before, path];
}

async function scan(paths: readonly string[], options: Options): Promise<number> {
  const json = options.json === true;
  const policy = await readPolicy(options.policy);
  if (!policy.ok) return fail(policy.error, json);
  for (const path of options.report) {
    const writable = await checkReport(callerPath(path));
    if (!writable.ok) return fail(withPath(path, writable.error), json);
  }
  const words = createWords(options.language);
  // Before any thread is started: threads inherit it.
  if (options.lowPriority === true) printError(lowPriorityText(lowerPriority(), words));
  const terms = inspectionTerms(policy.value, options.lowPriority === true ? LOW_PRIORITY_PATIENCE : 1);
  const statePath = options.state === undefined ? null : callerPath(options.state);
  const state = ScanState.open(statePath, inspectionContext(terms), Date.now());
  if (!state.ok) return fail(state.error, json);
  try {
    return await scanInto(state.value, { paths, options, policy: policy.value, terms, words });
  } catch (error) {
    if (!(error instanceof Error) || !('errcode' in error)) throw error;
    return fail(stateFailure(error, statePath), json);
  } finally {
    state.value.close();
  }
}

async function readPolicy(file: string | undefined): Promise<Result<Policy, Failure>> {
  const path = file ?? DEFAULT_POLICY;
  const source = await readText(path);
  if (!source.ok) return source;
  const parsed = parsePolicy(source.value);
  if (parsed.ok) return withIndexes(path, source.value, parsed.value);
  const problems = parsed.error.map((problem) => formatProblem(displayName(path), problem));
  return err(failure('DLP_POLICY_SCHEMA', problems.join('\n')));
}

interface Job {
  readonly paths: readonly string[];
  readonly options: Options;
  readonly policy: Policy;
  readonly terms: InspectionTerms;
  readonly words: Words;
}

async function scanInto(state: ScanState, job: Job): Promise<number> {
  const { paths, options, policy, terms, words } = job;
  const [tally, results] = [new Tally(), new ResultTable(state.database, options.all === true)];
  const progress = startScanProgress(words, options.progress === true);
  const output = options.json === true ? jsonOutput(words, progress.makeRoom) : textOutput(words, options.all === true, progress.makeRoom);
  const inspector = createInspector({ workers: options.jobs, indexPath: indexBeside(options.policy ?? DEFAULT_POLICY) });
  const stop = stopSignal();
  // A running inspection may take its whole time limit; nothing waits for it.
  stop.signal.addEventListener('abort', () => void inspector.close());
  const clock = { now: () => Date.now() };
  const started = clock.now();
  let outcome: ScanOutcome;
  try {
    outcome = await runScan({
      roots: paths.map((path) => ({ path: Buffer.from(callerPath(path)), typed: path })),
      walk: {
        exclude: options.exclude,
        oneFilesystem: options.oneFileSystem === true,
        pseudoFilesystems: pseudoFilesystems(),
        ownFiles: options.state === undefined ? [] : stateFiles(callerPath(options.state)),
      },
      jobs: options.jobs,
      policy,
      user: userInfo().username,
      host: hostname(),
      failOn: options.failOn,
      once: new InspectOnce({ inspector, state, terms, clock }),
      tally,
      results,
      output,
      progress,
      clock,
      count: process.stderr.isTTY || options.progress === true,
      signal: stop.signal,
    });
    state.commit();
    if (outcome.complete) state.forgetOld();
  } finally {
    progress.stop();
    await inspector.close();
  }
  const ended = clock.now();
  const written = await writeReports({ ...job, tally, results, started, ended, complete: outcome.complete });
  output.end(tally.summary(), ended - started, written.paths);
  stop.dispose();
  if (!outcome.complete) printError(words.t(options.state === undefined ? 'scan:stopped.no-state' : 'scan:stopped.state'));
  if (written.failed || outcome.missing) return EXIT.failed;
  if (!outcome.complete) return STOPPED;
  return outcome.reached ? EXIT.found : EXIT.ok;
}

interface Ended extends Job {
  readonly tally: Tally;
  readonly results: ResultTable;
  readonly started: number;
  readonly ended: number;
  readonly complete: boolean;
}

/** One report that fails does not cost the others. */
async function writeReports(job: Ended): Promise<{ readonly paths: string[]; readonly failed: boolean }> {
  const { options, policy, words, tally, results, complete } = job;
  const head = {
    format: 'sekisho-scan-report/1',
    version: VERSION,
    host: hostname(),
    user: userInfo().username,
    started: new Date(job.started).toISOString(),
    ended: new Date(job.ended).toISOString(),
    complete,
    paths: job.paths.map((path) => displayName(path)),
    exclude: options.exclude.map((glob) => displayName(glob)),
    oneFilesystem: options.oneFileSystem === true,
    policy: { name: policy.name, title: policy.title },
    all: options.all === true,
  } as const;
  const paths: string[] = [];
  for (const path of options.report) {
    const form = reportForm(path);
    if (form === null) continue;
    const result = await writeReport(callerPath(path), form, { head, summary: tally.summary(), results }, words);
    if (result.ok) paths.push(displayName(path));
    else printError(`${withPath(path, result.error).message} (${result.error.code})`);
  }
  return { paths, failed: paths.length < options.report.length };
}

const withPath = (path: string, error: Failure): Failure => ({ ...error, message: `${displayName(path)}: ${error.message}` });

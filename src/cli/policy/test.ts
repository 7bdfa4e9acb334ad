import type { Command } from 'commander';
import { basename, dirname, join } from 'node:path';
import { failure } from '../../contracts/errors.ts';
import type { Language } from '../../contracts/ids.ts';
import { displayName } from '../../core/display-name.ts';
import { parseCases, parsePolicy, testPolicy, untestedRules, type CaseResult } from '../../policy/index.ts';
import { EXIT, fail, print, printJson } from '../context.ts';
import { languageOption } from './language-option.ts';
import { failWithProblems, readText } from './read-policy.ts';

interface TestOptions {
  readonly cases?: string;
  readonly json?: boolean;
  readonly language: Language;
}

export function addTest(policy: Command): void {
  policy
    .command('test')
    .description('decide the example cases of policies and compare with what they expect')
    .argument('<file...>', 'policy files (YAML)')
    .option('--cases <file>', 'cases to use (default: cases/NAME.yaml beside the policy)')
    .option('--json', 'one JSON object a file: {file, passed, failed, untested, results}')
    .addOption(languageOption())
    .addHelpText(
      'after',
      '\nExit code: 0 all as expected, 1 a case failed or a file has mistakes, 2 a file could not be read.\n\nExample:\n  sekisho policy test policies/default.yaml',
    )
    .action(async (files: string[], options: TestOptions) => {
      if (options.cases !== undefined && files.length > 1) {
        process.exitCode = fail(failure('DLP_CLI_USAGE', '--cases goes with one policy file only.'), options.json ?? false);
        return;
      }
      let exit: number = EXIT.ok;
      for (const file of files) exit = Math.max(exit, await test(file, options));
      process.exitCode = exit;
    });
}

async function test(file: string, options: TestOptions): Promise<number> {
  const show = { json: options.json ?? false, language: options.language };
  const casesFile = options.cases ?? join(dirname(file), 'cases', basename(file));
  const source = await readText(file);
  if (!source.ok) return fail(source.error, show.json);
  const casesSource = await readText(casesFile);
  if (!casesSource.ok) return fail(casesSource.error, show.json);
  const policy = parsePolicy(source.value);
  if (!policy.ok) return failWithProblems(file, policy.error, show);
  const cases = parseCases(casesSource.value);
  if (!cases.ok) return failWithProblems(casesFile, cases.error, show);
  return report(file, testPolicy(policy.value, cases.value), untestedRules(policy.value, cases.value), show.json);
}

function report(file: string, results: readonly CaseResult[], untested: readonly string[], json: boolean): number {
  const failed = results.filter(({ passed }) => !passed);
  const counts = { passed: results.length - failed.length, failed: failed.length };
  if (json) {
    printJson({ file, ...counts, untested, results });
  } else {
    for (const { title, expected, actual } of failed) {
      print(`${displayName(file)}: FAILED ${displayName(title)}: expected ${decision(expected)}, got ${decision(actual)}`);
    }
    for (const rule of untested) print(`${displayName(file)}: no case for the rule ${rule}`);
    print(`${displayName(file)}: ${counts.passed} passed, ${counts.failed} failed`);
  }
  return failed.length === 0 ? EXIT.ok : EXIT.found;
}

const decision = ({ decision: what, rule }: CaseResult['expected']): string => `${what} (${rule === null ? 'default' : `rule ${rule}`})`;

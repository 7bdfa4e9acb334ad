import type { Command } from 'commander';
import type { Language } from '../../contracts/ids.ts';
import { displayName } from '../../core/display-name.ts';
import { formatProblem, parsePolicy } from '../../policy/index.ts';
import { EXIT, fail, print, printJson } from '../context.ts';
import { unusableIndexes } from './index-beside.ts';
import { languageOption } from './language-option.ts';
import { readText } from './read-policy.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly language: Language;
}

export function addCheck(policy: Command): void {
  policy
    .command('check')
    .description('find the mistakes in policy files: file:line:column: message (hint)')
    .argument('<file...>', 'policy files (YAML)')
    .option('--json', 'one JSON object a file: {file, ok, problems}')
    .addOption(languageOption())
    .addHelpText(
      'after',
      '\nExit code: 0 no mistake, 1 mistakes, 2 a file could not be read.\n\nExample:\n  sekisho policy check policies/*.yaml',
    )
    .action(async (files: string[], options: CheckOptions) => {
      let exit: number = EXIT.ok;
      for (const file of files) exit = Math.max(exit, await check(file, options));
      process.exitCode = exit;
    });
}

async function check(file: string, { json = false, language }: CheckOptions): Promise<number> {
  const source = await readText(file);
  if (!source.ok) return fail(source.error, json);
  const parsed = parsePolicy(source.value);
  const problems = parsed.ok ? await unusableIndexes(file, source.value, parsed.value) : parsed.error;
  const good = problems.length === 0;
  if (json) printJson({ file, ok: good, problems });
  else if (parsed.ok && good)
    print(`${displayName(file)}: ${COUNTS[language](parsed.value.rules.length, parsed.value.devices.rules.length)}`);
  else for (const problem of problems) print(formatProblem(displayName(file), problem, language));
  return good ? EXIT.ok : EXIT.found;
}

const COUNTS = {
  en: (rules: number, devices: number) => `ok, file rules: ${rules}, device rules: ${devices}`,
  ja: (rules: number, devices: number) => `問題ありません（ファイルの規則 ${rules}、媒体の規則 ${devices}）`,
} as const;

import { stat } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import { bus, type Bus } from '../../contracts/device.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { Language } from '../../contracts/ids.ts';
import type { Policy } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { displayName } from '../../core/display-name.ts';
import { explainFile, explainVolume } from '../../core/policy/explain.ts';
import { inspectionLimits } from '../../core/policy/inspection-limits.ts';
import { ownDataOf } from '../../core/policy/own-data.ts';
import type { Inspector } from '../../core/ports.ts';
import { fromErrno } from '../../node/errno.ts';
import { createInspector } from '../../inspect/index.ts';
import { parsePolicy } from '../../policy/index.ts';
import { callerPath, EXIT, fail, print, printJson } from '../context.ts';
import { explanationLines, type Explained } from './explanation-text.ts';
import { indexBeside } from './index-beside.ts';
import { languageOption } from './language-option.ts';
import { failWithProblems, readText } from './read-policy.ts';

interface ExplainOptions {
  readonly policy: string;
  readonly bus: Bus;
  readonly serial?: string;
  readonly filesystem: string;
  readonly user: string;
  readonly host: string;
  readonly json?: boolean;
  readonly language: Language;
}

export function addExplain(policy: Command): void {
  policy
    .command('explain')
    .description('say why a policy decides about files as it does: every rule, every condition')
    .argument('<file...>', 'files to look into; nothing is changed')
    .requiredOption('--policy <file>', 'policy (YAML)')
    .addOption(new Option('--bus <bus>', 'as if copied to a device on this bus').choices(bus.options).default('usb'))
    .option('--serial <serial>', "that device's serial (default: it has none)")
    .option('--filesystem <name>', 'its filesystem', 'exfat')
    .option('--user <name>', 'as if copied by', userInfo().username)
    .option('--host <name>', 'as if copied on', hostname())
    .option('--json', 'one JSON object a file: {path, volume, verdict, rules}')
    .addOption(languageOption())
    .addHelpText(
      'after',
      '\nExit code: 0 explained, 1 the policy has mistakes, 2 a file could not be read.\n\nExample:\n  sekisho policy explain --policy policies/default.yaml --serial 4C530001 list.xlsx',
    )
    .action(async (files: string[], options: ExplainOptions) => {
      process.exitCode = await explain(files, options);
    });
}

async function explain(files: readonly string[], options: ExplainOptions): Promise<number> {
  const json = options.json ?? false;
  const source = await readText(options.policy);
  if (!source.ok) return fail(source.error, json);
  const policy = parsePolicy(source.value);
  if (!policy.ok) return failWithProblems(options.policy, policy.error, { json, language: options.language });
  const inspector = createInspector({ workers: 1, indexPath: indexBeside(options.policy) });
  try {
    let exit: number = EXIT.ok;
    for (const file of files) {
      const explained = await explainOne(file, policy.value, inspector, options);
      if (!explained.ok) exit = fail(explained.error, json);
      else if (json) printJson({ path: displayName(file), volume: explained.value.volume, ...explained.value.file });
      else for (const line of explanationLines(file, explained.value, policy.value, options.language)) print(line);
    }
    return exit;
  } finally {
    await inspector.close();
  }
}

async function explainOne(
  file: string,
  policy: Policy,
  inspector: Inspector,
  options: ExplainOptions,
): Promise<Result<Explained, Failure>> {
  const path = callerPath(file);
  const name = displayName(file);
  try {
    await stat(path);
  } catch (error) {
    const { code, message } = fromErrno(error);
    return err(failure(code, `${name}: ${message}`));
  }
  const inspection = await inspector.inspect({
    path: Buffer.from(path),
    name,
    limits: inspectionLimits(policy),
    ownData: ownDataOf(policy),
  });
  const volume = imaginedVolume(options);
  const { user, host } = options;
  return ok({
    inspection,
    volume: explainVolume(policy, { volume, user, host }),
    file: explainFile(policy, { path: name, bytes: inspection.bytes, inspection, volume, user, host }),
  });
}

function imaginedVolume({ bus: on, serial, filesystem }: ExplainOptions): Volume {
  return {
    id: 'explain',
    mountPoint: '/',
    filesystem,
    readOnly: false,
    bus: on,
    removable: true,
    device: { id: 'explain', bus: on, classes: ['storage'], ...(serial === undefined ? {} : { serial }) },
  };
}

import type { Command } from 'commander';
import type { Failure } from '../../contracts/errors.ts';
import type { Language, LocalizedText } from '../../contracts/ids.ts';
import type { Policy, PolicyRelease } from '../../contracts/policy.ts';
import { parsePolicy, readUnverified, verifyRelease } from '../../policy/index.ts';
import { EXIT, fail, print, printError, printJson } from '../context.ts';
import { languageOption } from './language-option.ts';
import { failWithProblems, readText } from './read-policy.ts';

interface ShowOptions {
  readonly key?: string;
  readonly json?: boolean;
  readonly language: Language;
}

export function addShow(policy: Command): void {
  policy
    .command('show')
    .description('show what a policy or a signed release says')
    .argument('<file>', 'policy (.yaml) or release (.dsse.json)')
    .option('--key <file>', "the organisation's policy.pub: checks the signature and the times too")
    .option('--json', 'as JSON: {release?, signature?, policy}')
    .addOption(languageOption())
    .addHelpText(
      'after',
      '\nExit code: 0 shown, 1 the policy has mistakes or the release does not hold, 2 it could not be read.\n\nExample:\n  sekisho policy show organisation/releases/000001-default.dsse.json --key organisation/policy.pub',
    )
    .action(async (file: string, options: ShowOptions) => {
      process.exitCode = await show(file, options);
    });
}

async function show(file: string, options: ShowOptions): Promise<number> {
  const json = options.json ?? false;
  const text = await readText(file);
  if (!text.ok) return fail(text.error, json);
  return text.value.trimStart().startsWith('{"payload') || file.endsWith('.dsse.json')
    ? showRelease(file, text.value, options)
    : showSource(file, text.value, options);
}

function showSource(file: string, source: string, { json = false, language }: ShowOptions): number {
  const parsed = parsePolicy(source);
  if (!parsed.ok) return failWithProblems(file, parsed.error, { json, language });
  if (json) printJson({ policy: parsed.value });
  else printPolicy(parsed.value, language);
  return EXIT.ok;
}

async function showRelease(file: string, text: string, options: ShowOptions): Promise<number> {
  const json = options.json ?? false;
  const release = readUnverified(text);
  if (!release.ok) return fail(release.error, json);
  const refusal = await checkWithKey(text, options.key);
  if (refusal.kind === 'no key file') return fail(refusal.error, json);
  const parsed = parsePolicy(release.value.source);
  if (!parsed.ok) return failWithProblems(file, parsed.error, { json, language: options.language });
  const signature = refusal.kind === 'refused' ? refusal.error.code : refusal.kind;
  if (json) {
    printJson({ release: { ...release.value, source: undefined }, signature, policy: parsed.value });
  } else {
    printRelease(release.value, options.language);
    print(SIGNATURE[options.language](refusal.kind));
    printPolicy(parsed.value, options.language);
    if (refusal.kind === 'refused') printError(`${refusal.error.message} (${refusal.error.code})`);
  }
  return refusal.kind === 'refused' ? EXIT.found : EXIT.ok;
}

type Checked = { readonly kind: 'valid' | 'not checked' } | { readonly kind: 'refused' | 'no key file'; readonly error: Failure };

async function checkWithKey(text: string, keyFile: string | undefined): Promise<Checked> {
  if (keyFile === undefined) return { kind: 'not checked' };
  const key = await readText(keyFile);
  if (!key.ok) return { kind: 'no key file', error: key.error };
  const verified = verifyRelease(text, { publicKeyPem: key.value, now: new Date() });
  return verified.ok ? { kind: 'valid' } : { kind: 'refused', error: verified.error };
}

const SIGNATURE = {
  en: (kind: Checked['kind']) => `signature:   ${kind === 'not checked' ? 'not checked (give --key policy.pub)' : kind}`,
  ja: (kind: Checked['kind']) =>
    `署名:        ${kind === 'not checked' ? '未確認（--key policy.pub を付けてください）' : kind === 'valid' ? '有効' : '無効'}`,
} as const;

function printRelease(release: PolicyRelease, language: Language): void {
  const rows: [LocalizedText, string][] = [
    [{ ja: '版', en: 'version' }, String(release.version)],
    [{ ja: '発行', en: 'issued' }, release.issued],
    [{ ja: '有効', en: 'valid' }, `${release.notBefore} – ${release.expires}`],
    ...release.recipients.map((recipient): [LocalizedText, string] => [{ ja: '宛先', en: 'recipient' }, recipient]),
  ];
  printRows(rows, language);
}

function printPolicy(policy: Policy, language: Language): void {
  const buses = [...policy.volumes.removable, ...(policy.volumes['include-virtual'] ? ['virtual'] : [])].join(', ');
  const lock = policy['screen-lock'];
  const rows: [LocalizedText, string][] = [
    [{ ja: '名前', en: 'name' }, `${policy.name} – ${policy.title[language]}`],
    [{ ja: '対象', en: 'volumes' }, buses],
    [{ ja: '媒体', en: 'devices' }, policy.devices.default],
    ...policy.devices.rules.map((rule) => ruleRow(rule, language)),
    [{ ja: 'ファイル', en: 'files' }, policy.default],
    ...policy.rules.map((rule) => ruleRow(rule, language)),
    ...(lock === undefined ? [] : [[{ ja: '画面ロック', en: 'screen lock' }, `${lock.after} (-${lock.warn})`] as [LocalizedText, string]]),
  ];
  printRows(rows, language);
}

function ruleRow(rule: { id: string; action: string; title?: LocalizedText | undefined }, language: Language): [LocalizedText, string] {
  const title = rule.title === undefined ? '' : ` – ${rule.title[language]}`;
  return [{ ja: '', en: '' }, `${rule.action.padEnd(9)} ${rule.id}${title}`];
}

function printRows(rows: readonly [LocalizedText, string][], language: Language): void {
  for (const [label, value] of rows) {
    const name = label[language] === '' ? '' : `${label[language]}:`;
    print(`${name}${' '.repeat(Math.max(1, 13 - width(name)))}${value}`);
  }
}

/** Columns on a terminal: Japanese characters take two. */
function width(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (/[\u3000-\u9fff\uff00-\uffef]/.test(character) ? 2 : 1), 0);
}

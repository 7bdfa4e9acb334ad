import type { Command } from 'commander';
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Failure } from '../../contracts/errors.ts';
import { ageRecipient } from '../../contracts/ids.ts';
import { duration, type DsseEnvelope, type PolicyRelease } from '../../contracts/policy.ts';
import type { Language } from '../../contracts/ids.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { durationMillis } from '../../core/units.ts';
import { writeFileAtomic } from '../../node/atomic-file.ts';
import { fromErrno } from '../../node/errno.ts';
import { ORGANISATION_FILES } from '../../pki/index.ts';
import { draftRelease, envelopeText, signRelease } from '../../policy/index.ts';
import { callerPath, EXIT, fail, print, printJson } from '../context.ts';
import { languageOption } from './language-option.ts';
import { failWithProblems, readText } from './read-policy.ts';

interface SignOptions {
  readonly org: string;
  readonly valid: string;
  readonly releaseVersion?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly language: Language;
}

export function addSign(policy: Command): void {
  policy
    .command('sign')
    .description("make a signed release of a policy, with the organisation's next version number")
    .argument('<file>', 'policy file (YAML)')
    .requiredOption('--org <dir>', 'organisation folder, as made by sekisho org init')
    .option('--valid <duration>', 'how long agents may accept it', '365d')
    .option('--release-version <n>', 'version number, higher than all before (default: the highest plus one)')
    .option('-o, --output <file>', 'write a copy there too')
    .option('--json', 'the result as JSON: {name, version, expires, file}')
    .addOption(languageOption())
    .addHelpText(
      'after',
      '\nExit code: 0 signed, 1 the policy has mistakes, 2 it could not be signed.\n\nExample:\n  sekisho policy sign policies/default.yaml --org ./organisation --valid 180d',
    )
    .action(async (file: string, options: SignOptions) => {
      process.exitCode = await sign(file, options);
    });
}

async function sign(file: string, options: SignOptions): Promise<number> {
  const json = options.json ?? false;
  const source = await readText(file);
  if (!source.ok) return fail(source.error, json);
  const organisation = await readSigningOrganisation(options.org);
  if (!organisation.ok) return fail(organisation.error, json);
  const numbers = chooseNumbers(options, organisation.value.highest);
  if (!numbers.ok) return fail(numbers.error, json);
  const { privateKeyPem, recipients, releases } = organisation.value;
  const draft = draftRelease({ source: source.value, recipients, now: new Date(), ...numbers.value });
  if (!draft.ok) return failWithProblems(file, draft.error, { json, language: options.language });
  const { release } = draft.value;
  const envelope = seal(release, privateKeyPem);
  if (!envelope.ok) return fail(envelope.error, json);
  const kept = await keep(envelopeText(envelope.value), releases, release, options.output);
  if (!kept.ok) return fail(kept.error, json);
  const { name, version, expires } = release;
  if (json) printJson({ name, version, expires, file: kept.value });
  else print(`${name} ${version}, until ${expires}: ${kept.value}`);
  return EXIT.ok;
}

interface SigningOrganisation {
  readonly privateKeyPem: string;
  readonly recipients: readonly string[];
  /** Folder of the releases so far. */
  readonly releases: string;
  readonly highest: number;
}

/** Only what signing needs: the CA key and the identities may be kept on other machines. */
async function readSigningOrganisation(folder: string): Promise<Result<SigningOrganisation, Failure>> {
  const described = await readText(join(folder, ORGANISATION_FILES.description));
  if (!described.ok) return err(failure('DLP_ORG_MISSING', `There is no organisation in ${folder}. Make one with sekisho org init.`));
  const key = await readText(join(folder, ORGANISATION_FILES.policyKey));
  if (!key.ok) return key;
  const list = await readText(join(folder, ORGANISATION_FILES.recipients));
  if (!list.ok) return list;
  const recipients = list.value.split(/\r?\n/).filter((line) => ageRecipient.safeParse(line).success);
  if (recipients.length === 0) {
    return err(
      failure('DLP_KEY_FILE', `${join(folder, ORGANISATION_FILES.recipients)} holds no age recipient; nothing could be opened again.`),
    );
  }
  const releases = callerPath(join(folder, ORGANISATION_FILES.releases));
  try {
    await mkdir(releases, { recursive: true, mode: 0o700 });
    return ok({ privateKeyPem: key.value, recipients, releases, highest: highestVersion(await readdir(releases)) });
  } catch (error) {
    return err(fromErrno(error));
  }
}

function highestVersion(names: readonly string[]): number {
  const versions = names.flatMap((name) => {
    const number = /^(\d{6,})-.*\.dsse\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return Math.max(0, ...versions);
}

function chooseNumbers({ valid, releaseVersion }: SignOptions, highest: number): Result<{ version: number; validMillis: number }, Failure> {
  if (!duration.safeParse(valid).success) return err(failure('DLP_CLI_USAGE', '--valid takes a duration such as 365d or 12h.'));
  const version = releaseVersion === undefined ? highest + 1 : Number(releaseVersion);
  if (!Number.isSafeInteger(version) || version <= highest) {
    return err(failure('DLP_CLI_USAGE', `--release-version takes a whole number above ${highest}, the highest so far.`));
  }
  return ok({ version, validMillis: durationMillis(valid) });
}

function seal(release: PolicyRelease, privateKeyPem: string): Result<DsseEnvelope, Failure> {
  try {
    return ok(signRelease({ release, privateKeyPem }));
  } catch (cause) {
    return err(failure('DLP_KEY_FILE', 'policy.key is not an Ed25519 key in PEM. Restore it from a backup.', { cause }));
  }
}

/** Never over a release that is there: of two people who sign at once, one is told to sign again. */
async function keep(text: string, folder: string, release: PolicyRelease, output: string | undefined): Promise<Result<string, Failure>> {
  const path = join(folder, `${String(release.version).padStart(6, '0')}-${release.name}.dsse.json`);
  try {
    const file = await open(path, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (output !== undefined) await writeFileAtomic(callerPath(output), text, 0o644);
    return ok(path);
  } catch (error) {
    return err(fromErrno(error));
  }
}

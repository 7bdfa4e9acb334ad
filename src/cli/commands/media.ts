import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { err, ok, type Result } from '../../contracts/result.ts';
import { GUEST_PAGE_FILE, MEDIUM_FOLDER, MEDIUM_RECORD_FILE } from '../../contracts/medium.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import { displayName } from '../../core/display-name.ts';
import { fromErrno } from '../../node/errno.ts';
import {
  isGuestPage,
  type MediumReport,
  openMediumRecord,
  openRaw,
  type Unaccounted,
  verifyMedium,
  type VerifyOptions,
} from '../../media/index.ts';
import { ORGANISATION_FILES } from '../../pki/index.ts';
import { callerPath, EXIT, fail, print, printJson } from '../context.ts';
import { readIdentityFile } from '../identity-file.ts';
import { registerEnrol, registerList } from '../media/enrol.ts';

interface VerifyCommandOptions {
  readonly identity?: string[];
  readonly canaries?: string;
  readonly org?: string;
  readonly json?: boolean;
}

/** A file's extents and holes make many lines: these are enough to see what is wrong. */
const MAX_LINES = 200;

/** `sekisho media`: whose sticks are whose, and what is on them. */
export function registerMedia(program: Command): void {
  const media = program.command('media').description('Enrol sticks, list them, and look at what is really on one.');
  registerEnrol(media);
  registerList(media);
  media
    .command('verify <device>')
    .description('read a device or image raw and list every byte range that is neither filesystem structure nor ciphertext')
    .option('-i, --identity <file...>', 'identity files that open what is on it; without them ciphertext is claimed, not proven')
    .option('--canaries <file>', 'known contents to search for, one a line; a report names them by their line')
    .option('--org <dir>', 'organisation folder: its record and its page for guests are accounted for')
    .option('--json', 'the whole report as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  sudo sekisho media verify /dev/sdb --identity recovery.identity\n\nExit: 0 all is accounted for, 1 something is not, 2 it could not be read.',
    )
    .action(async (device: string, options: VerifyCommandOptions) => {
      process.exitCode = await verify(device, options);
    });
}

async function verify(device: string, options: VerifyCommandOptions): Promise<number> {
  const json = options.json ?? false;
  const inputs = await readInputs(options);
  if (!inputs.ok) return fail(inputs.error, json);
  let raw: ReturnType<typeof openRaw>;
  try {
    raw = openRaw(callerPath(device));
  } catch (error) {
    return fail(fromErrno(error), json);
  }
  try {
    const report = verifyMedium(raw, inputs.value);
    if (json) printJson(report);
    else for (const line of lines(report)) print(line);
    return report.unaccounted.length + report.canaries.length + report.problems.length === 0 ? EXIT.ok : EXIT.found;
  } catch (error) {
    return fail(fromErrno(error), json);
  } finally {
    raw.close();
  }
}

async function readInputs(options: VerifyCommandOptions): Promise<Result<VerifyOptions, Failure>> {
  const identities: string[] = [];
  for (const path of options.identity ?? []) {
    const read = await readIdentityFile(callerPath(path));
    if (!read.ok) return read;
    identities.push(...read.value);
  }
  try {
    const record =
      options.org === undefined
        ? {}
        : { isPublic: recordTest(await readFile(join(callerPath(options.org), ORGANISATION_FILES.policyPublicKey), 'utf8')) };
    if (options.canaries === undefined) return ok({ identities, canaries: [], ...record });
    const text = await readFile(callerPath(options.canaries), 'utf8');
    const canaries = text.split('\n').map((line) => line.replace(/\r$/, ''));
    while (canaries.at(-1) === '') canaries.pop();
    const short = canaries.findIndex((line) => Buffer.byteLength(line) < 4);
    if (short >= 0) return err(failure('DLP_CLI_USAGE', `Line ${short + 1} of the canaries is shorter than four bytes.`));
    return ok({ identities, canaries, ...record });
  } catch (error) {
    return err(fromErrno(error));
  }
}

const RECORD_PATH = `${MEDIUM_FOLDER}/${MEDIUM_RECORD_FILE}`;

const recordTest =
  (publicKeyPem: string) =>
  (path: string, content: Buffer): boolean =>
    (path === RECORD_PATH && openMediumRecord(content.toString('utf8'), publicKeyPem).ok) ||
    (path === GUEST_PAGE_FILE && isGuestPage(content, publicKeyPem));

function lines(report: MediumReport): string[] {
  const { bytes, filesystems, structureBytes, provenBytes, claimedBytes, unaccounted, canaries, problems } = report;
  const shown = unaccounted.slice(0, MAX_LINES).map(rangeLine);
  const more = unaccounted.length - shown.length;
  return [
    `medium      ${bytes} bytes, ${filesystems.map(({ kind, files }) => `${kind} with ${files} files`).join(', ') || 'no known filesystem'}`,
    `structure   ${structureBytes} bytes`,
    `ciphertext  ${provenBytes} bytes opened, ${claimedBytes} bytes that no identity was there for`,
    ...problems.map((problem) => `problem     ${problem}`),
    ...shown,
    ...(more > 0 ? [`            and ${more} more ranges; --json has them all`] : []),
    ...canaries.slice(0, MAX_LINES).map(({ canary, offset, encoding }) => `canary      line ${canary + 1} at ${offset} (${encoding})`),
    unaccounted.length + canaries.length + problems.length === 0
      ? 'every byte is filesystem structure, ciphertext or zero'
      : `${unaccounted.length} ranges are not accounted for, ${canaries.length} canaries found`,
  ];
}

function rangeLine({ start, end, kind, path }: Unaccounted): string {
  return `${kind.padEnd(11)} ${start}-${end}${path === undefined ? '' : ` ${displayName(Buffer.from(path))}`}`;
}

import { mkdtemp, readFile, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { MediumRecord } from '../../contracts/medium.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { fromErrno } from '../../node/errno.ts';
import { ERASED_FILESYSTEMS, type EnrolledMedium, type ErasedFilesystem, enrolMedium, eraseMedium, readLedger } from '../../media/index.ts';
import { loadPlatform } from '../../platform/index.ts';
import { ORGANISATION_FILES } from '../../pki/index.ts';
import { callerPath, fail, print, printJson } from '../context.ts';
import { startProgress } from '../progress-bar.ts';

interface EnrolOptions {
  readonly org: string;
  readonly holder: string;
  readonly due: string;
  readonly erase?: boolean;
  readonly filesystem: ErasedFilesystem;
  readonly guests?: boolean;
  readonly json?: boolean;
}

export function registerEnrol(media: Command): void {
  media
    .command('enroll <medium>')
    .description("write your organisation's record to a stick: a device such as /dev/sdb, or the folder it is mounted at")
    .requiredOption('--org <dir>', 'organisation folder, with its policy key')
    .requiredOption('--holder <name>', 'who gets it')
    .requiredOption('--due <date>', 'when it is to be back, YYYY-MM-DD; from then on it counts as not enrolled')
    .option('--erase', 'first write zeros over all of the device, so that nothing old remains, and make a new filesystem')
    .addOption(new Option('--filesystem <kind>', 'with --erase').choices(ERASED_FILESYSTEMS).default('exfat'))
    .option('--guests', 'put a page on it that opens its files in a browser with a passphrase, which is printed once')
    .option('--json', 'the record as JSON, with the passphrase')
    .addHelpText('after', '\nExample:\n  sudo sekisho media enroll /dev/sdb --erase --org ./organisation --holder tanaka --due 2027-03-31')
    .action(async (medium: string, options: EnrolOptions) => {
      const enrolled = await enrol(callerPath(medium), options);
      if (!enrolled.ok) {
        process.exitCode = fail(enrolled.error, options.json ?? false);
        return;
      }
      const { record, passphrase } = enrolled.value;
      if (options.json) {
        printJson({ ...record, ...(passphrase === undefined ? {} : { passphrase }) });
        return;
      }
      print(`enrolled ${record.id} for ${record.holder}, due ${record.due.slice(0, 10)}`);
      if (passphrase !== undefined) print(`passphrase for guests, shown only now: ${passphrase}`);
    });
}

export function registerList(media: Command): void {
  media
    .command('list')
    .description('the sticks this organisation has handed out, by the date they are due')
    .requiredOption('--org <dir>', 'organisation folder')
    .option('--overdue', 'only those that should be back')
    .option('--json', 'as JSON, one record a line')
    .addHelpText('after', '\nExample:\n  sekisho media list --org ./organisation --overdue')
    .action(async (options: { org: string; overdue?: boolean; json?: boolean }) => {
      try {
        const now = new Date().toISOString();
        const records = (await readLedger(callerPath(options.org))).filter(({ due }) => !options.overdue || due <= now);
        for (const record of records) {
          if (options.json) printJson(record);
          else print(listLine(record, now));
        }
      } catch (error) {
        process.exitCode = fail(fromErrno(error), options.json ?? false);
      }
    });
}

function listLine({ id, holder, due, medium, erased }: MediumRecord, now: string): string {
  const state = due <= now ? 'overdue' : 'out';
  return [
    due.slice(0, 10),
    state.padEnd(7),
    id,
    medium.serial ?? '(no serial)',
    medium.filesystem,
    erased ? 'erased' : 'as it was',
    holder,
  ].join('  ');
}

async function enrol(path: string, options: EnrolOptions): Promise<Result<EnrolledMedium, Failure>> {
  const due = dueInstant(options.due);
  if (!due.ok) return due;
  const organisation = await readOrganisation(callerPath(options.org));
  if (!organisation.ok) return organisation;
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  if (isFolder && options.erase)
    return err(failure('DLP_CLI_USAGE', 'Only a device can be erased: name it (/dev/...), and unmount it first.'));
  const erased = options.erase ? await erase(path, options.filesystem) : ok(path);
  if (!erased.ok) return erased;
  const write = async (mountPoint: string): Promise<Result<EnrolledMedium, Failure>> => {
    const volume = await volumeAt(mountPoint);
    if (!volume.ok) return volume;
    const erasedNow = options.erase === true;
    const who = {
      holder: options.holder,
      now: new Date().toISOString(),
      due: due.value,
      erased: erasedNow,
      guests: options.guests === true,
    };
    return enrolMedium({ volume: volume.value, ...organisation.value, ...who });
  };
  return isFolder ? write(path) : mounted(erased.value, write);
}

async function erase(path: string, filesystem: ErasedFilesystem): Promise<Result<string, Failure>> {
  let bar: ReturnType<typeof startProgress> | null = null;
  const onProgress = (bytes: number, total: number): void => (bar ??= startProgress('erasing', total)).update(bytes);
  const erased = await eraseMedium(path, { filesystem, onProgress });
  (bar as ReturnType<typeof startProgress> | null)?.stop();
  return erased.ok ? ok(erased.value.mountable) : erased;
}

async function mounted(
  device: string,
  use: (mountPoint: string) => Promise<Result<EnrolledMedium, Failure>>,
): Promise<Result<EnrolledMedium, Failure>> {
  const platform = await loadPlatform();
  const at = await mkdtemp(join(tmpdir(), 'sekisho-enroll-'));
  const mount = await platform.mountTemporarily(device, at);
  if (!mount.ok) {
    await rmdir(at);
    return mount;
  }
  const used = await use(at);
  const unmounted = await mount.value.unmount();
  if (!unmounted.ok) return unmounted;
  await rmdir(at);
  return used;
}

/** The volume as an agent will see it: the record is tied to what agents can compare. */
async function volumeAt(mountPoint: string): Promise<Result<Volume, Failure>> {
  const found: Volume[] = [];
  const source = (await loadPlatform()).volumes();
  const started = await source.start((change) => {
    if (change.kind === 'mounted') found.push(change.volume);
  });
  await source.stop();
  if (!started.ok) return started;
  const volume = found.find((each) => each.mountPoint === mountPoint);
  return volume === undefined ? err(failure('DLP_MEDIUM_RECORD', `${mountPoint} is not where a medium is mounted.`)) : ok(volume);
}

function dueInstant(text: string): Result<string, Failure> {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T23:59:59.999`) : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime())) return ok(date.toISOString());
  return err(failure('DLP_CLI_USAGE', '--due is a date such as 2027-03-31.'));
}

/** Only what signing needs: the CA key and the identities may be kept elsewhere. */
async function readOrganisation(
  folder: string,
): Promise<Result<{ organisationFolder: string; organisation: string; privateKeyPem: string }, Failure>> {
  try {
    const described: unknown = JSON.parse(await readFile(join(folder, ORGANISATION_FILES.description), 'utf8'));
    const name = typeof described === 'object' && described !== null && 'name' in described ? String(described.name) : folder;
    const privateKeyPem = await readFile(join(folder, ORGANISATION_FILES.policyKey), 'utf8');
    return ok({ organisationFolder: folder, organisation: name.slice(0, 64), privateKeyPem });
  } catch (error) {
    return err(failure('DLP_ORG_MISSING', `There is no organisation with its policy key in ${folder}.`, { cause: error }));
  }
}

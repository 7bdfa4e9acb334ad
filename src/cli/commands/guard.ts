import { closeSync, constants, existsSync, fstatSync, fdatasyncSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Option, type Command } from 'commander';
import { detachStaleViews, endHeldView, folderVolume, guardInForeground, type WaitingView, waitingViews } from '../../agent/index.ts';
import { failure, type Failure } from '../../contracts/errors.ts';
import type { AgentEvent } from '../../contracts/event.ts';
import { ageRecipient } from '../../contracts/ids.ts';
import type { Policy } from '../../contracts/policy.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { Volume } from '../../contracts/volume.ts';
import { displayName } from '../../core/display-name.ts';
import { fromErrno } from '../../node/errno.ts';
import { formatProblem, parsePolicy } from '../../policy/index.ts';
import { loadPlatform } from '../../platform/index.ts';
import type { Platform, TemporaryMount } from '../../platform/types.ts';
import { callerPath, EXIT, fail, print, printError, printJson } from '../context.ts';
import { readIdentityFile } from '../identity-file.ts';
import { callerLanguage } from '../language.ts';
import { indexBeside, withIndexes } from '../policy/index-beside.ts';
import { readText } from '../policy/read-policy.ts';
import { untilStopped } from '../until-stopped.ts';

const NEWLINE = 0x0a;

interface Options {
  readonly device?: string;
  readonly dir?: string;
  readonly at?: string;
  readonly policy: string;
  readonly recipient: readonly string[];
  readonly mode: 'watch' | 'fuse';
  readonly identity: readonly string[];
  readonly events?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function registerGuard(program: Command): void {
  program
    .command('guard')
    .description('Guard one volume in the foreground, without collector or enrolment. SIGTERM ends it cleanly.')
    .option('--device <path>', 'block device, partition, loop device or image file with a filesystem on it')
    .option('--dir <path>', 'a folder, or a volume that is mounted already')
    .option('--at <mountpoint>', 'where to mount it; a folder is guarded in place without')
    .requiredOption('--policy <file>', 'policy to decide by; its device rules do not apply to the volume named here')
    .requiredOption(
      '--recipient <age1...>',
      'who can open what is encrypted; may be given more than once',
      (value, all: string[]) => [...all, value],
      [],
    )
    .addOption(
      new Option('--mode <mode>', 'fuse: judge files before they reach the medium (Linux, root); watch: after the fact')
        .choices(['fuse', 'watch'])
        .default('watch'),
    )
    .option(
      '--identity <keyfile>',
      'age identity file: files encrypted for it can be read on the guarded volume (fuse); may be given more than once',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--events <file>', 'append each event there as a JSON line; durable before it counts as delivered')
    .option('--state <dir>', 'where quarantine, spool and journal lie')
    .option('--json', 'ready line and events on standard output as JSON lines')
    .addHelpText(
      'after',
      '\nExample:\n  sudo sekisho guard --device /dev/sdb1 --at /mnt/stick --policy policies/default.yaml --recipient age1...',
    )
    .action(async (options: Options) => {
      const outcome = await guard(options);
      if (!outcome.ok) process.exitCode = fail(outcome.error, options.json ?? false);
    });
}

async function guard(options: Options): Promise<Result<void, Failure>> {
  const usage = misused(options);
  if (usage !== null) return err(usage);
  const policy = await readPolicy(options.policy);
  if (!policy.ok) return policy;
  const identities = await readIdentities(options.identity);
  if (!identities.ok) return identities;
  const platform = await loadPlatform();
  if (options.mode === 'fuse') {
    const impossible = viewImpossible(platform);
    if (impossible !== null) return err(impossible);
  }
  const state = options.state === undefined ? join(platform.paths.agentState, 'foreground') : callerPath(options.state);
  process.umask(0o077);
  const mounted = (await leftWaiting(options, state)) ?? (await mount(platform, options, state));
  if (!mounted.ok) return mounted;
  const { volume, medium } = mounted.value;
  const sink = openSink(options);
  try {
    const started = await guardInForeground({
      platform,
      volume,
      medium,
      mode: options.mode,
      identities: identities.value,
      policy: policy.value,
      indexPath: indexBeside(options.policy),
      reference: { name: policy.value.name, version: 0 },
      recipients: options.recipient,
      state,
      deliver: sink.deliver,
      delivered: sink.delivered,
      language: callerLanguage(),
      log: printError,
      fatal: giveUp,
    });
    if (!started.ok) return started;
    const stopped = untilStopped();
    if (options.json) printJson({ ready: true, at: volume.mountPoint, mode: options.mode, pid: process.pid });
    else print(`ready: ${volume.mountPoint} is guarded (${options.mode}); what is refused: sekisho quarantine list --state ${state}`);
    await started.value.stop(await stopped);
    return ok(undefined);
  } finally {
    sink.close();
    const away = await mounted.value.unmount();
    if (!away.ok) printError(away.error.message);
  }
}

function misused(options: Options): Failure | null {
  if ((options.device === undefined) === (options.dir === undefined)) return failure('DLP_CLI_USAGE', 'Give either --device or --dir.');
  if (options.device !== undefined && options.at === undefined)
    return failure('DLP_CLI_USAGE', '--device needs --at, the folder to mount it at.');
  if (options.recipient.length === 0)
    return failure('DLP_CLI_USAGE', 'Give at least one --recipient: without one nothing could be encrypted.');
  if (options.recipient.some((recipient) => !ageRecipient.safeParse(recipient).success)) {
    return failure('DLP_AGE_RECIPIENT', 'A recipient is not an age recipient (age1...). Nothing was guarded.');
  }
  return null;
}

function viewImpossible(platform: Platform): Failure | null {
  if (platform.os !== 'linux') return failure('DLP_GUARD_MODE', 'The fuse guard is for Linux; use --mode watch. Nothing was guarded.');
  if (!platform.privileged) return failure('DLP_GUARD_MODE', 'The fuse guard needs root; use --mode watch. Nothing was guarded.');
  if (existsSync('/dev/fuse')) return null;
  return failure('DLP_GUARD_MODE', 'This system has no /dev/fuse (modprobe fuse); use --mode watch. Nothing was guarded.');
}

async function readIdentities(files: readonly string[]): Promise<Result<string[], Failure>> {
  const identities: string[] = [];
  for (const file of files) {
    const read = await readIdentityFile(callerPath(file));
    if (!read.ok) return read;
    identities.push(...read.value);
  }
  return ok(identities);
}

async function readPolicy(file: string): Promise<Result<Policy, Failure>> {
  const source = await readText(file);
  if (!source.ok) return source;
  const parsed = parsePolicy(source.value);
  if (parsed.ok) return withIndexes(file, source.value, parsed.value);
  return err(failure('DLP_POLICY_SCHEMA', parsed.error.map((problem) => formatProblem(file, problem)).join('\n')));
}

interface Sink {
  readonly deliver: (events: readonly AgentEvent[]) => void;
  /** Id of the last event in the file. */
  readonly delivered: string | undefined;
  readonly close: () => void;
}

interface Mounted {
  readonly volume: Volume;
  /** Where it is mounted until the view is there. */
  readonly medium?: string;
  readonly unmount: TemporaryMount['unmount'];
}

/**
 * The medium of an earlier run that was killed, when its view still waits: mounting it once more would lead waiting
 * programs past it. Null when there is none; a view of something else, or one whose agent can no longer be followed, is ended.
 */
async function leftWaiting({ device, dir, at, mode }: Options, state: string): Promise<Result<Mounted, Failure> | null> {
  if (mode !== 'fuse') return null;
  const root = callerPath(at ?? dir ?? '');
  const waiting = waitingViews(join(state, 'guard')).find((view) => view.root === root);
  if (waiting?.volume != null && (at === undefined || (await isMediumOf(waiting, callerPath(device ?? dir ?? ''))))) {
    const medium = at === undefined ? {} : { medium: hiddenFolder(state) };
    return ok({ volume: waiting.volume, ...medium, unmount: () => Promise.resolve(ok(undefined)) });
  }
  endHeldView(join(state, 'guard'), root);
  for (const path of [dir, at]) if (path !== undefined) detachStaleViews(callerPath(path));
  return null;
}

/** Whether the medium is the device, the image file or the folder that is named now. */
async function isMediumOf({ device, inode }: WaitingView, source: string): Promise<boolean> {
  try {
    const facts = await stat(source, { bigint: true });
    if (facts.isBlockDevice()) return facts.rdev === device;
    if (facts.isDirectory()) return facts.dev === device && facts.ino === inode;
    // As the C library packs them, gnu_dev_major(3).
    const [major, minor] = [(device >> 8n) & 0xfffn, (device & 0xffn) | ((device >> 12n) & 0xfff00n)];
    const loop = `/sys/dev/block/${major}:${minor}/loop/backing_file`;
    return (await readFile(loop, 'utf8')).trimEnd() === (await realpath(source));
  } catch {
    return false;
  }
}

async function mount(platform: Platform, { device, dir, at, mode }: Options, state: string): Promise<Result<Mounted, Failure>> {
  const source = callerPath(device ?? dir ?? '');
  try {
    const facts = await stat(source);
    if (dir !== undefined && !facts.isDirectory()) return err(failure('DLP_GUARD_START', `${source} is not a folder.`));
  } catch (error) {
    const { code, message } = fromErrno(error);
    return err(failure(code, `${source}: ${message}`));
  }
  if (at === undefined) return ok({ volume: folderVolume(source), unmount: () => Promise.resolve(ok(undefined)) });
  const place = callerPath(at);
  let medium = place;
  if (mode === 'fuse') {
    const hidden = await hiddenPlace(state);
    if (!hidden.ok) return hidden;
    medium = hidden.value;
  }
  const mounted = await platform.mountTemporarily(source, medium, medium === place ? 'shared' : 'own');
  if (!mounted.ok) return mounted;
  const volume = { ...((await mountedAt(platform, medium)) ?? folderVolume(place)), mountPoint: place };
  return ok({ volume, medium, unmount: mounted.value.unmount });
}

/**
 * Where nobody but us comes: at its own place the medium would stand open until the view is there. The folder around it is
 * what keeps others out, for once mounted the medium's root has modes of its own.
 */
async function hiddenPlace(state: string): Promise<Result<string, Failure>> {
  const place = hiddenFolder(state);
  const folder = dirname(place);
  try {
    await mkdir(place, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    return ok(place);
  } catch (error) {
    const { code, message } = fromErrno(error);
    return err(failure(code, `${displayName(folder)}: ${message}`));
  }
}

const hiddenFolder = (state: string): string => join(state, 'medium', 'root');

/** What the platform makes of the mount just made. */
async function mountedAt(platform: Platform, place: string): Promise<Volume | null> {
  const found: Volume[] = [];
  const source = platform.volumes();
  const started = await source.start((change) => {
    if (change.kind === 'mounted' && change.volume.mountPoint === place) found.push(change.volume);
  });
  if (started.ok) await source.stop();
  return found[0] ?? null;
}

function openSink({ events, json }: Options): Sink {
  const opened = events === undefined ? null : openEvents(callerPath(events));
  const file = opened?.file ?? null;
  return {
    delivered: opened?.last,
    deliver(delivered) {
      const lines = delivered.map((event) => JSON.stringify(event));
      if (file !== null) {
        writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
        fdatasyncSync(file);
      }
      if (json) for (const line of lines) print(line);
    },
    close() {
      if (file !== null) closeSync(file);
    },
  };
}

/** A crash may have left half a line; its event was not acknowledged and comes again, so the half goes. */
function openEvents(path: string): { readonly file: number; readonly last: string | undefined } {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
  const whole = lineEnd(file, fstatSync(file).size);
  ftruncateSync(file, whole);
  const line = whole === 0 ? '' : readBetween(file, lineEnd(file, whole - 1), whole);
  return { file, last: idOf(line) };
}

/** Where the last line that ends before this place ends. */
function lineEnd(file: number, before: number): number {
  const byte = Buffer.alloc(1);
  let end = before;
  while (end > 0 && (readSync(file, byte, 0, 1, end - 1), byte[0] !== NEWLINE)) end -= 1;
  return end;
}

function readBetween(file: number, start: number, end: number): string {
  const bytes = Buffer.alloc(end - start);
  readSync(file, bytes, 0, bytes.length, start);
  return bytes.toString();
}

/** The file is the caller's: what lies in it need not be events. */
function idOf(line: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'id' in parsed && typeof parsed.id === 'string' ? parsed.id : undefined;
  } catch {
    return undefined;
  }
}

function giveUp(error: unknown): never {
  printError(`The guard cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(EXIT.failed);
}

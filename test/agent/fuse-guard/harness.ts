import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFuseGuard, type FuseGuard, type FuseGuardOptions } from '../../../src/agent/fuse-guard/index.ts';
import { openQuarantine, type Quarantine } from '../../../src/agent/quarantine/quarantine.ts';
import type { EnforcementOutcome } from '../../../src/contracts/input.ts';
import type { Action } from '../../../src/contracts/verdict.ts';
import type { FileArrival } from '../../../src/core/ports.ts';
import { type LoopFilesystem, loopVolumeMissing, makeLoopVolume, type LoopVolume } from '../../integration/loop-volume.ts';
import { decisionFor, key, systemClock } from '../guard/harness.ts';

export { key };

/** Why there can be no view here, or null. */
export function viewMissing(): string | null {
  if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse';
  return loopVolumeMissing();
}

export function programMissing(program: string): boolean {
  return spawnSync(program, ['--version']).error !== undefined;
}

export interface Seen {
  readonly arrival: FileArrival;
  readonly action: Action;
  readonly outcome: EnforcementOutcome;
}

export interface ViewHarness {
  readonly volume: LoopVolume;
  readonly view: string;
  readonly state: string;
  readonly quarantine: Quarantine;
  readonly seen: Seen[];
  readonly problems: string[];
  guard: FuseGuard;
  /** Runs between inspection and enforcement. */
  beforeEnforce: (arrival: FileArrival) => Promise<void> | void;
  restart(options?: Partial<FuseGuardOptions>): Promise<void>;
  /** Stops the guard and gives every byte of the medium. */
  rawAfterStop(): Promise<Buffer>;
  /** A file as it lies on the medium, once the guard is stopped. */
  stored(name: string): Buffer;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

/** The tests' policy: the strongest of the words `@block`, `@justify` and `@encrypt` in the file. */
export function actionIn(content: Buffer): Action {
  for (const action of ['block', 'justify', 'encrypt'] as const) if (content.includes(`@${action}`)) return action;
  return 'allow';
}

/** A guard on a filesystem of its own, with a policy that reads words. */
export async function makeView(
  options: Partial<FuseGuardOptions> & { bytes?: number; filesystem?: LoopFilesystem } = {},
): Promise<ViewHarness> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-view-')));
  const volume = makeLoopVolume(options.bytes ?? 64 * MIB, options.filesystem);
  const state = join(base, 'state');
  const quarantine = await openQuarantine({ folder: join(base, 'quarantine'), maxBytes: 1e9, keepMillis: 1e9, clock: systemClock });
  const { bytes: _bytes, filesystem: _filesystem, ...guardOptions } = options;
  const make = (more: Partial<FuseGuardOptions> = {}) =>
    createFuseGuard({
      root: volume.path,
      volumeId: 'test:1',
      readOnly: false,
      stateFolder: state,
      quarantine,
      clock: systemClock,
      actorOf: () => ({ name: 'hanako', basis: 'owner' }),
      identities: [key.identity],
      onProblem: (problem) => harness.problems.push(problem.message),
      ...guardOptions,
      ...more,
    });
  const start = async (): Promise<void> => {
    const { guard } = harness;
    const started = await guard.start((arrival) => void decide(harness, guard, arrival));
    if (!started.ok) throw new Error(started.error.message);
  };
  const harness: ViewHarness = {
    volume,
    view: volume.path,
    state,
    quarantine,
    seen: [],
    problems: [],
    guard: make(),
    beforeEnforce: () => undefined,
    async restart(more) {
      await harness.guard.stop();
      harness.guard = make(more);
      await start();
    },
    async rawAfterStop() {
      await harness.guard.stop();
      return volume.raw();
    },
    stored: (name) => readFileSync(join(volume.path, name)),
    async close() {
      await harness.guard.stop();
      volume.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
  await start();
  return harness;
}

async function decide(harness: ViewHarness, guard: FuseGuard, arrival: FileArrival): Promise<void> {
  const source = guard.source(arrival.fileId);
  if (source === null) return;
  const action = actionIn(await readFile(Buffer.from(source.path)));
  await harness.beforeEnforce(arrival);
  const outcome = await guard.enforce(arrival.fileId, {
    action,
    recipients: [key.recipient],
    decision: { ...decisionFor(arrival, action), guard: 'fuse' },
  });
  harness.seen.push({ arrival, action, outcome });
  if (outcome.done) guard.settled(arrival.fileId);
}

export interface Ran {
  readonly code: number;
  readonly said: string;
  readonly wrote: string;
}

/** Runs a program beside this process, which has to decide meanwhile. */
export function run(program: string, args: readonly string[], folder?: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, timeout: 60_000, killSignal: 'SIGKILL', encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, said: stderr, wrote: stdout });
    });
  });
}

/** As `run`, for what must succeed; gives what it wrote. */
export async function runs(program: string, args: readonly string[], folder?: string): Promise<string> {
  const { code, said, wrote } = await run(program, args, folder);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code} ${said}`);
  return wrote;
}

import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decryptBytes, generateIdentity, isAgeFile } from '../../../src/age/index.ts';
import { createWatchGuard, type WatchGuard, type WatchGuardOptions } from '../../../src/agent/guard/watch-guard.ts';
import { openQuarantine, type Quarantine } from '../../../src/agent/quarantine/quarantine.ts';
import type { FileDecision } from '../../../src/contracts/event.ts';
import type { EnforcementOutcome } from '../../../src/contracts/input.ts';
import type { Action } from '../../../src/contracts/verdict.ts';
import type { Clock, FileArrival } from '../../../src/core/ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (millis, run) => {
    const timer = setTimeout(run, millis);
    return () => clearTimeout(timer);
  },
};

export const key = generateIdentity();

/** The tests' policy: the first word of a file says what is to be done with it. */
export function actionFor(content: Buffer): Action {
  if (isAgeFile(content)) return 'allow';
  const word = /^(allow|record|warn|justify|encrypt|block)\b/i.exec(content.subarray(0, 16).toString('latin1'))?.[1];
  return (word?.toLowerCase() ?? 'allow') as Action;
}

export function decisionFor(arrival: FileArrival, action: Action): FileDecision {
  return {
    actor: arrival.actor,
    file: { path: arrival.path, bytes: arrival.bytes },
    volume: { id: 'test:1', filesystem: 'ext4', bus: 'virtual' },
    // The inspection tells by content; in these tests only age files are named like that.
    type: arrival.path.endsWith('.age') ? 'age' : 'text',
    findings: [],
    persons: { from: 0, to: 0 },
    unreadable: [],
    verdict: { action, severity: 'high' },
    policy: { name: 'test', version: 1 },
    guard: 'watch',
    present: arrival.present,
  };
}

export interface Seen {
  readonly arrival: FileArrival;
  readonly action: Action;
  readonly outcome: EnforcementOutcome;
}

export interface GuardHarness {
  readonly root: string;
  readonly state: string;
  readonly quarantine: Quarantine;
  readonly arrivals: FileArrival[];
  readonly seen: Seen[];
  guard: WatchGuard;
  /** Runs between inspection and enforcement. */
  beforeEnforce: (arrival: FileArrival) => Promise<void> | void;
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  until(condition: () => boolean | Promise<boolean>, seconds?: number): Promise<void>;
  close(): Promise<void>;
}

export async function makeHarness(
  options: Partial<WatchGuardOptions> & { quarantineBytes?: number; decide?: (content: Buffer) => Action } = {},
): Promise<GuardHarness> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-guard-')));
  const root = options.root ?? mkdtempSync(join(base, 'volume-'));
  const state = join(base, 'state');
  const quarantine = await openQuarantine({
    folder: join(base, 'quarantine'),
    maxBytes: options.quarantineBytes ?? 1e9,
    keepMillis: 1e9,
    clock: systemClock,
  });
  const { quarantineBytes: _bytes, decide = actionFor, ...guardOptions } = options;
  const make = () =>
    createWatchGuard({
      volumeId: 'test:1',
      inspectPresent: true,
      stateFolder: state,
      quarantine,
      clock: systemClock,
      actorOf: () => ({ name: 'hanako', basis: 'owner' }),
      ...guardOptions,
      root,
    });
  const harness: GuardHarness = {
    root,
    state,
    quarantine,
    arrivals: [],
    seen: [],
    guard: make(),
    beforeEnforce: () => undefined,
    async start() {
      const started = await harness.guard.start((arrival) => {
        harness.arrivals.push(arrival);
        void decideAndEnforce(harness, arrival, decide);
      });
      if (!started.ok) throw new Error(started.error.message);
    },
    stop: () => harness.guard.stop(),
    async restart() {
      await harness.guard.stop();
      harness.guard = make();
      await harness.start();
    },
    until,
    async close() {
      await harness.guard.stop();
      rmSync(base, { recursive: true, force: true });
    },
  };
  return harness;
}

async function decideAndEnforce(harness: GuardHarness, arrival: FileArrival, decide: (content: Buffer) => Action): Promise<void> {
  const { guard } = harness;
  const source = guard.source(arrival.fileId);
  if (source === null) return;
  const content = await readFile(Buffer.from(source.path)).catch(() => Buffer.alloc(0));
  const action = decide(content);
  await harness.beforeEnforce(arrival);
  const outcome = await guard.enforce(arrival.fileId, { action, recipients: [key.recipient], decision: decisionFor(arrival, action) });
  harness.seen.push({ arrival, action, outcome });
}

/** Polls until it holds; says what did not. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not reached: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(Buffer.from(folder), { recursive: false, encoding: 'buffer' });
  return entries.map((name) => name.toString('latin1')).toSorted();
}

export function decrypted(path: string | Buffer): string {
  const opened = decryptBytes(readFileSync(path), [key.identity]);
  if (!opened.ok) throw new Error(opened.error.message);
  return Buffer.from(opened.value).toString();
}

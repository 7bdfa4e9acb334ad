import { hostname } from 'node:os';
import { join } from 'node:path';
import type { AgentEvent } from '../contracts/event.ts';
import { failure, type Failure } from '../contracts/errors.ts';
import type { Language } from '../contracts/ids.ts';
import type { Policy } from '../contracts/policy.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import type { PolicyReference } from '../contracts/verdict.ts';
import type { Volume } from '../contracts/volume.ts';
import type { AgentState } from '../core/state.ts';
import { createInspector, type IndexPath } from '../inspect/index.ts';
import { VERSION } from '../node/version.ts';
import { lockState } from '../node/state-lock.ts';
import type { Platform } from '../platform/types.ts';
import { openStandardQuarantine } from './agent-state.ts';
import { Engine } from './engine.ts';
import { guardFactory } from './guard-factory.ts';
import { guardingNamed } from './practice-volumes.ts';
import { QuarantineKeeper } from './quarantine-keeper.ts';
import { openSpool } from './spool/open-spool.ts';
import { systemClock } from './system-clock.ts';

export interface ForegroundGuardOptions {
  readonly platform: Platform;
  readonly volume: Volume;
  /** Where the medium is mounted until its view is there (fuse). */
  readonly medium?: string | undefined;
  readonly mode: 'watch' | 'fuse';
  /** age identities that open what the organisation encrypts; may be none. */
  readonly identities: readonly string[];
  readonly policy: Policy;
  /** Where the indexes of own data that the policy names lie. */
  readonly indexPath: IndexPath;
  readonly reference: PolicyReference;
  readonly recipients: readonly string[];
  /** Spool, quarantine and journal. */
  readonly state: string;
  /** Events on disk, in order, those of an interrupted run first; they count as delivered when this returns. */
  readonly deliver: (events: readonly AgentEvent[]) => void;
  /** Id of the last event that an earlier run delivered: a crash may have come before the spool knew. */
  readonly delivered?: string | undefined;
  readonly language: Language;
  readonly log: (line: string) => void;
  readonly fatal: (error: unknown) => void;
}

export interface ForegroundGuard {
  stop(reason: string): Promise<void>;
}

/** No organisation gave this agent a name. */
const AGENT = 'foreground';
const SPOOL_BYTES = 1024 * 1024 * 1024;

/** Guards one volume without collector or enrolment. Resolves once the guard sees files. */
export async function guardInForeground(options: ForegroundGuardOptions): Promise<Result<ForegroundGuard, Failure>> {
  const { platform, volume, log, fatal } = options;
  const clock = systemClock;
  const lock = lockState(options.state);
  if (!lock.ok) return lock;
  const locked = lock.value;
  const quarantine = await openStandardQuarantine(options.state, clock);
  const spool = openSpool({ path: join(options.state, 'spool.db'), agent: AGENT, host: hostname(), maxBytes: SPOOL_BYTES });
  const inspector = createInspector({ indexPath: options.indexPath });
  const started = Promise.withResolvers<Result<void, Failure>>();
  const engine = new Engine({
    clock,
    spool,
    recorded,
    inspector,
    guardChoice: options.mode,
    createGuard: guardFactory({
      platform,
      quarantine,
      guardFolder: join(options.state, 'guard'),
      identities: options.identities,
      medium: options.medium,
      clock,
      log,
    }),
    denyVolume: (denied, treatment) => platform.denyVolume(denied, treatment),
    sessions: null,
    notify: (_to, { action, file, message }) =>
      log(`${action}: ${file ?? volume.mountPoint}${message === undefined ? '' : ` - ${message[options.language]}`}`),
    warnScreenLock: () => undefined,
    fetchPolicy: () => undefined,
    rescanVolumes: () => Promise.resolve(),
    reportCommand: () => undefined,
    changed: (state) => settle(state, volume, started.resolve),
    fatal,
  });
  const report = engine.report.bind(engine);
  const leave = spool.onAppend(() => void recorded().catch(fatal));
  const quarantineKeeper = new QuarantineKeeper({ quarantine, clock, report, fatal });

  function deliverPending(): void {
    spool.handOut(options.deliver);
  }

  /** What was delivered and not yet known to be: the id of the last one tells. */
  function skipDelivered(): void {
    const last = options.delivered === undefined ? undefined : spool.find(options.delivered);
    if (last !== undefined) spool.acknowledge(last);
  }

  async function recorded(): Promise<void> {
    await spool.synced();
    deliverPending();
  }

  async function stop(reason: string): Promise<void> {
    await engine.stop();
    quarantineKeeper.stop();
    report({ kind: 'agent.stopping', reason });
    await inspector.close();
    leave();
    await recorded();
    spool.close();
    locked.release();
  }

  skipDelivered();
  deliverPending();
  report({ kind: 'agent.started', host: hostname(), version: VERSION, os: platform.description, mode: 'foreground' });
  report({
    kind: 'policy.applied',
    policy: guardingNamed(options.policy, volume.bus),
    reference: options.reference,
    recipients: [...options.recipients],
  });
  await quarantineKeeper.start();
  report({ kind: 'volume.mounted', volume });
  const outcome = await started.promise;
  if (outcome.ok) return ok({ stop });
  await stop(outcome.error.code);
  return outcome;
}

function settle(state: AgentState, { id, mountPoint }: Volume, resolve: (outcome: Result<void, Failure>) => void): void {
  const guard = state.volumes[id]?.guard;
  if (guard === 'ready') resolve(ok(undefined));
  if (guard === 'failed') resolve(err(failure('DLP_GUARD_START', `${mountPoint} cannot be guarded; the event guard.failed says why.`)));
}

import { join } from 'node:path';
import type { Failure } from '../contracts/errors.ts';
import { ok, type Result } from '../contracts/result.ts';
import type { Volume } from '../contracts/volume.ts';
import { createInspector } from '../inspect/index.ts';
import { recordOf } from '../media/index.ts';
import { VERSION } from '../node/version.ts';
import { TraySessions } from '../platform/tray-sessions.ts';
import type { Platform } from '../platform/types.ts';
import { openAgentStores } from './agent-state.ts';
import { Engine } from './engine.ts';
import { EnrolledVolumes } from './enrolled-volumes.ts';
import { placesOfWaitingViews } from './fuse-guard/index.ts';
import { guardFactory } from './guard-factory.ts';
import { IndexKeeper } from './index-keeper.ts';
import { watchAddresses } from './network-addresses.ts';
import { PolicyKeeper } from './policy-keeper.ts';
import { practicePolicy, practiceVolumes } from './practice-volumes.ts';
import { QuarantineKeeper } from './quarantine-keeper.ts';
import { Recording } from './recording.ts';
import { type Sources, startSources, stopSources } from './sources.ts';
import { guardStatuses, statusOf, whenGuardsChange } from './status.ts';
import { createSync } from './sync/index.ts';
import { systemClock } from './system-clock.ts';
import { serveTray } from './tray-server.ts';

export interface ServiceOptions {
  readonly platform: Platform;
  /** Folder of enrolment, policy, spool, quarantine and journal; for the agent's account alone. */
  readonly state: string;
  readonly endpoint: string;
  /** Practice: guard the volume mounted there and no other. */
  readonly only?: string;
  /** Practice: guard a plain folder, and no volume. */
  readonly folder?: string;
  /** Write inputs and effects there. */
  readonly record?: string;
  readonly log: (line: string) => void;
  /** A bug, or a disk that takes no more: the agent cannot go on truthfully and should be started again. */
  readonly fatal: (error: unknown) => void;
}

export interface RunningAgent {
  readonly agent: string;
  stop(reason: string): Promise<void>;
}

/** The agent of an enrolled PC, wired together. Fails when it is not enrolled or the tray's endpoint cannot be served safely. */
export async function startService(options: ServiceOptions): Promise<Result<RunningAgent, Failure>> {
  const { platform, log } = options;
  const clock = systemClock;
  const stores = await openAgentStores(options.state, clock);
  if (!stores.ok) return stores;
  const { lock, enrolment, spool, quarantine, policies, identities, guardFolder } = stores.value;
  if (spool.movedAside !== null) log(`The spool could not be read; it is kept as ${spool.movedAside} and a new one is begun.`);

  const indexFolder = join(options.state, 'indexes');
  const inspector = createInspector({ indexPath: ({ sha256 }) => join(indexFolder, sha256) });
  const trays = new TraySessions(() => clock.now());
  const readRecord = async (volume: Volume) => {
    const record = await recordOf(volume, enrolment.policyKey);
    if (record === null) return null;
    const { id, due, guest } = record;
    return { id, due, ...(guest === undefined ? {} : { guest }) };
  };
  const sources: Sources = {
    devices: platform.devices(),
    volumes: new EnrolledVolumes(practiceVolumes(platform.volumes(), options), readRecord, clock),
    sessions: platform.sessions(trays),
  };
  const recording = options.record === undefined ? undefined : new Recording(options.record);
  const started = new Date(clock.now()).toISOString();

  /** An unguarded stick must not stay writable while the agent is away: that needs no disk. */
  const fatal = (problem: unknown): void => {
    const guarded = Object.values(engine.state.volumes).filter(({ treatment }) => treatment === 'guard');
    const denied = Promise.allSettled(guarded.map(({ volume }) => platform.denyVolume(volume, 'read-only')));
    void denied.then(() => options.fatal(problem));
  };
  const guardChoice = platform.coverVolume === undefined ? 'watch' : 'policy';
  const engine = new Engine({
    clock,
    spool,
    inspector,
    guardChoice,
    createGuard: guardFactory({
      platform,
      quarantine,
      guardFolder,
      identities,
      clock,
      log,
      onLost: ({ id: volumeId }, { code, message }) => report({ kind: 'guard.failed', volumeId, code, reason: message }),
      onDamaged: ({ id: volumeId }, path) => report({ kind: 'file.damaged', volumeId, path }),
    }),
    denyVolume: (volume, treatment) => platform.denyVolume(volume, treatment),
    ...(platform.admitVolume === undefined ? {} : { admitVolume: platform.admitVolume }),
    ...(platform.setDeviceAccess === undefined ? {} : { setDeviceAccess: platform.setDeviceAccess }),
    sessions: sources.sessions,
    notify: (to, notification) => tray.notify(to, notification),
    warnScreenLock: (session, inMillis) => tray.warnScreenLock(session, inMillis),
    fetchPolicy: () => sync.refresh(),
    rescanVolumes: () => sources.volumes.rescan(),
    reportCommand: (id, succeeded, detail) => sync.reportCommand(id, succeeded, detail),
    changed: (state) => {
      tray.statusChanged();
      tellGuards(state);
    },
    fatal,
    ...(recording === undefined ? {} : { recording }),
  });
  const report = engine.report.bind(engine);
  const sync = createSync({
    enrolment,
    spool,
    clock,
    version: VERSION,
    os: platform.description,
    policy: () => engine.state.snapshot?.reference,
    guards: () => guardStatuses(engine.state),
    onPolicy: (envelope) => policyKeeper.offer(envelope),
    onCommand: (command) => report({ kind: 'command.received', command }),
    report: (status) =>
      log(status.online ? `Connected to ${enrolment.url}.` : `Not connected to ${enrolment.url}: ${status.failure?.message}`),
  });
  const tellGuards = whenGuardsChange(() => sync.refresh());
  const status = () =>
    statusOf(engine.state, {
      agent: enrolment.agent,
      host: enrolment.host,
      started,
      collectorUrl: enrolment.url,
      lastContact: sync.status().lastContact,
      spooled: spool.count(),
      gaps: platform.gaps(),
    });
  const served = await serveTray({
    endpoint: options.endpoint,
    platform,
    trays,
    spool,
    quarantine,
    state: () => engine.state,
    status,
    report,
    log,
  });
  if (!served.ok) return served;
  const tray = served.value;

  const indexes = new IndexKeeper({ folder: indexFolder, clock, log, fetch: (sha256, file) => sync.fetchIndex(sha256, file) });
  const policyKeeper = new PolicyKeeper({
    store: policies,
    indexes,
    spool,
    quarantine,
    now: () => new Date(clock.now()),
    report,
    ...practicePolicy(options),
  });
  const quarantineKeeper = new QuarantineKeeper({ quarantine, clock, report, fatal });
  report({ kind: 'agent.started', host: enrolment.host, version: VERSION, os: platform.description, mode: 'service', guardChoice });
  policyKeeper.restore();
  await quarantineKeeper.start();
  if (platform.clearCovers !== undefined) await platform.clearCovers(guardFolder, placesOfWaitingViews(guardFolder));
  await startSources(sources, report);
  const stopAddresses = watchAddresses(clock, (addresses) => report({ kind: 'network.changed', addresses }));
  sync.start();

  return ok({
    agent: enrolment.agent,
    async stop(reason) {
      stopAddresses();
      await stopSources(sources);
      await engine.stop();
      report({ kind: 'agent.stopping', reason });
      quarantineKeeper.stop();
      indexes.stop();
      await sync.stop();
      await tray.close();
      await inspector.close();
      await recording?.close();
      spool.close();
      lock.release();
    },
  });
}

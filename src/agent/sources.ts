import type { Failure } from '../contracts/errors.ts';
import type { Result } from '../contracts/result.ts';
import type { DeviceSource, SessionControl, VolumeSource } from '../core/ports.ts';
import type { Happening } from './effects.ts';

type SourceName = 'devices' | 'volumes' | 'sessions';

export interface Sources {
  readonly devices: DeviceSource;
  readonly volumes: VolumeSource;
  readonly sessions: SessionControl;
}

/**
 * Starts what watches the world and turns each change into a happening. A source that cannot start is told once
 * and the agent goes on with the others: a PC without a session bus is still guarded.
 */
export async function startSources(sources: Sources, report: (happening: Happening) => void): Promise<void> {
  const failed = (source: SourceName, outcome: Result<void, Failure>): void => {
    if (!outcome.ok) report({ kind: 'source.failed', source, code: outcome.error.code, reason: outcome.error.message });
  };
  let starting = true;
  failed(
    'sessions',
    await sources.sessions.start((change) =>
      report(
        change.kind === 'seen'
          ? { kind: 'session.seen', session: change.session, actor: change.actor }
          : { kind: 'session.ended', session: change.session },
      ),
    ),
  );
  failed(
    'devices',
    await sources.devices.start((change) =>
      report(
        change.kind === 'attached'
          ? { kind: 'device.attached', device: change.device, presentAtStart: change.presentAtStart }
          : { kind: 'device.detached', deviceId: change.deviceId },
      ),
    ),
  );
  failed(
    'volumes',
    await sources.volumes.start((change) =>
      report(
        change.kind === 'mounted'
          ? { kind: 'volume.mounted', volume: change.volume, ...(starting ? { presentAtStart: true } : {}) }
          : { kind: 'volume.unmounted', volumeId: change.volumeId },
      ),
    ),
  );
  starting = false;
}

export async function stopSources(sources: Sources): Promise<void> {
  await Promise.all([sources.volumes.stop(), sources.devices.stop(), sources.sessions.stop()]);
}

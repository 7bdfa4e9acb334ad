import type { Failure } from '../contracts/errors.ts';
import type { Volume } from '../contracts/volume.ts';
import type { Clock, Guard } from '../core/ports.ts';
import type { Platform } from '../platform/types.ts';
import { createFuseGuard } from './fuse-guard/index.ts';
import { createWatchGuard } from './guard/watch-guard.ts';
import type { Quarantine } from './quarantine/quarantine.ts';

export interface GuardParts {
  readonly platform: Pick<Platform, 'actorOf'>;
  readonly quarantine: Quarantine;
  /** Journal of all guards. */
  readonly guardFolder: string;
  /** age identities that open what the organisation encrypts; none without an organisation. */
  readonly identities: readonly string[];
  /** Where the medium of a fuse guard is mounted until its view is there; left out: at the volume's own place. */
  readonly medium?: string | undefined;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** The guard that the mode asks for. */
export function guardFactory(parts: GuardParts) {
  const { platform, quarantine, guardFolder, identities, medium, clock, log } = parts;
  return (volume: Volume, mode: 'watch' | 'fuse', inspectPresent: boolean): Guard => {
    const common = {
      root: volume.mountPoint,
      volumeId: volume.id,
      stateFolder: guardFolder,
      quarantine,
      clock,
      actorOf: (uid: number) => platform.actorOf(uid),
      onProblem: (problem: Failure) => log(`${volume.mountPoint}: ${problem.message}`),
    };
    return mode === 'fuse'
      ? createFuseGuard({ ...common, ...(medium === undefined ? {} : { medium }), readOnly: volume.readOnly, identities })
      : createWatchGuard({ ...common, inspectPresent, recoverIdentities: identities });
  };
}

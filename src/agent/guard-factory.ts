import type { Failure } from '../contracts/errors.ts';
import type { Volume } from '../contracts/volume.ts';
import type { Clock, Guard } from '../core/ports.ts';
import type { Platform } from '../platform/types.ts';
import { CoveredGuard } from './covered-guard.ts';
import { createFuseGuard, placesOfWaitingViews } from './fuse-guard/index.ts';
import { PresentFiles } from './guard/present-files.ts';
import { createWatchGuard } from './guard/watch-guard.ts';
import type { Quarantine } from './quarantine/quarantine.ts';

export interface GuardParts {
  readonly platform: Pick<Platform, 'actorOf' | 'coverVolume' | 'denyVolume'>;
  readonly quarantine: Quarantine;
  /** Journal of all guards. */
  readonly guardFolder: string;
  /** age identities that open what the organisation encrypts; none without an organisation. */
  readonly identities: readonly string[];
  /**
   * Where the medium of a fuse guard is mounted until its view is there. Left out: the volume is one that others mounted,
   * and stays mounted below its view.
   */
  readonly medium?: string | undefined;
  /** A guard that had started and ended by itself. */
  readonly onLost?: (volume: Volume, problem: Failure) => void;
  /** A stored file of which parts no longer open was read. */
  readonly onDamaged?: (volume: Volume, path: string) => void;
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
    if (mode === 'watch') return createWatchGuard({ ...common, inspectPresent, recoverIdentities: identities });
    const seen = { identities, volume, onDamaged: (path: string) => parts.onDamaged?.(volume, path) };
    const { coverVolume } = platform;
    if (medium !== undefined || volume.devicePath === undefined || coverVolume === undefined) {
      return createFuseGuard({ ...common, ...seen, ...(medium === undefined ? {} : { medium }), readOnly: volume.readOnly });
    }
    return new CoveredGuard({
      cover: () => coverVolume(volume, guardFolder, placesOfWaitingViews(guardFolder).includes(volume.mountPoint)),
      createView: (covered, onEnded) =>
        createFuseGuard({ ...common, ...seen, medium: covered.medium, readOnly: covered.readOnly, onEnded }),
      createPresent: (view, since) => {
        const root = inspectPresent ? view.medium() : null;
        return root === null ? null : new PresentFiles({ ...common, root, since, identities, exchange: view.exchange });
      },
      eject: () => platform.denyVolume(volume, 'block'),
      failed: (problem) => parts.onLost?.(volume, problem),
    });
  };
}

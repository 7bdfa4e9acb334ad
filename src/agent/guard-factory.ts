import type { Volume } from '../contracts/volume.ts';
import type { Clock, Guard } from '../core/ports.ts';
import type { Platform } from '../platform/types.ts';
import { createWatchGuard } from './guard/watch-guard.ts';
import type { Quarantine } from './quarantine/quarantine.ts';

export interface GuardParts {
  readonly platform: Pick<Platform, 'actorOf'>;
  readonly quarantine: Quarantine;
  /** Journal of all guards. */
  readonly guardFolder: string;
  /** age identities that open what the organisation encrypts; none without an organisation. */
  readonly identities: readonly string[];
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** The guard that the mode asks for. `watch` is the one there is in this version. */
export function guardFactory(parts: GuardParts) {
  const { platform, quarantine, guardFolder, identities, clock, log } = parts;
  return (volume: Volume, _mode: 'watch' | 'fuse', inspectPresent: boolean): Guard =>
    createWatchGuard({
      root: volume.mountPoint,
      volumeId: volume.id,
      inspectPresent,
      stateFolder: guardFolder,
      quarantine,
      clock,
      actorOf: (uid) => platform.actorOf(uid),
      recoverIdentities: identities,
      onProblem: (problem) => log(`${volume.mountPoint}: ${problem.message}`),
    });
}

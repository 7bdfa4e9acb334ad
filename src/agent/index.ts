/** The door of the agent: the service of an enrolled PC, one guard in the foreground, and replay. */
export { type ForegroundGuard, type ForegroundGuardOptions, guardInForeground } from './foreground-guard.ts';
export { detachStaleViews, endHeldView, type WaitingView, waitingViews } from './fuse-guard/index.ts';
export { folderVolume } from './practice-volumes.ts';
export { replay, type Replay } from './recording.ts';
export { type RunningAgent, type ServiceOptions, startService } from './service.ts';

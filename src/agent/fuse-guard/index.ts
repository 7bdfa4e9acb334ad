/** The door of the fuse guard. Linux only: loading it is harmless elsewhere, calling it is not. */
export { createFuseGuard, type FuseGuard, type FuseGuardOptions } from './fuse-guard.ts';
export { endHeldView, placesOfWaitingViews, type WaitingView, waitingViews } from './held-view.ts';
export { detachStaleViews } from '../../platform/linux/fuse/index.ts';

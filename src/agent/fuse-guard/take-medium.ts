import { closeSync } from 'node:fs';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { SystemCallError, type SystemCalls } from '../../platform/linux/fuse/index.ts';
import { EBUSY, EINVAL } from './errno.ts';

/** Takes the medium off its path and holds it by a descriptor alone. A plain folder has no mount to take away. */
export function takeMedium(calls: SystemCalls, place: Buffer): Result<{ root: number; wasMounted: boolean }, Failure> {
  const root = calls.cloneMount(place);
  try {
    calls.unmount(place, 'unused');
    return ok({ root, wasMounted: true });
  } catch (error) {
    if (error instanceof SystemCallError && error.errno === EINVAL) return ok({ root, wasMounted: false });
    closeSync(root);
    if (!(error instanceof SystemCallError) || error.errno !== EBUSY) throw error;
    return err(
      failure(
        'DLP_GUARD_START',
        'A program still has files of the medium open; it cannot be taken out of its reach. Close them and try again.',
        {
          retryable: true,
        },
      ),
    );
  }
}

/** The private mount's root as a path that fs calls can open without following links. */
export const rootPath = (root: number): Buffer => Buffer.from(`/proc/self/fd/${root}/.`);

import { closeSync, constants, openSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { SystemCallError, type SystemCalls } from '../../platform/linux/fuse/index.ts';
import { EBUSY, EINVAL } from './errno.ts';
import { type HeldView, takeHeldView } from './held-view.ts';

/** A medium out of everybody's reach, and the place of its view. */
export interface TakenMedium {
  /** The private mount's root. */
  readonly root: number;
  readonly at: Buffer;
  /** Where the medium was mounted. */
  readonly home: Buffer;
  /** Whether the medium had this path to itself, and gets it back. */
  readonly wasMounted: boolean;
  /** Of /dev/fuse: mounted already when an earlier agent left its view, which is `held`. */
  readonly device: number;
  readonly names: number;
  readonly held: HeldView | null;
}

export interface MediumToTake {
  /** Of the fuse guard, in the state folder. */
  readonly folder: string;
  readonly root: string;
  /** Where the medium is mounted, when it is not at `root`. */
  readonly medium?: string | undefined;
  readonly volumeId: string;
  readonly readOnly: boolean;
}

/** Takes over the view of an agent that was killed, with its medium, or takes a mounted medium off its path. */
export async function takeMedium(calls: SystemCalls, wanted: MediumToTake): Promise<Result<TakenMedium, Failure>> {
  // First of all: until it is served, whoever touches the path of such a view waits.
  const held = takeHeldView(calls, wanted.folder, wanted.root);
  if (held !== null) {
    const { record, device, root, names } = held;
    // Where it was mounted for the guard alone, it goes with its last descriptor.
    const wasMounted = record.wasMounted && wanted.medium === undefined;
    if (record.volumeId === wanted.volumeId && record.readOnly === wanted.readOnly) {
      const [at, home] = [Buffer.from(record.place, 'base64'), Buffer.from(record.home, 'base64')];
      return ok({ root, at, home, wasMounted, device, names, held });
    }
    held.endHolder();
    held.close();
  }
  const at = await realpath(Buffer.from(wanted.root), 'buffer');
  const home = wanted.medium === undefined ? at : await realpath(Buffer.from(wanted.medium), 'buffer');
  const taken = takeMount(calls, home);
  if (!taken.ok) return taken;
  if (wanted.medium !== undefined && !taken.value.wasMounted) {
    closeSync(taken.value.root);
    return err(failure('DLP_GUARD_START', 'The medium is not mounted any more.', { retryable: true }));
  }
  return ok({ ...taken.value, at, home, device: openSync('/dev/fuse', constants.O_RDWR), names: calls.makeMemory(), held: null });
}

/** Takes the medium off its path and holds it by a descriptor alone. A plain folder has no mount to take away. */
function takeMount(calls: SystemCalls, place: Buffer): Result<{ root: number; wasMounted: boolean }, Failure> {
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

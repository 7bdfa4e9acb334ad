import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { TemporaryMount } from '../types.ts';

const run = promisify(execFile);

/** Nothing on a medium that a stranger may have prepared becomes a program, a device or a privilege on this PC. */
const OPTIONS = 'nosuid,nodev,noexec';

/** Mounts a block device, an image file or (bound) a folder at a folder that is there. mount(8) does the work. */
export async function mountTemporarily(
  source: string,
  at: string,
  place: 'own' | 'shared' = 'shared',
): Promise<Result<TemporaryMount, Failure>> {
  if (place === 'own') await unmountAll(at);
  try {
    const facts = await lstat(source);
    const how = facts.isDirectory() ? ['--bind'] : facts.isFile() ? ['-o', `loop,${OPTIONS}`] : ['-o', OPTIONS];
    await run('mount', [...how, '--', source, at]);
  } catch (error) {
    return err(failure('DLP_GUARD_START', `${source} could not be mounted at ${at}: ${reason(error)}`, { cause: error }));
  }
  return ok({ unmount: () => unmount(at) });
}

/** Mounts lie upon each other; umount(8) takes the uppermost and says so until there is none. */
async function unmountAll(at: string): Promise<void> {
  for (let left = true; left;) left = (await unmount(at)).ok;
}

async function unmount(at: string): Promise<Result<void, Failure>> {
  try {
    await run('umount', ['--', at]);
    return ok(undefined);
  } catch (error) {
    return err(failure('DLP_VOLUME_BUSY', `${at} could not be unmounted: ${reason(error)}`, { retryable: true, cause: error }));
  }
}

function reason(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && typeof error.stderr === 'string') return error.stderr.trim().slice(0, 300);
  return error instanceof Error ? error.message : String(error);
}

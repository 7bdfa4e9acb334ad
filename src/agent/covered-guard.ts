import type { EnforcementOutcome } from '../contracts/input.ts';
import { failure, type Failure } from '../contracts/errors.ts';
import { err, type Result } from '../contracts/result.ts';
import type { EnforcementOrder, FileArrival, Guard } from '../core/ports.ts';
import type { CoveredVolume } from '../platform/types.ts';
import type { FuseGuard } from './fuse-guard/index.ts';
import type { PresentFiles } from './guard/present-files.ts';

/** Why a guard ended though nobody stopped it: its view was unmounted, or what serves it failed. */
export type GuardEnd = 'unmounted' | 'failed';

export interface CoveredGuardOptions {
  /** Makes the medium read-only at its own place, and writable out of sight. */
  readonly cover: () => Promise<Result<CoveredVolume, Failure>>;
  /** The guard whose view takes the place. */
  readonly createView: (covered: CoveredVolume, ended: (why: GuardEnd) => void) => FuseGuard;
  /** For the files that were there before the view, which began at `since`; null where policy does not ask for them. */
  readonly createPresent: (view: FuseGuard, since: number) => PresentFiles | null;
  /** Somebody unmounted the view: he wants the stick back, and what is below the view is to go as well. */
  readonly eject: () => Promise<Result<void, Failure>>;
  readonly failed: (failure: Failure) => void;
}

/**
 * A fuse guard on a medium that others mount and unmount. Below the view the medium stays mounted, read-only: so it lies
 * open to nobody before the view is there, after it is gone, or when the agent is killed.
 */
export class CoveredGuard implements Guard {
  readonly mode = 'fuse';
  readonly #options: CoveredGuardOptions;
  #covered: CoveredVolume | null = null;
  #view: FuseGuard | null = null;
  #present: PresentFiles | null = null;
  #ending: Promise<void> | null = null;

  constructor(options: CoveredGuardOptions) {
    this.#options = options;
  }

  async start(report: (arrival: FileArrival) => void): Promise<Result<void, Failure>> {
    const covered = await this.#options.cover();
    if (!covered.ok) return covered;
    this.#covered = covered.value;
    const view = this.#options.createView(covered.value, (why) => void this.#ended(why));
    this.#view = view;
    // As files are dated.
    const since = Date.now();
    const started = await view.start(report);
    if (!started.ok) {
      await this.stop();
      return started;
    }
    const present = this.#options.createPresent(view, since);
    if (present === null || this.#ending !== null) return started;
    this.#present = present;
    const looking = await present.start(report);
    if (!looking.ok) await this.stop();
    return looking;
  }

  source(fileId: string): ReturnType<Guard['source']> {
    return this.#ownerOf(fileId)?.source(fileId) ?? null;
  }

  again(fileId: string): void {
    this.#ownerOf(fileId)?.again(fileId);
  }

  enforce(fileId: string, order: EnforcementOrder): Promise<EnforcementOutcome> {
    return this.#ownerOf(fileId)?.enforce(fileId, order) ?? Promise.resolve(NOT_RUNNING);
  }

  release(quarantineId: string): Promise<Result<string, Failure>> {
    return this.#view?.release(quarantineId) ?? Promise.resolve(err(failure('DLP_GUARD_START', NOT_RUNNING.reason)));
  }

  outcomes(): ReadonlyMap<string, EnforcementOutcome> {
    return new Map([...(this.#present?.outcomes() ?? []), ...(this.#view?.outcomes() ?? [])]);
  }

  settled(fileId: string): void {
    this.#present?.settled(fileId);
    this.#view?.settled(fileId);
  }

  /** The medium stays where it was mounted, read-only. */
  stop(): Promise<void> {
    return (this.#ending ??= this.#letGo());
  }

  #ownerOf(fileId: string): PresentFiles | FuseGuard | null {
    return this.#present?.has(fileId) === true ? this.#present : this.#view;
  }

  async #letGo(): Promise<void> {
    // The view still has to exchange the names of what it is in the middle of.
    await this.#present?.stop();
    await this.#view?.stop();
    await this.#covered?.letGo();
  }

  async #ended(why: GuardEnd): Promise<void> {
    if (this.#ending !== null) return;
    await this.stop();
    if (why === 'failed') this.#options.failed(failure('DLP_GUARD_START', 'The view of the medium ended. Unplug it and plug it in again.'));
    const ejected = why === 'unmounted' ? await this.#options.eject() : null;
    if (ejected !== null && !ejected.ok) this.#options.failed(ejected.error);
  }
}

const NOT_RUNNING = { done: false, code: 'DLP_FILE_NOT_FOUND', reason: 'The guard is not running.', gone: true } as const;

import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fromErrno } from '../node/errno.ts';
import type { Failure } from '../contracts/errors.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import type { Bus } from '../contracts/device.ts';
import type { Policy } from '../contracts/policy.ts';
import type { Volume } from '../contracts/volume.ts';
import type { VolumeChange, VolumeSource } from '../core/ports.ts';

/** A plain folder in the place of a stick: for practice and for machines where mounting is not allowed. */
export function folderVolume(folder: string): Volume {
  return {
    // Events carry the id: it names the folder without telling where on this PC it lies.
    id: `folder:${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
    mountPoint: folder,
    filesystem: 'folder',
    label: basename(folder),
    readOnly: false,
    bus: 'virtual',
    removable: true,
  };
}

/** What the agent watches: every volume of the PC, or in practice one of them, or a folder. */
export function practiceVolumes(real: VolumeSource, practice: { readonly only?: string; readonly folder?: string }): VolumeSource {
  if (practice.folder !== undefined) return new FolderVolumeSource(practice.folder);
  return practice.only === undefined ? real : new OnlyVolumeSource(real, practice.only);
}

/** Whoever names a volume wants it guarded, whatever the policy says of its kind; what it says of files holds. */
export function guardingNamed(policy: Policy, bus: Bus): Policy {
  return {
    ...policy,
    volumes: { ...policy.volumes, 'include-virtual': true, removable: [...new Set([...policy.volumes.removable, bus])] },
    devices: { default: 'guard', rules: [] },
  };
}

/** A folder or mount that somebody named is guarded under any policy. */
export function practicePolicy(practice: { readonly only?: string; readonly folder?: string }) {
  const named = practice.folder !== undefined || practice.only !== undefined;
  return named ? { adapt: (policy: Policy) => guardingNamed(policy, 'virtual') } : {};
}

/** Reports one folder as a mounted volume for as long as it is watched. */
export class FolderVolumeSource implements VolumeSource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    try {
      await stat(this.#folder);
    } catch (error) {
      return err(fromErrno(error));
    }
    report({ kind: 'mounted', volume: folderVolume(this.#folder) });
    return ok(undefined);
  }

  rescan(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** Passes on the volume mounted at one path and no other: practice never touches what else is plugged in. */
export class OnlyVolumeSource implements VolumeSource {
  readonly #inner: VolumeSource;
  readonly #mountPoint: string;
  readonly #passed = new Set<string>();

  constructor(inner: VolumeSource, mountPoint: string) {
    this.#inner = inner;
    this.#mountPoint = mountPoint;
  }

  start(report: (change: VolumeChange) => void): Promise<Result<void, Failure>> {
    return this.#inner.start((change) => {
      if (change.kind === 'mounted') {
        if (change.volume.mountPoint !== this.#mountPoint) return;
        this.#passed.add(change.volume.id);
      } else if (!this.#passed.delete(change.volumeId)) return;
      report(change);
    });
  }

  rescan(): Promise<void> {
    return this.#inner.rescan();
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }
}

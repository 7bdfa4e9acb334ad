import { existsSync } from 'node:fs';
import { lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { fromErrno } from '../../node/errno.ts';
import { eraseFile } from '../guard/erase.ts';
import { Journal, type JournalEntry } from '../guard/journal.ts';
import { pinFolder, type VolumeRoot } from '../guard/pinned-folder.ts';
import { exists } from '../guard/place-file.ts';
import { recoverVolume } from '../guard/recovery.ts';
import { temporaryName } from '../guard/temporary-name.ts';
import { absolutePath, parsePath, shownPath } from '../guard/volume-path.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import type { TemporaryIds } from './temporary-ids.ts';

export interface ViewRecoveryParts {
  readonly root: VolumeRoot;
  readonly volumeId: string;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly identities: readonly string[];
  /** Of all guards: a watch guard may have been at work on this medium before. */
  readonly stateFolder: string;
  readonly clock: { now(): number };
}

/** What a crash left half done on this medium is carried on or turned back. docs/spec/guard.md section 6. */
export async function recoverView(parts: ViewRecoveryParts): Promise<void> {
  await recoverWatched(parts);
  for (const entry of parts.journal.unfinished()) {
    if (entry.volumeId !== parts.volumeId) continue;
    // What cannot be done now stays in the journal for the next start.
    await recoverEntry(parts, entry).catch((error: unknown) => void fromErrno(error));
  }
}

/** Removes what a crash left of commits that needed no journal: none of it was ever seen under a name of its own. */
export async function removeLeftovers(root: Buffer, ids: TemporaryIds): Promise<void> {
  for (const name of await ids.leftIn(root)) {
    const path = absolutePath(root, [name]);
    // An older plain form that a newer one took the place of is overwritten; the rest is ciphertext, or was allowed.
    await (name.toString('latin1').endsWith('.erase') ? eraseFile(path) : unlink(path));
  }
}

/** Removes staged files of a run that ended without. */
export async function clearStaging(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
}

async function recoverWatched({ stateFolder, clock, ...parts }: ViewRecoveryParts): Promise<void> {
  if (!existsSync(join(stateFolder, 'enforcements.db'))) return;
  const journal = new Journal(stateFolder, clock);
  try {
    await recoverVolume({ ...parts, journal }, new Set());
  } finally {
    journal.close();
  }
}

async function recoverEntry(parts: ViewRecoveryParts, entry: JournalEntry): Promise<void> {
  const { root, journal, quarantine } = parts;
  const temporary = absolutePath(root.path, [temporaryName(entry.temporaryId, 'tmp')]);
  const written = await exists(temporary);
  if (written) await unlink(temporary);
  const erase = absolutePath(root.path, [temporaryName(entry.temporaryId, 'erase')]);
  if (entry.quarantineId !== null && (await quarantine.find(entry.quarantineId)) !== null) {
    finish(journal, entry, { done: true, quarantineId: entry.quarantineId });
    return;
  }
  const placed = !written && (await removePlainBeside(parts, entry));
  if (await exists(erase)) await eraseFile(erase);
  if (placed && entry.target !== null) {
    const storedAs = shownPath([...parsePath(entry.path).slice(0, -1), Buffer.from(entry.target.name)]);
    finish(journal, entry, { done: true, sha256: entry.target.sha256, storedAs });
  } else journal.remove(entry.fileId);
}

function finish(journal: Journal, entry: JournalEntry, outcome: EnforcementOutcome): void {
  journal.finish(entry.fileId, outcome);
}

/** Whether the ciphertext has its name; an older plain form that should have gone goes now. */
async function removePlainBeside({ root }: ViewRecoveryParts, entry: JournalEntry): Promise<boolean> {
  const path = parsePath(entry.path);
  const name = path.at(-1);
  if (entry.target === null || name === undefined) return false;
  const folder = await pinFolder(root, path.slice(0, -1));
  if (!folder.ok) return false;
  try {
    const target = folder.value.entry(Buffer.from(entry.target.name));
    if (!(await exists(target)) || (await lstat(target)).size !== entry.target.bytes) return false;
    const plain = folder.value.entry(name);
    if (await exists(plain)) await eraseFile(plain);
    await folder.value.sync();
    return true;
  } finally {
    await folder.value.close();
  }
}

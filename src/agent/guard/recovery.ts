import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { decryptFile, isAgeFile } from '../../age/index.ts';
import type { EnforcementOutcome } from '../../contracts/input.ts';
import { fromErrno } from '../../node/errno.ts';
import type { Quarantine } from '../quarantine/quarantine.ts';
import { eraseFile } from './erase.ts';
import { hasCode } from './has-code.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { pinFolder, type PinnedFolder, type VolumeRoot } from './pinned-folder.ts';
import { ciphertextName, clearTheWay, exists, renameExclusive, restoredName } from './place-file.ts';
import { temporaryName } from './temporary-name.ts';
import { parsePath, shownPath, type VolumePath } from './volume-path.ts';

export interface RecoveryOptions {
  readonly root: VolumeRoot;
  readonly volumeId: string;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  /** age identities that open what this agent encrypts, when it has any: the ciphertext is then read whole before an original goes. */
  readonly identities: readonly string[];
}

export interface Recovered {
  /** Originals that are on the medium under a name of their own again, to be inspected as if new. */
  readonly restored: VolumePath[];
  /** Ids of leftovers that could not be dealt with now. */
  readonly unfinished: Set<string>;
}

/** What a crash left half done on this volume, turned back or carried on. docs/spec/watch-guard.md section 4. */
export async function recoverVolume(options: RecoveryOptions, skip: ReadonlySet<string>): Promise<Recovered> {
  const recovered: Recovered = { restored: [], unfinished: new Set() };
  for (const entry of options.journal.unfinished()) {
    if (skip.has(entry.temporaryId)) continue;
    await recoverEntry(options, entry, recovered).catch((error: unknown) => {
      fromErrno(error);
      recovered.unfinished.add(entry.temporaryId);
    });
  }
  return recovered;
}

async function recoverEntry(options: RecoveryOptions, entry: JournalEntry, recovered: Recovered): Promise<void> {
  const path = parsePath(entry.path);
  const name = path.at(-1);
  const folder = await pinFolder(options.root, path.slice(0, -1));
  if (name === undefined || !folder.ok) {
    if (entry.volumeId === options.volumeId) recovered.unfinished.add(entry.temporaryId);
    return;
  }
  try {
    const leftovers = new Leftovers(folder.value, entry.temporaryId);
    const step = await nextStep(options, entry, leftovers, name);
    if (step === 'carry-on') await carryOn(options, entry, leftovers, path);
    else if (step === 'place') await placeOnlyCopy(options, entry, leftovers, path);
    else if (step === 'turn-back') recovered.restored.push(await turnBack(options, entry, leftovers, path, name));
  } finally {
    await folder.value.close();
  }
}

/** The three names an enforcement may have left. */
class Leftovers {
  readonly folder: PinnedFolder;
  readonly temporary: Buffer;
  readonly plain: Buffer;
  readonly erase: Buffer;

  constructor(folder: PinnedFolder, id: string) {
    this.folder = folder;
    this.temporary = folder.entry(temporaryName(id, 'tmp'));
    this.plain = folder.entry(temporaryName(id, 'plain'));
    this.erase = folder.entry(temporaryName(id, 'erase'));
  }
}

async function nextStep(
  options: RecoveryOptions,
  entry: JournalEntry,
  leftovers: Leftovers,
  name: Buffer,
): Promise<'carry-on' | 'turn-back' | 'place' | 'not-here'> {
  if (await exists(leftovers.erase)) return stepForErasing(options, entry, leftovers);
  if (await exists(leftovers.plain)) return (await isPlaced(options, entry, leftovers)) ? 'carry-on' : 'turn-back';
  if (await exists(leftovers.temporary)) return (await isOnlyCopy(entry, leftovers, name)) ? 'place' : 'turn-back';
  // Nothing of it is here: another medium of the same kind, unless the volume is the same as before.
  if (entry.volumeId !== options.volumeId) return 'not-here';
  return (await isOriginal(leftovers.folder, name, entry)) ? 'turn-back' : finishedOrNot(options, entry, leftovers);
}

/**
 * Overwriting begins only when the copy is durable; but a medium pulled out while it said "synced" may have lost the
 * copy's name all the same, and then what is left of the original is worth more than nothing.
 */
async function stepForErasing(
  options: RecoveryOptions,
  entry: JournalEntry,
  leftovers: Leftovers,
): Promise<'carry-on' | 'turn-back' | 'place'> {
  if (entry.quarantineId !== null || (await isPlaced(options, entry, leftovers))) return 'carry-on';
  if (!(await exists(leftovers.temporary))) return 'turn-back';
  return (await lstat(leftovers.temporary)).size === entry.target?.bytes ? 'place' : 'turn-back';
}

/** A proved ciphertext whose original is nowhere to be seen: a medium damaged by a power cut may show that. */
async function isOnlyCopy(entry: JournalEntry, leftovers: Leftovers, name: Buffer): Promise<boolean> {
  if (entry.target === null || (await exists(leftovers.folder.entry(name)))) return false;
  return (await lstat(leftovers.temporary)).size === entry.target.bytes;
}

async function placeOnlyCopy(options: RecoveryOptions, entry: JournalEntry, leftovers: Leftovers, path: VolumePath): Promise<void> {
  const name = path.at(-1) ?? Buffer.alloc(0);
  for (let attempt = 1; entry.target !== null; attempt += 1) {
    const target = ciphertextName(name, attempt);
    if (!(await renameExclusive(leftovers.temporary, leftovers.folder.entry(target)))) continue;
    await carryOn(options, { ...entry, target: { ...entry.target, name: target } }, leftovers, path);
    return;
  }
}

/** The original is gone from its name and nothing is left of the work: either it was done, or somebody moved the file. */
async function finishedOrNot(options: RecoveryOptions, entry: JournalEntry, leftovers: Leftovers): Promise<'carry-on' | 'turn-back'> {
  const kept = entry.quarantineId !== null && (await options.quarantine.find(entry.quarantineId)) !== null;
  return kept || (await isPlaced(options, entry, leftovers)) ? 'carry-on' : 'turn-back';
}

async function isOriginal(folder: PinnedFolder, name: Buffer, entry: JournalEntry): Promise<boolean> {
  try {
    const stats = await lstat(folder.entry(name), { bigint: true });
    return stats.isFile() && stats.size === entry.size && stats.mtimeNs === entry.modified;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The ciphertext stands under its own name, whole. A second name left by a link is taken away. */
async function isPlaced(options: RecoveryOptions, entry: JournalEntry, leftovers: Leftovers): Promise<boolean> {
  const { target } = entry;
  if (target === null) return false;
  const path = leftovers.folder.entry(Buffer.from(target.name));
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ELOOP')) return false;
    throw error;
  }
  try {
    const stats = await file.stat({ bigint: true });
    const temporary = await lstat(leftovers.temporary, { bigint: true }).catch(() => null);
    if (temporary !== null && temporary.ino !== stats.ino) return false;
    if (Number(stats.size) !== target.bytes || !(await opens(options, file, target.sha256))) return false;
  } finally {
    await file.close();
  }
  await unlink(leftovers.temporary).catch(() => undefined);
  return true;
}

async function opens(options: RecoveryOptions, file: FileHandle, sha256: string): Promise<boolean> {
  const head = Buffer.alloc(64);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  if (!isAgeFile(head.subarray(0, bytesRead))) return false;
  if (options.identities.length === 0 || process.platform === 'win32') return true;
  const nowhere = await open('/dev/null', 'r+');
  try {
    const opened = await decryptFile(file, nowhere, options.identities);
    // No identity of ours among the recipients proves nothing either way; the journal was written after verification.
    return opened.ok ? opened.value.sha256 === sha256 : opened.error.code === 'DLP_AGE_NO_MATCH';
  } finally {
    await nowhere.close();
  }
}

async function carryOn(options: RecoveryOptions, entry: JournalEntry, leftovers: Leftovers, path: VolumePath): Promise<void> {
  if (await exists(leftovers.plain)) {
    await clearTheWay(leftovers.folder, temporaryName(entry.temporaryId, 'erase'));
    await rename(leftovers.plain, leftovers.erase);
  }
  if (await exists(leftovers.erase)) await eraseFile(leftovers.erase);
  // A ciphertext still being copied back to a full medium: the quarantined one counts.
  if (await exists(leftovers.temporary)) await unlink(leftovers.temporary);
  await leftovers.folder.sync();
  const item = entry.quarantineId === null ? null : await options.quarantine.find(entry.quarantineId);
  options.journal.finish(entry.fileId, outcomeOf(entry, path, item?.sha256));
}

function outcomeOf(entry: JournalEntry, path: VolumePath, sha256: string | undefined): EnforcementOutcome {
  if (entry.quarantineId !== null) return { done: true, quarantineId: entry.quarantineId, ...(sha256 === undefined ? {} : { sha256 }) };
  if (entry.target === null) {
    return { done: false, code: 'DLP_FILE_NOT_FOUND', reason: 'The file was moved away while the agent was not running.', gone: true };
  }
  return { done: true, sha256: entry.target.sha256, storedAs: shownPath([...path.slice(0, -1), Buffer.from(entry.target.name)]) };
}

/** As if nothing had been begun; gives where the original is. */
async function turnBack(
  options: RecoveryOptions,
  entry: JournalEntry,
  leftovers: Leftovers,
  path: VolumePath,
  name: Buffer,
): Promise<VolumePath> {
  let restored = name;
  const original = (await exists(leftovers.plain)) ? leftovers.plain : leftovers.erase;
  if (await exists(original)) {
    for (let attempt = 1; ; attempt += 1) {
      restored = restoredName(name, attempt);
      if (await renameExclusive(original, leftovers.folder.entry(restored))) break;
    }
  }
  if (await exists(leftovers.temporary)) await unlink(leftovers.temporary);
  await leftovers.folder.sync();
  if (entry.quarantineId !== null) await options.quarantine.remove(entry.quarantineId);
  options.journal.remove(entry.fileId);
  return [...path.slice(0, -1), restored];
}

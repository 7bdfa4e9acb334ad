import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { volume, type Volume } from '../../contracts/volume.ts';
import { loadSystemCalls, type SystemCalls, viewAt } from '../../platform/linux/fuse/index.ts';
import { HELD, isRunning, type ProcessMark } from './holder.ts';

const processMark = z.strictObject({ pid: z.int().min(2), started: z.int().min(0) });

/** More often no view changes hands: its numbers are counted from the generation on, and they end at 2^52. */
const MAX_GENERATION = 4000;

export const heldRecord = z.strictObject({
  format: z.literal('sekisho-held-view/1'),
  /** Process numbers and their times mean something until the PC starts again only. */
  boot: z.string(),
  agent: processMark,
  holder: processMark,
  /** Where the view was asked for, as the guard was told. */
  asked: z.string(),
  /** Where it is, and where the medium was: bytes of a path in base64. */
  place: z.base64(),
  home: z.base64(),
  /** Of the view, `major:minor` in the table of mounts. */
  device: z.string(),
  wasMounted: z.boolean(),
  readOnly: z.boolean(),
  volumeId: z.string(),
  volume: volume.optional(),
  /** What was agreed with the kernel; it is asked once in the life of a view. */
  passthrough: z.boolean(),
  /** How many agents the view had before. */
  generation: z.int().min(0).max(MAX_GENERATION),
});
export type HeldRecord = z.infer<typeof heldRecord>;
export type HeldFacts = Omit<HeldRecord, 'format' | 'boot'>;

/** A view whose agent died, in this process's hands. */
export interface HeldView {
  readonly record: HeldRecord;
  readonly device: number;
  readonly root: number;
  readonly names: number;
  /** Ends the process that held it. The view lives on by the descriptors here. */
  readonly endHolder: () => void;
  /** Closes the descriptors here; the holder has its own. Not for whoever goes on with the view. */
  readonly close: () => void;
}

export function writeHeldRecord(folder: string, facts: HeldFacts): void {
  const path = recordPath(folder, facts.asked);
  const record: HeldRecord = { format: 'sekisho-held-view/1', boot: bootId(), ...facts };
  mkdirSync(join(folder, 'held'), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.tmp`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

export function removeHeldRecord(folder: string, asked: string): void {
  rmSync(recordPath(folder, asked), { force: true });
}

/**
 * Takes a view that waits for its next agent. Null when there is none; what is not as its record says is ended.
 * @param folder of the fuse guard, in the state folder.
 */
export function takeHeldView(calls: SystemCalls, folder: string, asked: string): HeldView | null {
  const record = readRecord(recordPath(folder, asked));
  if (record === null || isRunning(record.agent)) return null;
  const held = take(calls, record);
  if (held === null) removeHeldRecord(folder, asked);
  return held;
}

/** Ends a view that waits for its next agent: calls fail with ENOTCONN from then on. */
export function endHeldView(guardFolder: string, asked: string): void {
  const folder = join(guardFolder, 'fuse');
  const held = takeHeldView(loadSystemCalls(), folder, asked);
  if (held === null) return;
  held.endHolder();
  held.close();
  removeHeldRecord(folder, asked);
}

/** What is known of a view that waits for its next agent, and of the medium below it. */
export interface WaitingView {
  /** Where the guard was told to show it. */
  readonly root: string;
  readonly volume: Volume | null;
  /** Of the medium's root: `st_dev` and `st_ino`. */
  readonly device: bigint;
  readonly inode: bigint;
}

/** The views that wait for an agent with this folder. @param guardFolder as of FuseGuardOptions.stateFolder. */
export function waitingViews(guardFolder: string): WaitingView[] {
  const folder = join(guardFolder, 'fuse');
  return recordNames(folder).flatMap((name) => {
    const record = readRecord(join(folder, 'held', name));
    const held = record === null ? null : takeHeldView(loadSystemCalls(), folder, record.asked);
    if (held === null) return [];
    const { dev, ino } = fstatSync(held.root, { bigint: true });
    held.close();
    return [{ root: held.record.asked, volume: held.record.volume ?? null, device: dev, inode: ino }];
  });
}

/** Where they are. Asks nothing of the views: nobody would answer. */
export const placesOfWaitingViews = (guardFolder: string): string[] => waitingViews(guardFolder).map(({ root }) => root);

function take(calls: SystemCalls, record: HeldRecord): HeldView | null {
  let holder = openHolder(calls, record.holder);
  if (holder === null) return null;
  const taken: number[] = [];
  function close(): void {
    for (const descriptor of [...taken.splice(0), ...(holder === null ? [] : [holder])]) closeSync(descriptor);
  }
  function endHolder(): void {
    if (holder === null) return;
    try {
      calls.killProcess(holder);
      calls.wait([holder, -1], END_MILLIS);
    } catch {
      // It ended by itself.
    }
    closeSync(holder);
    holder = null;
  }
  try {
    const process = holder;
    const takeOne = (descriptor: number): number => {
      const own = calls.takeDescriptor(process, descriptor);
      taken.push(own);
      return own;
    };
    const [device, root, names] = [takeOne(HELD.device), takeOne(HELD.root), takeOne(HELD.names)];
    if (isWhole(calls, record, { device, root, names })) {
      return { record, device, root, names, endHolder, close };
    }
  } catch {
    // A process of another kind, or one that may not be asked (ptrace(2), "access mode checking").
  }
  endHolder();
  close();
  return null;
}

const END_MILLIS = 1000;

function openHolder(calls: SystemCalls, mark: ProcessMark): number | null {
  try {
    const holder = calls.openProcess(mark.pid);
    // Looked at behind the descriptor: it is this process that the descriptor is of.
    if (isRunning(mark)) return holder;
    closeSync(holder);
  } catch {
    // Ended.
  }
  return null;
}

function isWhole(calls: SystemCalls, record: HeldRecord, { device, root, names }: Pick<HeldView, 'device' | 'root' | 'names'>): boolean {
  if (target(device) !== '/dev/fuse' || !target(names).startsWith('/memfd:sekisho') || !fstatSync(root).isDirectory()) return false;
  return !calls.isOver(device) && viewAt(Buffer.from(record.place, 'base64')) === record.device && record.generation < MAX_GENERATION;
}

const target = (descriptor: number): string => readlinkSync(`/proc/self/fd/${descriptor}`);

function readRecord(path: string): HeldRecord | null {
  try {
    const record = heldRecord.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return record.success && record.data.boot === bootId() ? record.data : null;
  } catch {
    return null;
  }
}

function recordNames(folder: string): string[] {
  try {
    return readdirSync(join(folder, 'held')).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

const recordPath = (folder: string, asked: string): string =>
  join(folder, 'held', `${createHash('sha256').update(asked).digest('hex').slice(0, 16)}.json`);

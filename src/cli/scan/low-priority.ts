import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { Words } from './words.ts';

export interface LowPriority {
  readonly processor: boolean;
  readonly disk: boolean;
}

/**
 * Gives way to everything else on the machine: the lowest priority for the processor, and on Linux the idle class for the
 * disk, which only schedulers that know classes (BFQ) obey. Call it before worker threads start: they inherit both.
 */
export function lowerPriority(): LowPriority {
  const threads = threadIds();
  return { processor: lowerProcessor(threads), disk: lowerDisk(threads) };
}

/** On Linux both priorities belong to a thread and not to its process. */
function threadIds(): number[] {
  if (process.platform !== 'linux') return [process.pid];
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}

function lowerProcessor(threads: readonly number[]): boolean {
  let done = true;
  for (const thread of threads) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW);
    } catch {
      // A thread that ended meanwhile, or a system that refuses.
      if (thread === process.pid) done = false;
    }
  }
  return done;
}

/** ionice of util-linux: ioprio_set(2) has no other door that needs no native code. */
function lowerDisk(threads: readonly number[]): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('ionice', ['-c', '3', '-t', '-p', ...threads.map(String)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function lowPriorityText({ processor, disk }: LowPriority, { t }: Words): string {
  const parts = [
    t(processor ? 'scan:low-priority.cpu' : 'scan:low-priority.cpu-failed'),
    t(disk ? 'scan:low-priority.disk' : 'scan:low-priority.disk-missing'),
  ];
  return t('scan:low-priority.title', { parts: parts.join('; ') });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** How long a view waits for its next agent; who calls meanwhile waits, unless somebody kills it. */
const HOLD_SECONDS = 30;

/** Where the holder has what it holds. */
export const HELD = { device: 3, root: 4, names: 5 } as const;

/**
 * A line on its standard input ends it at once. The end of that input is the agent's: then what the agent had read and
 * not answered goes back to the kernel's queue (FUSE_NOTIFY_RESEND: length 16, notice 7), so that its callers can be killed
 * again, and the shell becomes a sleep, with the same descriptors and the same process number. Linux before 6.9 refuses the notice.
 */
const SCRIPT = String.raw`read -r _ && exit 0
printf '\020\000\000\000\007\000\000\000\000\000\000\000\000\000\000\000' >&${HELD.device}
exec sleep ${HOLD_SECONDS}`;

/** A process and when it began, in the kernel's ticks: a number that was given out again is not taken for it. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: number;
}

/** A small process that keeps the descriptors of a view open when the agent dies. It never outlives the agent for long. */
export class Holder {
  readonly mark: ProcessMark;
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;

  /** @throws where there is no `/bin/sh`. */
  constructor(held: { readonly device: number; readonly root: number; readonly names: number }) {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'sekisho-holder'], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      // Signals of the terminal and of the agent's group are not for it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore', held.device, held.root, held.names],
    });
    this.#child = child;
    this.#gone = once(child, 'exit').catch(() => undefined);
    child.stdin?.on('error', () => undefined);
    const mark = child.pid === undefined ? null : processMark(child.pid);
    if (mark === null) throw new Error('the holder of the view did not start');
    this.mark = mark;
    child.unref();
    if (child.stdin !== null && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  }

  /** Resolves when it holds nothing any more. */
  async end(): Promise<void> {
    this.#child.ref();
    this.#child.stdin?.end('end\n');
    await this.#gone;
  }
}

/** Null when there is no such process, or only what its parent has not taken notice of. */
export function processMark(pid: number): ProcessMark | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Fields 3 and 22 of proc_pid_stat(5); the name before them may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : { pid, started: Number(fields[19]) };
  } catch {
    return null;
  }
}

export function isRunning({ pid, started }: ProcessMark): boolean {
  return processMark(pid)?.started === started;
}

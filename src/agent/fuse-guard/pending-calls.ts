import { isKilled } from './killed.ts';
import { EINTR } from './errno.ts';
import { sendReply } from './replies.ts';

/** Calls that wait for something slow. A killed caller is let go at once; the work goes on. */
export class PendingCalls {
  readonly #device: number;
  readonly #calls = new Map<bigint, { readonly pid: number; interrupted: boolean }>();

  constructor(device: number) {
    this.#device = device;
  }

  add(unique: bigint, pid: number): void {
    this.#calls.set(unique, { pid, interrupted: false });
    // Killed while it wrote: its closing tells of no interruption.
    if (isKilled(pid)) this.answer(unique, EINTR);
  }

  answer(unique: bigint, answer: number | Buffer): void {
    if (this.#calls.delete(unique)) sendReply(this.#device, unique, answer);
  }

  /** The kernel says it once, for the first signal, whatever comes after. */
  interrupt(unique: bigint): void {
    const call = this.#calls.get(unique);
    if (call === undefined) return;
    call.interrupted = true;
    this.#letGo(unique, call.pid);
  }

  /** Looks again after those that were interrupted and not killed; gives whether there are any. */
  lookAgain(): boolean {
    let any = false;
    for (const [unique, { pid, interrupted }] of this.#calls) {
      if (interrupted && !this.#letGo(unique, pid)) any = true;
    }
    return any;
  }

  hasInterrupted(): boolean {
    for (const { interrupted } of this.#calls.values()) if (interrupted) return true;
    return false;
  }

  answerAll(errno: number): void {
    for (const unique of this.#calls.keys()) this.answer(unique, errno);
  }

  #letGo(unique: bigint, pid: number): boolean {
    const killed = isKilled(pid);
    if (killed) this.answer(unique, EINTR);
    return killed;
  }
}

import { failure, type Failure } from '../contracts/errors.ts';
import type { Actor } from '../contracts/event.ts';
import { err, ok, type Result } from '../contracts/result.ts';
import type { SessionChange, SessionControl } from '../core/ports.ts';

/** A report older than this says nothing about now: the tray may have been ended by its user. */
const REPORT_LIFE_MILLIS = 90_000;
/** How long a tray may take to say whether its lock call worked. */
const LOCK_ANSWER_MILLIS = 10_000;

export interface TrayIdle {
  readonly idleMillis: number;
  readonly locked: boolean;
}

interface TrayState {
  readonly actor: Actor;
  readonly requestLock: () => boolean;
  report: { readonly idle: TrayIdle; readonly at: number } | null;
  lockAnswers: ((outcome: Result<void, Failure>) => void)[];
}

/**
 * Sessions as their trays report them: on Windows and macOS only a process within the session can read its idle time
 * and lock it. A tray is hostile by assumption: it can keep its own user's screen unlocked, and nobody else's.
 */
export class TraySessions implements SessionControl {
  readonly #now: () => number;
  readonly #trays = new Map<string, TrayState>();
  #report: ((change: SessionChange) => void) | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A tray has connected. `requestLock` sends it `screen.lock-requested` and says whether it could be sent. */
  connected(session: string, actor: Actor, requestLock: () => boolean): void {
    this.#trays.set(session, { actor, requestLock, report: null, lockAnswers: [] });
    this.#report?.({ kind: 'seen', session, actor });
  }

  disconnected(session: string): void {
    const tray = this.#trays.get(session);
    if (tray === undefined) return;
    this.#trays.delete(session);
    settle(tray, err(failure('DLP_LOCK_FAILED', 'The tray app of this session went away before the screen was locked.')));
    this.#report?.({ kind: 'ended', session });
  }

  /** From `session.report-idle`. */
  idleReported(session: string, idle: TrayIdle): void {
    const tray = this.#trays.get(session);
    if (tray !== undefined) tray.report = { idle, at: this.#now() };
  }

  /** From `session.report-lock`. */
  lockReported(session: string, outcome: { readonly ok: boolean; readonly reason?: string | undefined }): void {
    const tray = this.#trays.get(session);
    if (tray === undefined) return;
    const reason = outcome.reason === undefined ? '' : ` It says: ${outcome.reason}`;
    settle(tray, outcome.ok ? ok(undefined) : err(failure('DLP_LOCK_FAILED', `The tray app could not lock the screen.${reason}`)));
  }

  /** The newest report about a user, by the account's name; null when there is none or it is too old. */
  idleOf(userName: string): TrayIdle | null {
    let smallest: TrayIdle | null = null;
    for (const tray of this.#trays.values()) {
      const idle = tray.actor.name === userName ? this.#current(tray) : null;
      if (idle !== null && (smallest === null || idle.idleMillis < smallest.idleMillis)) smallest = idle;
    }
    return smallest;
  }

  start(report: (change: SessionChange) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    for (const [session, tray] of this.#trays) report({ kind: 'seen', session, actor: tray.actor });
    return Promise.resolve(ok(undefined));
  }

  readIdle(session: string): Promise<Result<TrayIdle, Failure>> {
    const tray = this.#trays.get(session);
    const idle = tray === undefined ? null : this.#current(tray);
    if (idle === null)
      return Promise.resolve(
        err(failure('DLP_SESSION_UNAVAILABLE', 'No tray app has reported on this session lately.', { retryable: true })),
      );
    return Promise.resolve(ok(idle));
  }

  lock(session: string): Promise<Result<void, Failure>> {
    const tray = this.#trays.get(session);
    if (tray === undefined || !tray.requestLock())
      return Promise.resolve(err(failure('DLP_LOCK_FAILED', 'No tray app is there to lock this session.', { retryable: true })));
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        settle(tray, err(failure('DLP_LOCK_FAILED', 'The tray app did not answer the request to lock the screen.', { retryable: true })));
      }, LOCK_ANSWER_MILLIS);
      tray.lockAnswers.push((outcome) => {
        clearTimeout(late);
        resolve(outcome);
      });
    });
  }

  stop(): Promise<void> {
    this.#report = null;
    for (const tray of this.#trays.values()) settle(tray, err(failure('DLP_LOCK_FAILED', 'The agent is stopping.')));
    return Promise.resolve();
  }

  /** The user has been idle since the report too, unless a newer one says otherwise. */
  #current(tray: TrayState): TrayIdle | null {
    if (tray.report === null) return null;
    const age = this.#now() - tray.report.at;
    if (age < 0 || age > REPORT_LIFE_MILLIS) return null;
    return tray.report.idle;
  }
}

function settle(tray: TrayState, outcome: Result<void, Failure>): void {
  const answers = tray.lockAnswers;
  tray.lockAnswers = [];
  for (const answer of answers) answer(outcome);
}

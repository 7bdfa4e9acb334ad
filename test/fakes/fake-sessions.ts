import { failure, type Failure } from '../../src/contracts/errors.ts';
import type { Actor } from '../../src/contracts/event.ts';
import { err, ok, type Result } from '../../src/contracts/result.ts';
import type { SessionChange, SessionControl } from '../../src/core/ports.ts';

interface FakeSession {
  readonly actor: Actor;
  idleMillis: number;
  locked: boolean;
}

/** Login sessions whose users sit still, move, or are locked out, as a test says. */
export class FakeSessions implements SessionControl {
  readonly #sessions = new Map<string, FakeSession>();
  #report: ((change: SessionChange) => void) | null = null;
  /** Every session that was asked to lock, in order. */
  readonly locks: string[] = [];
  /** Set to make locking fail. */
  lockFailure: Failure | null = null;

  login(session: string, name: string): void {
    const actor: Actor = { name, basis: 'session' };
    this.#sessions.set(session, { actor, idleMillis: 0, locked: false });
    this.#report?.({ kind: 'seen', session, actor });
  }

  logout(session: string): void {
    if (!this.#sessions.delete(session)) throw new Error(`no session ${session}`);
    this.#report?.({ kind: 'ended', session });
  }

  /** How long the user has not touched anything; 0 is activity. */
  setIdle(session: string, idleMillis: number): void {
    this.#get(session).idleMillis = idleMillis;
  }

  unlock(session: string): void {
    this.#get(session).locked = false;
  }

  start(report: (change: SessionChange) => void): Promise<Result<void, Failure>> {
    this.#report = report;
    for (const [session, { actor }] of this.#sessions) report({ kind: 'seen', session, actor });
    return Promise.resolve(ok(undefined));
  }

  readIdle(session: string): Promise<Result<{ idleMillis: number; locked: boolean }, Failure>> {
    const state = this.#sessions.get(session);
    if (state === undefined) return Promise.resolve(err(failure('DLP_SESSION_UNAVAILABLE', 'No such session.')));
    return Promise.resolve(ok({ idleMillis: state.idleMillis, locked: state.locked }));
  }

  lock(session: string): Promise<Result<void, Failure>> {
    this.locks.push(session);
    if (this.lockFailure !== null) return Promise.resolve(err(this.lockFailure));
    this.#get(session).locked = true;
    return Promise.resolve(ok(undefined));
  }

  stop(): Promise<void> {
    this.#report = null;
    return Promise.resolve();
  }

  #get(session: string): FakeSession {
    const state = this.#sessions.get(session);
    if (state === undefined) throw new Error(`no session ${session}`);
    return state;
  }
}

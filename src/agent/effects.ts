import type { Effect, NotificationDraft } from '../contracts/effect.ts';
import type { Device } from '../contracts/device.ts';
import type { Failure } from '../contracts/errors.ts';
import type { AgentInput } from '../contracts/input.ts';
import type { Result } from '../contracts/result.ts';
import type { Volume } from '../contracts/volume.ts';
import type { Clock, Guard, Inspector, SessionControl, Spool } from '../core/ports.ts';
import { baseName } from '../core/display-name.ts';

/** Without its time, which the runner gives. */
export type Happening = AgentInput extends infer I ? (I extends AgentInput ? Omit<I, 'at'> : never) : never;

export interface EffectPorts {
  readonly clock: Clock;
  readonly spool: Spool;
  /** Resolves once what the spool has stored by now is on disk, and delivered where events are delivered at once. */
  readonly recorded: () => Promise<void>;
  readonly inspector: Inspector;
  readonly createGuard: (volume: Volume, mode: 'watch' | 'fuse', inspectPresent: boolean) => Guard;
  readonly denyVolume: (volume: Volume, treatment: 'block' | 'read-only') => Promise<Result<void, Failure>>;
  /** Absent where nothing is ever made read-only. */
  readonly admitVolume?: (volume: Volume) => Promise<Result<void, Failure>>;
  /** Absent where the OS, or the way the agent runs, knows no such thing. */
  readonly setDeviceAccess?: (device: Device, access: 'denied' | 'granted') => Promise<Result<void, Failure>>;
  readonly sessions: Pick<SessionControl, 'readIdle' | 'lock'> | null;
  readonly notify: (to: string | null, notification: NotificationDraft) => void;
  readonly warnScreenLock: (session: string, inMillis: number) => void;
  readonly fetchPolicy: () => void;
  readonly rescanVolumes: () => Promise<void>;
  readonly reportCommand: (id: string, ok: boolean, detail?: string) => void;
  readonly report: (happening: Happening) => void;
  /** A bug or a broken disk: the agent cannot go on truthfully. */
  readonly fatal: (error: unknown) => void;
}

const GONE = { done: false, code: 'DLP_FILE_NOT_FOUND', reason: 'The file was gone before it could be inspected.', gone: true } as const;
const CHANGED = { done: false, code: 'DLP_FILE_CHANGED', reason: 'The file was not the one that had arrived.', gone: true } as const;

/** Carries out what core decided. Holds no judgement of its own: results go back as inputs. */
export class EffectRunner {
  readonly #ports: EffectPorts;
  readonly #guards = new Map<string, Guard>();
  readonly #denials = new Set<Promise<void>>();
  /** What is done with one volume is done in the order it was decided: no guard starts where another still ends. */
  readonly #turns = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, () => void>();

  constructor(ports: EffectPorts) {
    this.#ports = ports;
  }

  readonly run = (effect: Effect): void => {
    try {
      const pending = this.#start(effect);
      pending?.catch(this.#ports.fatal);
    } catch (problem) {
      // The spool is synchronous: a full disk throws here, in the middle of whoever reported.
      this.#ports.fatal(problem);
    }
  };

  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    await Promise.all([...this.#guards.values()].map((guard) => guard.stop()));
    this.#guards.clear();
  }

  #start(effect: Effect): Promise<void> | void {
    const { clock, spool, report } = this.#ports;
    switch (effect.kind) {
      case 'appendEvent':
        spool.append(effect.at, effect.body, effect.settles);
        return effect.settles === undefined ? undefined : this.#settle(effect.settles);
      case 'startGuard':
        return this.#inTurn(effect.volume, () => this.#startGuard(effect));
      case 'stopGuard':
        return this.#inTurn({ id: effect.volumeId }, () => this.#stopGuard(effect.volumeId));
      case 'denyVolume':
        return this.#remember(this.#inTurn(effect.volume, () => this.#denyVolume(effect)));
      case 'admitVolume':
        return this.#inTurn(effect.volume, () => this.#admitVolume(effect.volume));
      case 'setDeviceAccess':
        return this.#setDeviceAccess(effect);
      case 'inspectFile':
        return this.#inspect(effect);
      case 'enforceFile':
        return this.#enforce(effect);
      case 'releaseFile':
        return this.#release(effect);
      case 'notify':
        this.#ports.notify(effect.to, effect.notification);
        return;
      case 'readIdle':
        return this.#readIdle(effect.session);
      case 'warnScreenLock':
        this.#ports.warnScreenLock(effect.session, effect.inMillis);
        return;
      case 'lockScreen':
        return this.#lock(effect.session);
      case 'setTimer': {
        this.#timers.get(effect.timer)?.();
        const cancel = clock.after(effect.millis, () => {
          this.#timers.delete(effect.timer);
          report({ kind: 'timer.fired', timer: effect.timer });
        });
        this.#timers.set(effect.timer, cancel);
        return;
      }
      case 'clearTimer':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'fetchPolicy':
        this.#ports.fetchPolicy();
        return;
      case 'rescanVolumes':
        return this.#ports.rescanVolumes();
      case 'reportCommand':
        this.#ports.reportCommand(effect.id, effect.ok, effect.detail);
        return;
    }
  }

  async #startGuard({ volume, mode, inspectPresent }: Extract<Effect, { kind: 'startGuard' }>): Promise<void> {
    const { report } = this.#ports;
    const guard = this.#ports.createGuard(volume, mode, inspectPresent);
    await this.#stopGuard(volume.id);
    this.#guards.set(volume.id, guard);
    const started = await guard.start((arrival) => report({ kind: 'file.arrived', volumeId: volume.id, ...arrival }));
    if (!started.ok) {
      report({ kind: 'guard.failed', volumeId: volume.id, code: started.error.code, reason: started.error.message });
      return;
    }
    report({ kind: 'guard.ready', volumeId: volume.id });
    this.#recoverEvents(guard);
  }

  /** Decisions that an earlier run carried out and could not tell of. */
  #recoverEvents(guard: Guard): void {
    const outcomes = guard.outcomes();
    for (const { fileId, action, decision } of this.#ports.spool.intents()) {
      const outcome = outcomes.get(fileId);
      if (outcome !== undefined) this.#ports.report({ kind: 'file.recovered', fileId, action, decision, outcome });
    }
  }

  /** The event is all that tells of the file from here on. */
  async #settle(fileId: string): Promise<void> {
    await this.#ports.recorded();
    for (const guard of this.#guards.values()) guard.settled(fileId);
  }

  async #stopGuard(volumeId: string): Promise<void> {
    const guard = this.#guards.get(volumeId);
    // It judges what is open before it ends, and is still to be told what is settled.
    await guard?.stop();
    if (this.#guards.get(volumeId) === guard) this.#guards.delete(volumeId);
  }

  async #denyVolume({ volume, treatment }: Extract<Effect, { kind: 'denyVolume' }>): Promise<void> {
    const denied = await this.#ports.denyVolume(volume, treatment);
    if (!denied.ok) this.#ports.report({ kind: 'source.failed', source: 'volumes', code: denied.error.code, reason: denied.error.message });
  }

  async #admitVolume(volume: Volume): Promise<void> {
    const admitted = await this.#ports.admitVolume?.(volume);
    if (admitted !== undefined && !admitted.ok) {
      this.#ports.report({ kind: 'source.failed', source: 'volumes', code: admitted.error.code, reason: admitted.error.message });
    }
  }

  #inTurn({ id }: { readonly id: string }, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(id);
    const done = before === undefined ? work() : before.then(work, work);
    this.#turns.set(id, done);
    const forget = (): void => {
      if (this.#turns.get(id) === done) this.#turns.delete(id);
    };
    done.then(forget, forget);
    return done;
  }

  /** What is to be unmounted is unmounted, with what was written to it, before its device goes. */
  async #setDeviceAccess({ device, access }: Extract<Effect, { kind: 'setDeviceAccess' }>): Promise<void> {
    await Promise.allSettled(this.#denials);
    const set = await this.#ports.setDeviceAccess?.(device, access);
    if (set !== undefined && !set.ok) {
      this.#ports.report({ kind: 'source.failed', source: 'devices', code: set.error.code, reason: set.error.message });
    }
  }

  async #remember(denial: Promise<void>): Promise<void> {
    this.#denials.add(denial);
    try {
      await denial;
    } finally {
      this.#denials.delete(denial);
    }
  }

  async #inspect({ volumeId, fileId, limits, ownData }: Extract<Effect, { kind: 'inspectFile' }>): Promise<void> {
    const guard = this.#guards.get(volumeId);
    const source = guard?.source(fileId) ?? null;
    if (source === null) {
      this.#ports.report({ kind: 'file.enforced', fileId, outcome: GONE });
      return;
    }
    const name = baseName(new TextDecoder().decode(source.path));
    const inspection = await this.#ports.inspector.inspect({ ...source, name, limits, ownData });
    if (inspection !== null) {
      this.#ports.report({ kind: 'file.inspected', fileId, inspection });
      return;
    }
    // Another file was put in its place, or it was written to: no verdict on bytes that did not arrive.
    this.#ports.report({ kind: 'file.enforced', fileId, outcome: CHANGED });
    guard?.again(fileId);
  }

  async #enforce({ volumeId, fileId, action, recipients, decision }: Extract<Effect, { kind: 'enforceFile' }>): Promise<void> {
    const guard = this.#guards.get(volumeId);
    if (guard === undefined) return;
    const changes = action === 'encrypt' || action === 'block' || action === 'justify';
    if (changes) {
      this.#ports.spool.addIntent({ fileId, action, decision });
      await this.#ports.recorded();
    }
    const outcome = await guard.enforce(fileId, { action, recipients, decision });
    if (changes && !outcome.done && outcome.gone) this.#ports.spool.dropIntent(fileId);
    this.#ports.report({ kind: 'file.enforced', fileId, outcome });
  }

  async #release({ holdId, volumeId }: Extract<Effect, { kind: 'releaseFile' }>): Promise<void> {
    const released = await this.#guards.get(volumeId)?.release(holdId);
    if (released === undefined) return;
    this.#ports.report({
      kind: 'file.released',
      holdId,
      ok: released.ok,
      ...(released.ok ? {} : { code: released.error.code, reason: released.error.message }),
    });
  }

  async #readIdle(session: string): Promise<void> {
    const idle = await this.#ports.sessions?.readIdle(session);
    if (idle?.ok) this.#ports.report({ kind: 'session.idle', session, ...idle.value });
    else if (idle !== undefined) {
      this.#ports.report({ kind: 'source.failed', source: 'sessions', code: idle.error.code, reason: idle.error.message });
    }
  }

  async #lock(session: string): Promise<void> {
    const locked = await this.#ports.sessions?.lock(session);
    if (locked === undefined) return;
    const why = locked.ok ? {} : { code: locked.error.code, reason: locked.error.message };
    this.#ports.report({ kind: 'session.lock-result', session, ok: locked.ok, ...why });
  }
}

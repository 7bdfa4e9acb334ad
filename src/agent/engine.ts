import { v7 as uuidv7 } from 'uuid';
import type { NotificationDraft } from '../contracts/effect.ts';
import type { Notification } from '../contracts/ipc.ts';
import type { AgentInput } from '../contracts/input.ts';
import type { Spool } from '../core/ports.ts';
import type { GuardChoice } from '../contracts/policy.ts';
import type { AgentState } from '../core/state.ts';
import { EffectRunner, type EffectPorts, type Happening } from './effects.ts';
import { AgentLoop } from './loop.ts';
import type { Recording } from './recording.ts';

export interface EngineOptions extends Omit<EffectPorts, 'report' | 'notify' | 'recorded' | 'spool'> {
  readonly spool: Spool & { readonly synced: () => Promise<void> };
  /** Left out: on disk is enough. */
  readonly recorded?: () => Promise<void>;
  readonly guardChoice: GuardChoice;
  readonly notify: (to: string | null, notification: Notification) => void;
  readonly recording?: Recording;
  /** After each input, for those who show the state. */
  readonly changed?: (state: AgentState) => void;
}

/** Loop and effects as one: happenings in, the world changed, the state to look at. */
export class Engine {
  readonly #loop: AgentLoop;
  readonly #effects: EffectRunner;
  readonly #now: () => number;

  constructor(options: EngineOptions) {
    this.#now = () => options.clock.now();
    this.#effects = new EffectRunner({
      recorded: () => options.spool.synced(),
      ...options,
      report: (happening) => this.report(happening),
      notify: (to: string | null, draft: NotificationDraft) => options.notify(to, { id: uuidv7(), time: this.#instant(), ...draft }),
    });
    this.#loop = new AgentLoop({
      guardChoice: options.guardChoice,
      run: this.#effects.run,
      observe: (input, effects) => {
        options.recording?.observe(input, effects);
        options.changed?.(this.#loop.state);
      },
    });
  }

  get state(): AgentState {
    return this.#loop.state;
  }

  report(happening: Happening): void {
    const input: AgentInput = { ...happening, at: this.#instant() };
    this.#loop.offer(input);
  }

  stop(): Promise<void> {
    return this.#effects.stop();
  }

  #instant(): string {
    return new Date(this.#now()).toISOString();
  }
}

import type { Effect } from '../contracts/effect.ts';
import type { AgentInput } from '../contracts/input.ts';
import type { GuardChoice } from '../contracts/policy.ts';
import { type AgentState, initialState } from '../core/state.ts';
import { step } from '../core/step.ts';

export interface LoopOptions {
  readonly guardChoice: GuardChoice;
  /** Starts the effect; its result comes back through `offer`. */
  readonly run: (effect: Effect) => void;
  /** Sees every input before it is applied and what it led to after: the recording for replay. */
  readonly observe?: (input: AgentInput, effects: readonly Effect[]) => void;
}

/**
 * One input at a time, in order. Effects may offer inputs while they run (a fake, a synchronous failure):
 * those wait until the step that caused them is done.
 */
export class AgentLoop {
  readonly #options: LoopOptions;
  readonly #waiting: AgentInput[] = [];
  #state: AgentState;
  #running = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#state = initialState(options.guardChoice);
  }

  get state(): AgentState {
    return this.#state;
  }

  offer(input: AgentInput): void {
    this.#waiting.push(input);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#apply(next);
    } finally {
      this.#running = false;
    }
  }

  #apply(input: AgentInput): void {
    const { state, effects } = step(this.#state, input);
    this.#state = state;
    this.#options.observe?.(input, effects);
    for (const effect of effects) this.#options.run(effect);
  }
}

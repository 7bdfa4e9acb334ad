import { EventEmitter } from 'node:events';

export const EVENTS = 'events';
export const POLICY = 'policy';
export const commandsFor = (agent: string): string => `commands:${agent}`;

/** Wakes those who wait for something to change. Carries no data: the woken look for themselves. */
export class Signals {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #stopped = new AbortController();

  /** Ends every wait. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  raise(topic: string): void {
    this.#emitter.emit(topic);
  }

  /** Gives what stops listening. */
  listen(topic: string, listener: () => void): () => void {
    this.#emitter.on(topic, listener);
    return () => void this.#emitter.off(topic, listener);
  }

  /** Resolves at the next of these, or when the signal aborts. Call before looking, await after: nothing slips between. */
  next(topics: readonly string[], until: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (until.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        until.removeEventListener('abort', done);
        for (const topic of topics) this.#emitter.off(topic, done);
        resolve();
      };
      until.addEventListener('abort', done, { once: true });
      for (const topic of topics) this.#emitter.on(topic, done);
    });
  }

  stop(): void {
    this.#stopped.abort();
  }
}

/**
 * Runs a task again and again, never twice at once. Whoever asks while a run is under way gets the next one, which starts
 * after the asking and so sees what caused it; a thousand askers meanwhile share that one.
 */
export class OneAtATime {
  readonly #task: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  run(): Promise<void> {
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      const run = this.#task();
      this.#running = run.catch(() => undefined);
      return run;
    });
    return this.#next;
  }

  /** Resolves when nothing is under way or waiting. */
  async idle(): Promise<void> {
    while (this.#next !== null) await this.#next.catch(() => undefined);
    await this.#running;
  }
}

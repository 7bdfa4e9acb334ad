/** Lets a loop sleep until something happens, without missing what happens while it works. */
export class Wake {
  #pending = false;
  #resolve: (() => void) | null = null;

  raise(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** Resolves at once when `raise` was called since the last time. */
  async next(): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
      this.#resolve = null;
    }
    this.#pending = false;
  }
}

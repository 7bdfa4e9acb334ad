export interface Bounds {
  /** Tasks under way at the same time. */
  readonly atOnce: number;
  /** Tasks begun or done whose turn has not come: one slow task holds up no others until so many wait behind it. */
  readonly waiting: number;
}

/** Runs tasks as they come and gives their results in the order of the tasks. */
export async function* inOrder<T>(tasks: AsyncIterable<() => Promise<T>>, { atOnce, waiting }: Bounds): AsyncGenerator<T> {
  const line: Promise<T>[] = [];
  const gate = new Gate();
  let running = 0;
  const stop = new AbortController();

  const isFull = (): boolean => running >= atOnce || line.length >= waiting;
  const run = async (task: () => Promise<T>): Promise<T> => {
    running += 1;
    try {
      return await task();
    } finally {
      running -= 1;
      gate.open();
    }
  };
  const feed = async (): Promise<void> => {
    for await (const task of tasks) {
      while (!stop.signal.aborted && isFull()) await gate.opened();
      if (stop.signal.aborted) return;
      const result = run(task);
      // Its turn may never come.
      result.catch(() => undefined);
      line.push(result);
      gate.open();
    }
  };

  let fed = false;
  const feeding = feed().finally(() => {
    fed = true;
    gate.open();
  });
  feeding.catch(() => undefined);
  try {
    for (;;) {
      const [first] = line;
      if (first !== undefined) {
        yield await first;
        void line.shift();
        gate.open();
      } else if (fed) return await feeding;
      else await gate.opened();
    }
  } finally {
    stop.abort();
    gate.open();
  }
}

/** Something changed: whoever waits looks again. */
class Gate {
  #wait = Promise.withResolvers<void>();

  opened(): Promise<void> {
    return this.#wait.promise;
  }

  open(): void {
    this.#wait.resolve();
    this.#wait = Promise.withResolvers();
  }
}

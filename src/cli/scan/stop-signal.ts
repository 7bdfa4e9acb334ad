const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and `bin/sekisho.js` may both pass on one and the same Ctrl+C. */
const SAME_PRESS_MILLIS = 1000;

export interface StopSignal {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
}

/** Aborts when the process is asked to end, so that it can end in good order. Asked once more, it ends at once. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let asked = 0;
  const stop = (signal: NodeJS.Signals): void => {
    if (asked === 0) {
      asked = Date.now();
      controller.abort();
    } else if (Date.now() - asked > SAME_PRESS_MILLIS) {
      dispose();
      process.kill(process.pid, signal);
    }
  };
  const dispose = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { signal: controller.signal, dispose };
}

import type { Clock } from '../core/ports.ts';

// Node fires a longer timer at once.
const LONGEST_TIMER_MILLIS = 2 ** 31 - 1;

/** The machine's own time. Timers do not keep the process alive: what serves does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (millis, run) => {
    const timer = setTimeout(run, Math.min(millis, LONGEST_TIMER_MILLIS)).unref();
    return () => clearTimeout(timer);
  },
};

/** To be called before a program says that it is ready. Resolves with the signal's name when the process is asked to end; a second one ends it at once. */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    // Signals alone do not keep the process alive.
    const alive = setInterval(() => undefined, 2 ** 30);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve(signal);
      });
    }
  });
}

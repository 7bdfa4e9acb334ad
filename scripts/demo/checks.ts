/** Counts what held and what did not, and says each in one line. */
export class Checks {
  passedCount = 0;
  failedCount = 0;

  heading(text: string): void {
    process.stdout.write(`\n${text}\n`);
  }

  note(text: string): void {
    process.stdout.write(`      ${text}\n`);
  }

  that(what: string, holds: boolean, detail = ''): void {
    if (holds) this.passed(what, detail);
    else this.failed(what, detail);
  }

  passed(what: string, detail = ''): void {
    this.passedCount += 1;
    process.stdout.write(`  ok  ${what}${detail === '' ? '' : `  (${detail})`}\n`);
  }

  failed(what: string, detail = ''): void {
    this.failedCount += 1;
    process.stdout.write(`  NO  ${what}${detail === '' ? '' : `  (${detail})`}\n`);
  }
}

/** Waits for something to become true by looking at it; null when it did not within the time. */
export async function eventually<T>(look: () => Promise<T | null> | T | null, withinMillis = 15_000): Promise<T | null> {
  const deadline = Date.now() + withinMillis;
  for (;;) {
    const seen = await look();
    if (seen !== null || Date.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

import { openSync, closeSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GuardHarness, makeHarness } from './harness.ts';

let harness: GuardHarness;
beforeEach(async () => {
  harness = await makeHarness();
});
afterEach(() => harness.close());

const at = (name: string) => join(harness.root, name);
const arrived = (name: string) => harness.arrivals.some(({ path }) => path === name);

/** Other bytes, as many of them, and the time of modification put back. */
function overwriteUnnoticed(path: string, start: string): void {
  const { size, atime, mtime } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, start.padEnd(size, 'x'), 0);
  closeSync(file);
  utimesSync(path, atime, mtime);
}

describe('what the guard wrote, overwritten in place with its old time', () => {
  it('arrives again when it was a ciphertext', async () => {
    await harness.start();
    writeFileSync(at('list.csv'), 'encrypt: 1234');
    await harness.until(() => harness.seen.some(({ outcome }) => outcome.done));
    expect(arrived('list.csv.age')).toBe(false);
    overwriteUnnoticed(at('list.csv.age'), 'block: plaintext');
    await harness.until(() => harness.seen.some(({ arrival, outcome }) => arrival.path === 'list.csv.age' && outcome.done));
    expect(harness.seen.at(-1)?.action).toBe('block');
  });

  it('arrives again when it was put back with a justification', async () => {
    await harness.start();
    writeFileSync(at('plan.txt'), 'justify this long plan');
    await harness.until(() => harness.seen.length > 0);
    const [item] = await harness.quarantine.list();
    expect((await harness.guard.release(item?.id ?? '')).ok).toBe(true);
    overwriteUnnoticed(at('plan.txt'), 'block this');
    await harness.until(() => harness.seen.some(({ action, outcome }) => action === 'block' && outcome.done));
  });
});

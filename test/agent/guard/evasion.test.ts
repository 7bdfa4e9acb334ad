import { closeSync, mkdirSync, openSync, statSync, utimesSync, watch, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decrypted, type GuardHarness, makeHarness, namesIn } from './harness.ts';

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

it('encrypts a file that is touched all the time', async () => {
  await harness.start();
  writeFileSync(at('list.csv'), 'encrypt: 1234');
  const touching = setInterval(() => {
    if (statSync(at('list.csv'), { throwIfNoEntry: false })) utimesSync(at('list.csv'), new Date(), new Date());
  }, 20);
  try {
    await harness.until(async () => (await namesIn(harness.root)).join() === 'list.csv.age');
  } finally {
    clearInterval(touching);
  }
  expect(decrypted(at('list.csv.age'))).toBe('encrypt: 1234');
});

describe.each(['folder', 'file'] as const)('a %s planted at the names of an enforcement', (kind) => {
  it.each(['encrypt', 'block'])('does not stop the file from being dealt with (%s), and is not lost', async (action) => {
    const planted: string[] = [];
    const watcher = watch(harness.root, (_event, name) => {
      if (name === null || !/\.(tmp|plain)$/.test(name)) return;
      for (const ending of ['plain', 'erase']) {
        const path = at(name.replace(/\.\w+$/, `.${ending}`));
        if (planted.includes(path) || statSync(path, { throwIfNoEntry: false })) continue;
        if (kind === 'folder') mkdirSync(join(path, 'full'), { recursive: true });
        else writeFileSync(path, 'allow: planted');
        planted.push(path);
      }
    });
    try {
      await harness.start();
      writeFileSync(at('list.csv'), `${action}: `.padEnd(4_000_000, 'x'));
      await harness.until(() => harness.seen.some(({ outcome, arrival }) => arrival.path === 'list.csv' && outcome.done));
    } finally {
      watcher.close();
    }
    const kept = (await namesIn(harness.root)).filter((name) => name.startsWith('.~sekisho-'));
    expect(planted.length).toBeGreaterThan(0);
    expect(kept).toHaveLength(planted.length);
    expect((await namesIn(harness.root)).includes('list.csv')).toBe(false);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decrypted, makeHarness, namesIn } from '../agent/guard/harness.ts';

it('the watch guard takes 1,000 files at once', { timeout: 180_000 }, async () => {
  const harness = await makeHarness();
  await harness.start();
  for (let n = 0; n < 1000; n += 1) writeFileSync(join(harness.root, `f${n}.txt`), `${n % 2 === 0 ? 'encrypt' : 'block'} ${n}`);
  await harness.until(() => harness.seen.filter(({ outcome }) => outcome.done).length >= 1000, 170);
  const names = await namesIn(harness.root);
  expect(names).toHaveLength(500);
  expect(names.every((name) => name.endsWith('.age'))).toBe(true);
  expect(await harness.quarantine.list()).toHaveLength(500);
  expect(decrypted(join(harness.root, 'f998.txt.age'))).toBe('encrypt 998');
  // One may be reported again when it was looked at in the middle of its writing.
  expect(new Set(harness.arrivals.map(({ path }) => path)).size).toBe(1000);
  await harness.close();
});

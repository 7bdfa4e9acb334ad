import { describe, expect, it } from 'vitest';
import { extractDamaged, loadRegressions, loadSamples, mutationOf } from './mutations.ts';

/** `node scripts/fuzz-extract.ts 1000000` runs as many as one likes. */
const COUNT = 300;
const SEED = 20_261_122;

/** The name again when all went well, so that a failure tells which input it was. */
async function outcomeOf(name: string, bytes: Buffer): Promise<string> {
  try {
    await extractDamaged(bytes);
    return name;
  } catch (error) {
    return `${name}: ${String(error)}`;
  }
}

describe('damaged files', () => {
  it(`of all kinds, ${COUNT} of them, give a type and reasons and never throw`, async () => {
    const samples = loadSamples();
    for (let index = 0; index < COUNT; index++) {
      const { name, bytes } = mutationOf(samples, SEED, index);
      await expect(outcomeOf(name, bytes)).resolves.toBe(name);
    }
  }, 120_000);

  it('cut off anywhere do not throw', async () => {
    for (const { name, bytes } of loadSamples()) {
      for (const share of [0.02, 0.3, 0.7, 0.99]) {
        await expect(outcomeOf(name, bytes.subarray(0, Math.floor(bytes.length * share)))).resolves.toBe(name);
      }
    }
  }, 120_000);

  it('that once brought an extractor down are read', async () => {
    for (const { name, bytes } of loadRegressions()) await expect(outcomeOf(name, bytes)).resolves.toBe(name);
  });
});

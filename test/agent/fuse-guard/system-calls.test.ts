import { dirname, join } from 'node:path';
import { chmodSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { makeLoopVolume } from '../../integration/loop-volume.ts';
import { makeView, programMissing, runs, type ViewHarness, viewMissing } from './harness.ts';

const missing = viewMissing() ?? (programMissing('python3') ? 'there is no python3' : null);
if (missing !== null) console.log(`fuse-guard/system-calls.test.ts skips: ${missing}`);

const SCRIPT = join(import.meta.dirname, 'system-calls.py');

let harness: ViewHarness | undefined;
afterEach(() => harness?.close());

/** What each call returns in a folder, by its line. */
async function answersIn(folder: string): Promise<string[]> {
  // An ordinary user has to come that far.
  chmodSync(dirname(folder), 0o755);
  return (await runs('python3', [SCRIPT, folder])).trim().split('\n');
}

async function answersOfExt4(): Promise<string[]> {
  const bare = makeLoopVolume(64 * 1024 * 1024);
  try {
    return await answersIn(bare.path);
  } finally {
    bare.close();
  }
}

describe.skipIf(missing !== null).each([{ passthrough: true }, { passthrough: false }])(
  'system calls on a view (%o)',
  ({ passthrough }) => {
    /** Set-id bits are left out: a view has none. */
    it('return what the filesystem below returns', async () => {
      const expected = await answersOfExt4();
      harness = await makeView({ passthrough });
      const answers = await answersIn(harness.view);
      expect(answers).toEqual(expected);
      expect(answers.length).toBeGreaterThan(170);
    });
  },
);

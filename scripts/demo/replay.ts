import { join } from 'node:path';
import type { Practice } from '../practice/practice.ts';
import { sekisho } from '../practice/sekisho.ts';
import type { Checks } from './checks.ts';

/** The inputs that the agent recorded, run through its core again, must give the same effects byte for byte. */
export async function replayInputs({ folders }: Practice, checks: Checks): Promise<void> {
  checks.heading('Replay: the same inputs, the same verdicts');
  const inputs = join(folders.recording, 'inputs.ndjson');
  const against = join(folders.recording, 'effects.ndjson');
  const run = await sekisho(['agent', 'replay', inputs, '--against', against]);
  checks.that('replay gives byte-identical effects', run.code === 0, run.stdout.trim().split('\n').at(-1));
}

/** `npm run demo`: what `npm start` shows, played by itself and checked. Ends `demo: N passed, M failed`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checks } from './demo/checks.ts';
import { copySamples } from './demo/copy-samples.ts';
import { outage } from './demo/outage.ts';
import { readBack } from './demo/read-back.ts';
import { recoverFiles } from './demo/recover.ts';
import { replayInputs } from './demo/replay.ts';
import { setUp } from './practice/practice.ts';

const checks = new Checks();
const root = mkdtempSync(join(tmpdir(), 'sekisho-demo-'));
const began = Date.now();

try {
  checks.heading('Set up: organisation, collector, agent, stick');
  const practice = await setUp({
    root,
    policy: 'policies/practice.yaml',
    consolePort: 0,
    agentPort: 0,
    say: (what) => checks.note(what),
  });
  try {
    const copied = await copySamples(practice, checks);
    await recoverFiles(practice, copied, checks);
    const collector = await outage(practice, checks);
    await readBack({ ...practice, collector }, copied, checks);
    await practice.agent.stop();
    await replayInputs(practice, checks);
    await collector.stop();
  } finally {
    await practice.stop();
  }
} catch (error) {
  checks.failed('the demo itself', error instanceof Error ? error.message : String(error));
} finally {
  rmSync(root, { recursive: true, force: true });
}

process.stdout.write(`\n${((Date.now() - began) / 1000).toFixed(1)} s\n`);
process.stdout.write(`demo: ${checks.passedCount} passed, ${checks.failedCount} failed\n`);
process.exitCode = checks.failedCount === 0 ? 0 : 1;

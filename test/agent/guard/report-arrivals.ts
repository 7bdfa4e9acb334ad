import { join } from 'node:path';
import { createWatchGuard } from '../../../src/agent/guard/watch-guard.ts';
import { openQuarantine } from '../../../src/agent/quarantine/quarantine.ts';
import { systemClock } from './harness.ts';

/** A guard in a process of its own, for limits that hold for a process: prints what it reports, until its input ends. */
const [root = '', state = ''] = process.argv.slice(2);
const quarantine = await openQuarantine({ folder: join(state, 'quarantine'), maxBytes: 1e9, keepMillis: 1e9, clock: systemClock });
const guard = createWatchGuard({
  root,
  volumeId: 'test:1',
  inspectPresent: true,
  stateFolder: state,
  quarantine,
  clock: systemClock,
  actorOf: () => ({ name: 'hanako', basis: 'owner' }),
  onProblem: ({ message }) => console.log(`problem ${message}`),
});
const started = await guard.start(({ path }) => console.log(`arrived ${path}`));
console.log(started.ok ? 'started' : started.error.message);
process.stdin.on('end', () => void guard.stop()).resume();

/**
 * A small agent for test/integration/kill-guard.test.ts: the real guard, quarantine and spool, with a policy that reads
 * the first word of a file. Arguments: volume, state folder, recipient. Says `arrived` once a file has, so that the test
 * knows when a kill hurts.
 */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWatchGuard } from '../../src/agent/guard/watch-guard.ts';
import { openQuarantine } from '../../src/agent/quarantine/quarantine.ts';
import { openSpool } from '../../src/agent/spool/open-spool.ts';
import type { EventBody, FileDecision } from '../../src/contracts/event.ts';
import type { EnforcementOutcome } from '../../src/contracts/input.ts';
import type { Action } from '../../src/contracts/verdict.ts';
import type { FileArrival } from '../../src/core/ports.ts';
import { actionFor, decisionFor, systemClock } from '../agent/guard/harness.ts';

const [volume = '', state = '', recipient = ''] = process.argv.slice(2);
mkdirSync(state, { recursive: true });
const quarantine = await openQuarantine({ folder: join(state, 'quarantine'), maxBytes: 1e9, keepMillis: 1e12, clock: systemClock });
const spool = openSpool({ path: join(state, 'spool.db'), agent: 'driver', host: 'here', maxBytes: 1e9 });
const guard = createWatchGuard({
  root: volume,
  volumeId: 'test:1',
  inspectPresent: true,
  stateFolder: state,
  quarantine,
  clock: systemClock,
  actorOf: () => ({ name: 'hanako', basis: 'owner' }),
});
const started = await guard.start((arrival) => {
  process.stdout.write('arrived\n');
  void enforce(arrival);
});
if (!started.ok) throw new Error(started.error.message);
for (const [fileId, outcome] of guard.outcomes()) {
  const intent = spool.intents().find((candidate) => candidate.fileId === fileId);
  if (intent !== undefined) record(fileId, intent.action, intent.decision, outcome);
  guard.settled(fileId);
}
process.stdout.write('ready\n');

async function enforce(arrival: FileArrival): Promise<void> {
  const source = guard.source(arrival.fileId);
  if (source === null) return;
  const content = await readFile(Buffer.from(source)).catch(() => Buffer.alloc(0));
  const action = actionFor(content);
  const decision = decisionFor(arrival, action);
  if (action !== 'allow') spool.addIntent({ fileId: arrival.fileId, action, decision });
  const outcome = await guard.enforce(arrival.fileId, { action, recipients: [recipient], decision });
  if (action !== 'allow') record(arrival.fileId, action, decision, outcome);
  guard.settled(arrival.fileId);
}

function record(fileId: string, action: Action, decision: FileDecision, outcome: EnforcementOutcome): void {
  if (!outcome.done && outcome.gone) spool.dropIntent(fileId);
  else spool.append(new Date().toISOString(), bodyOf(action, decision, outcome), fileId);
}

function bodyOf(action: Action, decision: FileDecision, outcome: EnforcementOutcome): EventBody {
  if (!outcome.done)
    return { type: 'file.enforcement-failed', severity: 'high', data: { ...decision, code: outcome.code, reason: outcome.reason } };
  if (outcome.storedAs !== undefined)
    return { type: 'file.encrypted', severity: 'high', data: { ...decision, storedAs: outcome.storedAs } };
  return {
    type: 'file.blocked',
    severity: 'high',
    data: { ...decision, quarantineId: outcome.quarantineId ?? `not quarantined: ${action}` },
  };
}

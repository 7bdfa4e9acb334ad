import { basename } from 'node:path';
import type { AgentEvent } from '../../src/contracts/event.ts';
import type { Practice } from '../practice/practice.ts';
import { sekisho } from '../practice/sekisho.ts';
import { type Checks, eventually } from './checks.ts';
import { ConsoleClient } from './console-client.ts';
import type { Copied } from './copy-samples.ts';
import { OUTAGE_FILES } from './outage.ts';

const EVENT_OF = { encrypt: 'file.encrypted', block: 'file.blocked', pass: 'file.recorded' } as const;

/** Reads the events back from the collector, as the console does: who, what, when, how, each once. */
export async function readBack(practice: Practice, copied: readonly Copied[], checks: Checks): Promise<void> {
  checks.heading('Read back: the events at the collector');
  const client = await ConsoleClient.login(practice);
  const expected = copied.length + OUTAGE_FILES;
  const events = await eventually(async () => {
    const all = (await client.events()).map((stored) => stored.event);
    return all.filter(isDecision).length >= expected ? all : null;
  }, 20_000);
  if (events === null) return checks.failed(`all ${expected} decisions arrive`);
  const decisions = events.filter(isDecision);
  checks.that(
    `all ${expected} decisions arrived, none twice`,
    decisions.length === expected && new Set(events.map(({ id }) => id)).size === events.length,
  );
  for (const file of copied) told(file, decisions, checks);
  checks.that(
    'the restoration is on record',
    events.some(({ body }) => body.type === 'quarantine.restored'),
  );
  const { agents } = await client.fleet();
  checks.that(
    'the fleet shows the PC, with the policy in force',
    agents.length === 1 && agents[0]?.policy?.version === 1 && !agents[0].drift,
  );
  const verified = await sekisho(['events', 'verify', '--store', practice.folders.collector]);
  checks.that('the chain of events verifies', verified.code === 0, verified.stdout.trim().split('\n').at(-1));
}

function told(file: Copied, decisions: readonly AgentEvent[], checks: Checks): void {
  const name = basename(file.target);
  const mine = decisions.filter((event) => fileOf(event) === name);
  const [event] = mine;
  const right = mine.length === 1 && event?.body.type === EVENT_OF[file.expect];
  const rule = event !== undefined && 'verdict' in event.body.data ? event.body.data.verdict.rule : undefined;
  checks.that(`${name}: one event, ${EVENT_OF[file.expect]}`, right, rule === undefined ? 'no rule' : `rule ${rule}`);
}

function isDecision(event: AgentEvent): boolean {
  return event.body.type.startsWith('file.');
}

function fileOf(event: AgentEvent): string | undefined {
  return 'file' in event.body.data ? event.body.data.file.path : undefined;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sekisho } from '../../scripts/practice/sekisho.ts';
import { openSpool } from '../../src/agent/spool/open-spool.ts';
import type { RunningCollector } from '../../src/collector/index.ts';
import { STORE_FILE } from '../../src/collector/store/store.ts';
import type { AgentEvent } from '../../src/contracts/event.ts';
import { batchOf, call, collectorOn, encryptedBody, enrolled, makeOrganisation, temporaryFolder, TestChain } from '../collector/support.ts';

const folder = temporaryFolder('events');
const chain = new TestChain('agent-1');
chain.grow(6);

function ndjson(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return path;
}

async function verify(...where: string[]): Promise<{ code: number | null; reports: Record<string, unknown>[]; stderr: string }> {
  const { code, stdout, stderr } = await sekisho(['events', 'verify', ...where, '--json']);
  const reports =
    stdout.trim() === ''
      ? []
      : stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, reports, stderr };
}

describe('sekisho events verify --file', () => {
  it('finds a whole chain intact, and two chains apart', async () => {
    const other = new TestChain('agent-2');
    other.grow(2);
    const mixed = [...chain.events.slice(0, 3), ...other.events, ...chain.events.slice(3)];
    expect(await verify('--file', ndjson('good.ndjson', mixed))).toMatchObject({
      code: 0,
      reports: [
        { agent: 'agent-1', events: 6, first: 1, last: 6, problems: [] },
        { agent: 'agent-2', events: 2, first: 1, last: 2, problems: [] },
      ],
    });
  });

  const without = (sequence: number): AgentEvent[] => chain.events.filter((event) => event.sequence !== sequence);
  const altered = chain.events.map((event) => (event.sequence === 3 ? { ...event, host: 'pc-2' } : event));
  it.each([
    ['an altered event', altered, 'event 3 was altered'],
    ['a missing event', without(4), 'events 4 to 4 are missing'],
    ['a missing beginning', without(1), 'events 1 to 1 are missing'],
    ['an event that comes twice', [...chain.events, chain.events[5]], 'event 6 comes again or out of order'],
  ])('finds %s and ends with 1', async (_what, events, problem) => {
    expect(await verify('--file', ndjson('bad.ndjson', events))).toMatchObject({ code: 1, reports: [{ problems: [problem] }] });
  });

  it('counts lines that are no events', async () => {
    const { code, stderr } = await verify('--file', ndjson('torn.ndjson', [...chain.events, '{"format":"sekisho-ev']));
    expect(code).toBe(1);
    expect(stderr).toBe('1 lines are not events\n');
  });

  it('cannot run without one source, or on one that is not there', async () => {
    expect((await sekisho(['events', 'verify'])).code).toBe(2);
    expect((await sekisho(['events', 'verify', '--file', join(folder, 'nowhere')])).code).toBe(2);
    expect((await sekisho(['events', 'verify', '--store', folder])).stderr).toContain('DLP_FILE_NOT_FOUND');
  });
});

describe('sekisho events on a store', () => {
  const state = temporaryFolder('collector');
  let collector: RunningCollector;
  let stored: TestChain;

  beforeAll(async () => {
    const organisation = await makeOrganisation();
    collector = await collectorOn(state, organisation);
    const agent = await enrolled(state, organisation, collector.agentUrl);
    stored = new TestChain(agent.agent);
    stored.grow(5);
    stored.append(encryptedBody('evil\u202Etxt.exe\nforged line'));
    const promised = stored.append(encryptedBody('later.txt'));
    await call(`${collector.agentUrl}/v1/events`, agent, { body: batchOf(agent, stored.events.slice(0, 6), promised) });
  });
  afterAll(() => collector.stop());

  it('exports every event as it was, beside a running collector, and never over a file', async () => {
    const path = join(folder, 'export.ndjson');
    expect(await sekisho(['events', 'export', '--store', state, '-o', path])).toMatchObject({ code: 0 });
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(stored.events.slice(0, 6));
    expect((await sekisho(['events', 'export', '--store', state, '-o', path])).code).toBe(2);
    expect(await verify('--file', path)).toMatchObject({ code: 0, reports: [{ events: 6, problems: [] }] });
  });

  it('shows the newest, one line each whatever their names hold', async () => {
    const { stdout } = await sekisho(['events', 'tail', '--store', state, '-n', '2']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /#6 {2}file\.encrypted {2}tanaka {2}evil\\u\{202E\}txt\.exe\\u\{000A\}forged line {2}encrypt by personal-data$/,
    );
  });

  it('verifies it with its signed head, notes what is still to come, and finds what was changed behind its back', async () => {
    expect(await verify('--store', state)).toMatchObject({
      code: 0,
      reports: [{ events: 6, problems: [], notes: ['the agent signed a head of 7; events after 6 are not here'] }],
    });
    const database = new DatabaseSync(join(state, STORE_FILE));
    database.exec(
      `UPDATE events SET content = replace(content, 'tanaka', 'suzuki') WHERE sequence = 2; UPDATE agents SET head_sequence = 6`,
    );
    database.close();
    expect(await verify('--store', state)).toMatchObject({
      code: 1,
      reports: [{ problems: ['event 2 was altered', 'the signed head 6 does not fit the events'] }],
    });
  });
});

it("sekisho events verify --spool reads an agent's spool, whose beginning may be gone", async () => {
  const path = join(folder, 'spool.sqlite');
  const spool = openSpool({ path, agent: 'agent-3', host: 'pc-3', maxBytes: 1e8 });
  for (let n = 0; n < 20; n += 1) spool.append(new Date().toISOString(), encryptedBody(`${n}.txt`));
  expect(await verify('--spool', path)).toMatchObject({ code: 0, reports: [{ agent: 'agent-3', events: 20, problems: [], notes: [] }] });
  spool.close();
  const database = new DatabaseSync(path);
  database.exec('DELETE FROM events WHERE sequence <= 5');
  database.close();
  expect(await verify('--spool', path)).toMatchObject({
    code: 0,
    reports: [{ first: 6, problems: [], notes: [expect.stringContaining('before 6')] }],
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQuarantine, type Quarantine } from '../../src/agent/quarantine/quarantine.ts';
import { type AgentEvent, agentEvent } from '../../src/contracts/event.ts';
import { ChainVerifier } from '../../src/node/event-chain.ts';
import { decrypted, key, systemClock, until } from '../agent/guard/harness.ts';

const PROGRAM = resolve(import.meta.dirname, '../../dist/program/main.js');
const FILES = 24;
/** From the write of the files: covers settling, inspection, enforcement and the quiet after it. */
const LONGEST_DELAY_MILLIS = 1200;
const POLICY = `
format: sekisho-policy/1
name: kills
title: { ja: 試験, en: Test }
keywords:
  - { id: secret, words: [encrypt this] }
  - { id: forbidden, words: [block this] }
rules:
  - { id: forbidden, when: [{ findings: [{ detector: custom.forbidden }] }], action: block }
  - { id: secret, when: [{ findings: [{ detector: custom.secret }] }], action: encrypt }
`;

let base: string;
let volume: string;
let quarantine: Quarantine;
let agent: ChildProcess | null = null;

/**
 * The product as it is installed, `sekisho guard`, is killed with SIGKILL at random moments, `kills` times; after each
 * restart every file must be there once, whole, and in the end every event too.
 */
export function testKills(kills: number): void {
  beforeAll(prepare);
  afterAll(async () => {
    await kill();
    rmSync(base, { recursive: true, force: true });
  });
  it(`loses no file and no event in ${kills} kills`, { timeout: kills * 20_000 + 60_000 }, async () => {
    const written = await run(kills);
    const events = deliveredEvents();
    const verifier = new ChainVerifier();
    for (const event of events) verifier.accept(event);
    expect(verifier.finish()).toEqual([]);
    expect(decidedPaths(events)).toEqual(written.toSorted());
  });
}

async function prepare(): Promise<void> {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-kill-')));
  volume = join(base, 'volume');
  mkdirSync(volume);
  mkdirSync(join(base, 'state'));
  writeFileSync(join(base, 'policy.yaml'), POLICY);
  const folder = join(base, 'state/quarantine');
  quarantine = await openQuarantine({ folder, maxBytes: 1e9, keepMillis: 1e12, clock: systemClock });
}

async function start(): Promise<void> {
  const what = ['guard', '--dir', volume, '--policy', join(base, 'policy.yaml'), '--recipient', key.recipient];
  const where = ['--state', join(base, 'state'), '--events', join(base, 'events.ndjson')];
  const child = spawn(process.execPath, [PROGRAM, ...what, ...where], { stdio: ['ignore', 'pipe', 'ignore'] });
  agent = child;
  const [first] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  if (!String(first).startsWith('ready')) throw new Error('the guard did not start');
}

async function kill(): Promise<void> {
  const child = agent;
  agent = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function killSoon(): Promise<void> {
  await sleep(randomInt(LONGEST_DELAY_MILLIS));
  await kill();
}

/** Gives the names of all files written. */
async function run(total: number): Promise<string[]> {
  const written: string[] = [];
  for (let round = 0, kills = 0; kills < total; round += 1, kills += 2) {
    await start();
    const contents = new Map<string, string>();
    for (let n = 0; n < FILES; n += 1) {
      const content = `${n % 2 === 0 ? 'encrypt' : 'block'} this: round ${round} file ${n} ${'x'.repeat(n * 1000)}`;
      contents.set(`r${round}-f${n}.txt`, content);
    }
    for (const [name, content] of contents) writeFileSync(join(volume, name), content);
    written.push(...contents.keys());
    await killSoon();
    // The second one falls into the recovery from the first, or into the work taken up again.
    await start();
    await killSoon();
    await start();
    await until(isSettled, 120);
    expect((await safeContents()).toSorted()).toEqual([...contents.values()].toSorted());
    await until(() => [...contents.keys()].every((name) => decidedPaths(deliveredEvents()).includes(name)), 60);
    await kill();
    await clear();
  }
  return written;
}

function isSettled(): boolean {
  return readdirSync(volume).every((name) => name.endsWith('.age') && !name.startsWith('.~'));
}

/** Every content that is safe: decrypted from the volume, or restored from the quarantine. Throws at anything half. */
async function safeContents(): Promise<string[]> {
  const contents = readdirSync(volume).map((name) => decrypted(join(volume, name)));
  for (const item of await quarantine.list()) {
    const target = join(base, 'restored');
    const restored = await quarantine.restore(item.id, target, { force: true });
    if (!restored.ok) throw new Error(`${item.shownPath}: ${restored.error.message}`);
    contents.push(readFileSync(target, 'utf8'));
  }
  return contents;
}

async function clear(): Promise<void> {
  for (const name of readdirSync(volume)) unlinkSync(join(volume, name));
  for (const item of await quarantine.list()) await quarantine.remove(item.id);
}

/** Each once: one whose acknowledgement was cut off is delivered again. */
function deliveredEvents(): AgentEvent[] {
  const file = join(base, 'events.ndjson');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const bySequence = new Map(lines.map((line) => agentEvent.parse(JSON.parse(line))).map((event) => [event.sequence, event]));
  return [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
}

function decidedPaths(events: readonly AgentEvent[]): string[] {
  return events
    .flatMap(({ body }) => (body.type === 'file.encrypted' || body.type === 'file.blocked' ? [body.data.file.path] : []))
    .toSorted();
}

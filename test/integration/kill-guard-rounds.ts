import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQuarantine, type Quarantine } from '../../src/agent/quarantine/quarantine.ts';
import { openSpool } from '../../src/agent/spool/open-spool.ts';
import { type ChainProblem, ChainVerifier } from '../../src/node/event-chain.ts';
import { decrypted, key, systemClock, until } from '../agent/guard/harness.ts';

const FILES = 24;
const LONGEST_DELAY_MILLIS = 350;

let base: string;
let volume: string;
let state: string;
let quarantine: Quarantine;
let driver: ChildProcess | null = null;

/**
 * A real agent process is killed with SIGKILL at random moments, `kills` times; after each restart every file must be
 * there once, whole, and in the end every event too. Slow on purpose: two or three processes are started each time.
 */
export function testKills(kills: number): void {
  beforeAll(prepare);
  afterAll(async () => {
    await kill();
    rmSync(base, { recursive: true, force: true });
  });
  it(`loses no file and no event in ${kills} kills`, { timeout: kills * 15_000 + 60_000 }, async () => {
    expect(await run(kills)).toEqual({ brokenChain: [], untold: [] });
  });
}

async function prepare(): Promise<void> {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'sekisho-kill-')));
  volume = join(base, 'volume');
  state = join(base, 'state');
  for (const folder of [volume, state]) mkdirSync(folder);
  quarantine = await openQuarantine({ folder: join(state, 'quarantine'), maxBytes: 1e9, keepMillis: 1e12, clock: systemClock });
}

async function start(): Promise<{ arrived: Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-guard-driver.ts'), volume, state, key.recipient], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  driver = child;
  let text = '';
  const saw = (word: string) =>
    new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => text.includes(word) && resolve());
      child.once('exit', () => reject(new Error(`the driver ended before it said ${word}`)));
    });
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const arrived = saw('arrived\n');
  // Nobody may be waiting for it when the driver is killed.
  arrived.catch(() => undefined);
  await saw('ready\n');
  return { arrived };
}

async function kill(): Promise<void> {
  const child = driver;
  driver = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const delay = (longest: number) => new Promise((resolve) => setTimeout(resolve, randomInt(longest)));
const onVolume = () => readdirSync(volume);
const isSettled = () => onVolume().every((name) => name.endsWith('.age') && !name.startsWith('.~'));

/** Every content that is safe: decrypted from the volume, or restored from the quarantine. Throws at anything half. */
async function safeContents(): Promise<string[]> {
  const contents: string[] = [];
  for (const name of onVolume()) contents.push(decrypted(join(volume, name)));
  for (const item of await quarantine.list()) {
    const target = join(base, 'restored');
    const restored = await quarantine.restore(item.id, target, { force: true });
    if (!restored.ok) throw new Error(`${item.shownPath}: ${restored.error.message}`);
    contents.push(readFileSync(target, 'utf8'));
  }
  return contents;
}

async function clear(): Promise<void> {
  for (const name of onVolume()) unlinkSync(join(volume, name));
  for (const item of await quarantine.list()) await quarantine.remove(item.id);
}

async function run(total: number): Promise<{ brokenChain: readonly ChainProblem[]; untold: string[] }> {
  const written: string[] = [];
  for (let round = 0, kills = 0; kills < total; round += 1) {
    const { arrived } = await start();
    const contents = Array.from(
      { length: FILES },
      (_, n) => `${n % 2 === 0 ? 'encrypt' : 'block'} round ${round} file ${n} ${'x'.repeat(n * 1000)}`,
    );
    for (const [n, content] of contents.entries()) writeFileSync(join(volume, `r${round}-f${n}.txt`), content);
    written.push(...contents.map((_, n) => `r${round}-f${n}.txt`));
    await arrived;
    await delay(LONGEST_DELAY_MILLIS);
    await kill();
    // The second one falls into the recovery from the first, or into the work taken up again.
    await start();
    await delay(LONGEST_DELAY_MILLIS);
    await kill();
    kills += 2;
    await start();
    await until(isSettled, 60);
    const safe = await safeContents();
    expect(new Set(safe)).toEqual(new Set(contents));
    expect(safe.length, 'copies').toBe(contents.length);
    await kill();
    await clear();
  }
  await start();
  await kill();
  const spool = openSpool({ path: join(state, 'spool.db'), agent: 'driver', host: 'here', maxBytes: 1e9 });
  const events = spool.pending(0, 1_000_000);
  const verifier = new ChainVerifier();
  for (const event of events) verifier.accept(event);
  const told = new Map<string, number>();
  for (const { body } of events) {
    if (body.type !== 'file.encrypted' && body.type !== 'file.blocked') throw new Error(`unexpected ${body.type}`);
    told.set(body.data.file.path, (told.get(body.data.file.path) ?? 0) + 1);
  }
  spool.close();
  return { brokenChain: verifier.finish(), untold: written.filter((path) => told.get(path) !== 1) };
}

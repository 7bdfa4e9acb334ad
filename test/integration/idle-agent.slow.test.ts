import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../scripts/demo/checks.ts';
import { ConsoleClient } from '../../scripts/demo/console-client.ts';
import { type Practice, setUp } from '../../scripts/practice/practice.ts';
import { type LoginBus, type Screen, startLoginBus, startScreen, whyNoDesktop } from './desktop.ts';

// The whole way: real X idle time and logind (mocked service, real bus) -> agent -> lock -> spool -> collector.

const missing = whyNoDesktop();
if (missing !== null) process.stdout.write(`idle-agent: skipped, ${missing}\n`);

const SESSION = 'c1';
const AFTER_MILLIS = 6000;
const TOUCH_EVERY_MILLIS = 1000;

let bus: LoginBus;
let screen: Screen;
let practice: Practice;
const root = mkdtempSync(join(tmpdir(), 'sekisho-idle-'));

beforeAll(async () => {
  if (missing !== null) return;
  bus = await startLoginBus();
  screen = await startScreen();
  await screen.touch();
  await bus.addSession({ id: SESSION, user: 'hanako', uid: 1000, display: screen.display });
  const shipped = readFileSync(resolve(import.meta.dirname, '../../policies/practice.yaml'), 'utf8');
  const policy = join(root, 'policy.yaml');
  writeFileSync(policy, shipped.replace(/^screen-lock:.*\n(?: +.*\n)*/m, `screen-lock: { after: ${AFTER_MILLIS / 1000}s, warn: 2s }\n`));
  process.env['DBUS_SYSTEM_BUS_ADDRESS'] = bus.address;
  practice = await setUp({ root, policy, consolePort: 0, agentPort: 0, say: () => undefined });
}, 120_000);

afterAll(async () => {
  delete process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  await practice?.stop();
  await screen?.stop();
  await bus?.stop();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

test.skipIf(missing !== null)(
  'activity prevents the lock; idleness past the limit calls it once, and the collector knows',
  async () => {
    const busyUntil = Date.now() + 2.5 * AFTER_MILLIS;
    while (Date.now() < busyUntil) {
      await screen.touch();
      await new Promise((done) => setTimeout(done, TOUCH_EVERY_MILLIS));
    }
    expect(await bus.locks()).toEqual([]);

    const locked = await eventually(async () => ((await bus.locks()).length > 0 ? true : null), 60_000);
    expect(locked).toBe(true);
    // What logind does when the locker has come up.
    await bus.setProperty(SESSION, 'LockedHint', ['b', 'true']);

    const client = await ConsoleClient.login(practice);
    const told = await eventually(async () => {
      const events = (await client.events()).map(({ event }) => event.body).filter(({ type }) => type === 'screen.locked');
      return events.length > 0 ? events : null;
    }, 30_000);
    expect(told).toHaveLength(1);
    expect(told?.[0]?.data).toMatchObject({ actor: { name: 'hanako' }, policy: { name: 'practice', version: 1 } });

    // Still idle, now locked: another whole limit must pass without a second call.
    await new Promise((done) => setTimeout(done, 2 * AFTER_MILLIS));
    expect(await bus.locks()).toEqual([SESSION]);
  },
  180_000,
);

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../scripts/demo/checks.ts';
import { ConsoleClient } from '../../scripts/demo/console-client.ts';
import { foldersOf, type Practice, setUp, startCollector } from '../../scripts/practice/practice.ts';
import { sekisho, type Service } from '../../scripts/practice/sekisho.ts';

// The collector is killed and started again while an employee copies 1,000 files: every event is there, exactly once.

const FILES = 1000;
const KILLS = 3;
const root = mkdtempSync(join(tmpdir(), 'sekisho-outage-'));
let practice: Practice;
let collector: Service;

beforeAll(async () => {
  practice = await setUp({ root, policy: 'policies/practice.yaml', consolePort: 0, agentPort: 0, say: () => undefined });
  collector = practice.collector;
}, 120_000);

afterAll(async () => {
  await collector?.stop();
  await practice?.stop();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

test(`${FILES} files, the collector killed ${KILLS} times`, { timeout: 600_000 }, async () => {
  const ports = {
    agentPort: Number(new URL(collector.text('agentUrl')).port),
    consolePort: Number(new URL(collector.text('consoleUrl')).port),
  };
  const names = Array.from({ length: FILES }, (_, index) => `copy-${String(index).padStart(4, '0')}.csv`);
  for (const [index, name] of names.entries()) {
    const sensitive = index % 2 === 0;
    writeFileSync(
      join(practice.stick.path, name),
      sensitive ? `氏名,個人番号\n山田 ${index},123456789018\n` : `品名,数量\nねじ ${index},12\n`,
    );
    if (index % Math.floor(FILES / (KILLS + 1)) === Math.floor(FILES / (KILLS + 1)) - 1 && index < FILES - KILLS) {
      // The agent is in the middle of its work and of its upload.
      const encrypted = join(practice.stick.path, `${names[Math.floor(index / 4) * 2]}.age`);
      await eventually(() => (existsSync(encrypted) ? true : null), 60_000);
      await collector.stop('SIGKILL');
      collector = await startCollector(foldersOf(root), ports);
    }
  }

  const client = await ConsoleClient.login({ collector, login: practice.login });
  const events = await eventually(async () => {
    const all = (await client.events()).map(({ event }) => event);
    return all.filter(({ body }) => body.type.startsWith('file.')).length >= FILES ? all : null;
  }, 300_000);

  const paths = (events ?? []).flatMap(({ body }) => ('file' in body.data ? [body.data.file.path] : []));
  expect(paths.toSorted()).toEqual(names);
  expect(new Set(events?.map(({ id }) => id)).size).toBe(events?.length);
  const verified = await sekisho(['events', 'verify', '--store', practice.folders.collector]);
  expect(verified).toMatchObject({ code: 0 });
});

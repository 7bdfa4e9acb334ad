import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersOf, type Practice, startCollector } from '../practice/practice.ts';
import type { Service } from '../practice/sekisho.ts';
import { type Checks, eventually } from './checks.ts';

export const OUTAGE_FILES = 20;

/** Kills the collector, copies on, starts it again: the agent goes on deciding and forgets nothing. */
export async function outage(practice: Practice, checks: Checks): Promise<Service> {
  checks.heading('Outage: the collector is killed while files are copied');
  const ports = { agentPort: portOf(practice.collector.text('agentUrl')), consolePort: portOf(practice.collector.text('consoleUrl')) };
  await practice.collector.stop('SIGKILL');
  const names = Array.from({ length: OUTAGE_FILES }, (_, index) => join(practice.stick.path, `outage-${index}.csv`));
  for (const name of names) writeFileSync(name, '氏名,個人番号\n山田太郎,123456789018\n');
  const done = await eventually(() => (names.every((name) => existsSync(`${name}.age`) && !existsSync(name)) ? true : null), 30_000);
  checks.that(`${OUTAGE_FILES} files are encrypted without a collector`, done !== null);
  return startCollector(foldersOf(practice.folders.root), ports);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

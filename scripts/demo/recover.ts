import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { quarantineItem } from '../../src/agent/quarantine/item.ts';
import type { Practice } from '../practice/practice.ts';
import { must, sekisho } from '../practice/sekisho.ts';
import type { Checks } from './checks.ts';
import { type Copied, sha256Of } from './copy-samples.ts';

/** Opens what was encrypted with the organisation's recovery key, and takes back what was refused. */
export async function recoverFiles(practice: Practice, copied: readonly Copied[], checks: Checks): Promise<void> {
  checks.heading('Recover: nothing is lost');
  const identity = join(practice.folders.organisation, 'recovery.identity');
  const encrypted = copied.filter((file) => file.expect === 'encrypt');
  for (const file of encrypted) {
    const out = join(practice.folders.root, `recovered-${basename(file.target)}`);
    const run = await sekisho(['decrypt', '--identity', identity, '-o', out, `${file.target}.age`]);
    checks.that(`${basename(file.target)}.age opens with the recovery key, byte for byte`, run.code === 0 && sha256Of(out) === file.sha256);
  }
  stockAge(identity, encrypted[0], checks);
  await fromQuarantine(practice, copied, checks);
}

function stockAge(identity: string, file: Copied | undefined, checks: Checks): void {
  if (file === undefined) return;
  const run = spawnSync('age', ['-d', '-i', identity, `${file.target}.age`], { maxBuffer: 64 * 1024 * 1024 });
  if (run.error !== undefined) checks.note('the stock age program is not installed; apt-get install age lets this step be seen too');
  else checks.that('the stock age program opens it too', run.status === 0);
}

async function fromQuarantine(practice: Practice, copied: readonly Copied[], checks: Checks): Promise<void> {
  const refused = copied.find((file) => file.expect === 'block');
  if (refused === undefined) return;
  const listed = await must(['quarantine', 'list', '--state', practice.folders.agent, '--json']);
  const items = listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => quarantineItem.parse(JSON.parse(line)));
  const item = items.find(({ shownPath }) => shownPath === basename(refused.target));
  const out = join(practice.folders.root, 'restored');
  const where = ['--state', practice.folders.agent, '--endpoint', practice.endpoint];
  const run = item === undefined ? null : await sekisho(['quarantine', 'restore', item.id, '-o', out, ...where]);
  checks.that(
    `${basename(refused.target)} comes back out of the quarantine, byte for byte`,
    run?.code === 0 && sha256Of(out) === refused.sha256,
  );
}

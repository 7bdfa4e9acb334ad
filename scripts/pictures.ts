/** `npm run pictures`: the demo's set-up and samples, and the console as it then looks, into docs/images. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checks, eventually } from './demo/checks.ts';
import { ConsoleClient } from './demo/console-client.ts';
import { copySamples } from './demo/copy-samples.ts';
import { setUp } from './practice/practice.ts';

const root = mkdtempSync(join(tmpdir(), 'sekisho-pictures-'));
const practice = await setUp({ root, policy: 'policies/practice.yaml', consolePort: 0, agentPort: 0, say: () => undefined });
try {
  const copied = await copySamples(practice, new Checks());
  const client = await ConsoleClient.login(practice);
  await eventually(async () => {
    const told = (await client.events()).filter(({ event }) => event.body.type.startsWith('file.'));
    return told.length >= copied.length ? true : null;
  });
  const passwordFile = join(root, 'password');
  writeFileSync(passwordFile, practice.login.password, { mode: 0o600 });
  const where = ['--url', practice.collector.text('consoleUrl'), '--user', practice.login.name, '--password-file', passwordFile];
  const taken = spawnSync(process.execPath, [join(import.meta.dirname, 'screenshot.ts'), ...where, '--out', 'docs/images'], {
    stdio: 'inherit',
  });
  process.exitCode = taken.status ?? 1;
} finally {
  await practice.stop();
  rmSync(root, { recursive: true, force: true });
}

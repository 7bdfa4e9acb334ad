import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { until } from './harness.ts';

// In a user namespace of its own a process can lower its number of inotify watches, and nobody else's.
const LIMITED = ['-Ur', 'sh', '-c', 'echo 0 >/proc/sys/user/max_inotify_watches && exec "$@"', 'sh'];
const canLimit = process.platform === 'linux' && spawnSync('unshare', [...LIMITED, 'true']).status === 0;
if (!canLimit) console.log('watch-limit.test.ts is skipped: it needs Linux with user namespaces (unshare -Ur)');

const base = mkdtempSync(join(tmpdir(), 'sekisho-watches-'));
afterEach(() => rmSync(base, { recursive: true, force: true }));

it.skipIf(!canLimit)('says once that watches ran out, and finds what is written where there is none', async () => {
  const volume = join(base, 'volume');
  for (let n = 0; n < 20; n += 1) mkdirSync(join(volume, `folder${n}`), { recursive: true });
  const script = join(import.meta.dirname, 'report-arrivals.ts');
  const guard = spawn('unshare', [...LIMITED, process.execPath, script, volume, join(base, 'state')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  guard.stdout.on('data', (data: Buffer) => (output += data.toString()));
  try {
    await until(() => output.includes('started\n'));
    for (let n = 0; n < 20; n += 1) writeFileSync(join(volume, `folder${n}`, 'list.csv'), 'data');
    await until(() => output.match(/^arrived /gm)?.length === 20);
    expect(output.match(/^problem .*no watch left/gm)).toHaveLength(1);
  } finally {
    guard.stdin.end();
    await new Promise((resolve) => guard.once('exit', resolve));
  }
});

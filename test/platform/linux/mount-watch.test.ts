import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watchMounts } from '../../../src/platform/linux/mount-watch.ts';

const MODULE = resolve(import.meta.dirname, '../../../src/platform/linux/mount-watch.ts');
const isLinux = process.platform === 'linux';
// A mount namespace of its own: what is mounted there troubles nobody else.
const canMount = isLinux && spawnSync('unshare', ['--mount', 'true']).status === 0;
if (isLinux && !canMount) console.log('skipped in test/platform/linux/mount-watch.test.ts: mounting in a namespace needs root');

describe.skipIf(!isLinux)('watching the mount table', () => {
  test('can be stopped while nothing happens, again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      const watch = await watchMounts(() => undefined);
      expect(await watch.stop()).toBeUndefined();
    }
  });

  test.each([
    ['comes to its end', ''],
    ['exits', 'process.exit(0)'],
    ['throws', "process.on('uncaughtException', () => process.exit(0)); throw new Error('bug')"],
  ])('does not hold up a process that %s without stopping it', async (_how, rest) => {
    const script = `import { watchMounts } from ${JSON.stringify(MODULE)}; await watchMounts(() => undefined); ${rest}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore', timeout: 20_000 });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.skipIf(!canMount)('wakes for a change, and then sleeps again', async () => {
    const script = `
      import { execFileSync } from 'node:child_process';
      import { watchMounts } from ${JSON.stringify(MODULE)};
      let woken = 0;
      const first = Promise.withResolvers();
      // The watch by itself does not keep a process alive.
      setInterval(() => undefined, 1000);
      const watch = await watchMounts(() => { woken += 1; first.resolve(); });
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/mnt']);
      await first.promise;
      await new Promise((resolve) => setTimeout(resolve, 300));
      const mounted = woken;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await watch.stop();
      // A thread that span would have woken thousands of times.
      process.exit(mounted >= 1 && woken === mounted ? 0 : 1);`;
    const child = spawn('unshare', ['--mount', process.execPath, '--input-type=module', '--eval', script], {
      stdio: 'inherit',
      timeout: 60_000,
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { darwinPaths } from '../../src/platform/darwin/platform.ts';
import { loadPlatform } from '../../src/platform/index.ts';
import { linuxPaths } from '../../src/platform/linux/paths.ts';
import { OneAtATime } from '../../src/platform/one-at-a-time.ts';
import { PLATFORM_GAPS } from '../../src/platform/types.ts';

describe('this platform', () => {
  test('says what it is and what it cannot do, in codes that the documentation explains', async () => {
    const platform = await loadPlatform();
    expect(platform.os).toBe(process.platform);
    expect(platform.description).not.toBe('');
    expect(PLATFORM_GAPS).toEqual(expect.arrayContaining(platform.gaps()));
    expect(new Set(platform.gaps()).size).toBe(platform.gaps().length);
    const documentation = readFileSync(join(import.meta.dirname, '../../docs/platforms.md'), 'utf8');
    expect(PLATFORM_GAPS.filter((gap) => !documentation.includes(`| \`${gap}\` |`))).toEqual([]);
  });
});

describe('paths', () => {
  test("Linux: the system's folders for root, the XDG folders for a user, relative ones ignored", () => {
    expect(linuxPaths({ root: true, home: '/root', environment: { XDG_STATE_HOME: '/x' } })).toEqual({
      agentState: '/var/lib/sekisho/agent',
      collectorState: '/var/lib/sekisho/collector',
      orgState: '/var/lib/sekisho/org',
      ipcEndpoint: '/run/sekisho/agent.sock',
      serviceEndpoint: '/run/sekisho/agent.sock',
    });
    const environment = { XDG_STATE_HOME: '/state', XDG_RUNTIME_DIR: '/run/user/1000' };
    expect(linuxPaths({ root: false, home: '/home/a', environment })).toMatchObject({
      agentState: '/state/sekisho/agent',
      ipcEndpoint: '/run/user/1000/sekisho/agent.sock',
      serviceEndpoint: '/run/sekisho/agent.sock',
    });
    expect(linuxPaths({ root: false, home: '/home/a', environment: { XDG_STATE_HOME: '../x', XDG_RUNTIME_DIR: '' } })).toMatchObject({
      agentState: '/home/a/.local/state/sekisho/agent',
      ipcEndpoint: '/home/a/.local/state/sekisho/run/agent.sock',
      serviceEndpoint: '/run/sekisho/agent.sock',
    });
  });

  test('macOS', () => {
    expect(darwinPaths(true, '/var/root').agentState).toBe('/Library/Application Support/Sekisho/agent');
    expect(darwinPaths(false, '/Users/a').orgState).toBe('/Users/a/Library/Application Support/Sekisho/org');
  });
});

describe('one at a time', () => {
  test('whoever asks during a run gets one later run, shared by all', async () => {
    const gates: (() => void)[] = [];
    let running = 0;
    const task = new OneAtATime(async () => {
      running += 1;
      expect(running).toBe(1);
      await new Promise<void>((resolve) => gates.push(resolve));
      running -= 1;
    });
    const first = task.run();
    await Promise.resolve();
    const later = [task.run(), task.run(), task.run()];
    expect(new Set(later).size).toBe(1);
    gates[0]?.();
    await first;
    await Promise.resolve();
    expect(gates).toHaveLength(2);
    gates[1]?.();
    await Promise.all(later);
    await task.idle();
    expect(gates).toHaveLength(2);
  });

  test('a run that fails tells its askers and spoils no later one', async () => {
    let fails = true;
    const task = new OneAtATime(() => (fails ? Promise.reject(new Error('broken')) : Promise.resolve()));
    await expect(task.run()).rejects.toThrow('broken');
    fails = false;
    await expect(task.run()).resolves.toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { SweepSchedule } from '../../../src/agent/guard/sweep-schedule.ts';
import { systemClock, until } from './harness.ts';

it('sweeps one folder at a time, and the volume once for all that wait', async () => {
  const swept: string[] = [];
  let running = 0;
  let most = 0;
  let go: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (go = resolve));
  const schedule = new SweepSchedule(systemClock, async (folder) => {
    running += 1;
    most = Math.max(most, running);
    swept.push(folder.join('/'));
    await first;
    running -= 1;
  });
  schedule.folder([Buffer.from('a')]);
  await until(() => swept.length === 1);
  for (const name of ['b', 'c', 'b']) schedule.folder([Buffer.from(name)]);
  schedule.folder([]);
  schedule.folder([]);
  go();
  await until(() => swept.length === 2);
  schedule.folder([Buffer.from('d')]);
  await until(() => swept.length === 3);
  schedule.stop();
  expect(swept).toEqual(['a', '', 'd']);
  expect(most).toBe(1);
});

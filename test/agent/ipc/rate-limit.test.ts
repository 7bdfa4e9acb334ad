import { expect, test } from 'vitest';
import { RateLimit } from '../../../src/agent/ipc/rate-limit.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

test('a burst goes through, a flood waits, and another account does not wait with it', async () => {
  const clock = new FakeClock();
  const limit = new RateLimit(clock);
  let answered = 0;
  for (let n = 0; n < 100; n += 1) void limit.turn('alice').then(() => (answered += 1));
  await Promise.resolve();
  expect(answered).toBe(40);
  await limit.turn('bob');
  clock.advance(1000);
  await Promise.resolve();
  expect(answered).toBe(60);
  clock.advance(2000);
  await Promise.resolve();
  expect(answered).toBe(100);
});

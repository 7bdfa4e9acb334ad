import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../src/cli/scan/in-order.ts';

async function* each<T>(tasks: Iterable<() => Promise<T>>): AsyncGenerator<() => Promise<T>> {
  yield* tasks;
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('inOrder', () => {
  it('keeps the order of the tasks, whichever ends first', async () => {
    const tasks = Array.from({ length: 200 }, (_, index) => async () => {
      for (let turns = (index * 37) % 11; turns > 0; turns -= 1) await turn();
      return index;
    });
    expect(await collect(inOrder(each(tasks), { atOnce: 7, waiting: 20 }))).toEqual(tasks.map((_, index) => index));
  });

  it('lets the others go on while the first is slow, until the line is full', async () => {
    const slow = Promise.withResolvers<string>();
    let begun = 0;
    const tasks = [() => slow.promise, ...Array.from({ length: 100 }, () => () => Promise.resolve(`fast ${(begun += 1)}`))];
    const results = collect(inOrder(each(tasks), { atOnce: 2, waiting: 10 }));
    for (let turns = 0; turns < 300; turns += 1) await turn();
    expect(begun).toBe(9);
    slow.resolve('slow');
    expect((await results).slice(0, 2)).toEqual(['slow', 'fast 1']);
    expect(begun).toBe(100);
  });

  it('never runs more at once than it may', async () => {
    let [running, most] = [0, 0];
    const tasks = Array.from({ length: 100 }, (_, index) => async () => {
      most = Math.max(most, (running += 1));
      for (let turns = index % 5; turns > 0; turns -= 1) await turn();
      running -= 1;
    });
    await collect(inOrder(each(tasks), { atOnce: 3, waiting: 50 }));
    expect(most).toBe(3);
  });

  it('passes on what a task or their source throws', async () => {
    const failing = [() => Promise.resolve(1), () => Promise.reject(new Error('a task'))];
    await expect(collect(inOrder(each(failing), { atOnce: 2, waiting: 4 }))).rejects.toThrow('a task');
    async function* broken(): AsyncGenerator<() => Promise<number>> {
      yield () => Promise.resolve(1);
      throw new Error('the source');
    }
    await expect(collect(inOrder(broken(), { atOnce: 2, waiting: 4 }))).rejects.toThrow('the source');
  });

  it('begins nothing more once nobody listens', async () => {
    let begun = 0;
    const tasks = Array.from({ length: 1000 }, () => () => Promise.resolve((begun += 1)));
    for await (const value of inOrder(each(tasks), { atOnce: 2, waiting: 4 })) if (value === 3) break;
    const then = begun;
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(begun).toBe(then);
    expect(begun).toBeLessThan(12);
  });
});

import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { watchAddresses } from '../../src/agent/network-addresses.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

test('addresses are told at the start, and then only when they change', () => {
  const clock = new FakeClock();
  const told: string[][] = [];
  let now = ['10.0.0.2', '10.0.0.1'];
  const stop = watchAddresses(
    clock,
    (addresses) => told.push(addresses),
    () => now,
  );
  expect(told).toEqual([['10.0.0.1', '10.0.0.2']]);
  clock.advance(15_000);
  now = ['10.0.0.1', '10.0.0.2'];
  clock.advance(15_000);
  expect(told).toHaveLength(1);
  now = [];
  clock.advance(15_000);
  expect(told).toEqual([['10.0.0.1', '10.0.0.2'], []]);
  stop();
  now = ['192.0.2.1'];
  clock.advance(60_000);
  expect(told).toHaveLength(2);
});

test('the loopback is no address of the PC', () => {
  const told: string[][] = [];
  watchAddresses(new FakeClock(), (addresses) => told.push(addresses))();
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  expect(told[0]).toEqual(
    all
      .filter(({ internal }) => !internal)
      .map(({ address }) => address)
      .toSorted(),
  );
});

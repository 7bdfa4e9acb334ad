import { expect, test } from 'vitest';
import { EnrolledVolumes } from '../../src/agent/enrolled-volumes.ts';
import type { VolumeChange } from '../../src/core/ports.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { fakeVolume, FakeVolumes } from '../fakes/fake-volumes.ts';

const MEDIUM = { id: '019aa000-0000-7000-8000-000000000006', due: '2027-01-01T00:00:00.000Z' };

test('volumes present at the start are reported, with their records, before start returns', async () => {
  const seen: VolumeChange[] = [];
  const source = new EnrolledVolumes(new FakeVolumes([fakeVolume()]), () => Promise.resolve(MEDIUM), new FakeClock());
  await source.start((change) => seen.push(change));
  expect(seen).toEqual([{ kind: 'mounted', volume: { ...fakeVolume(), medium: MEDIUM } }]);
});

test('a stick that does not answer is reported all the same, and never after it went', async () => {
  const seen: string[] = [];
  const [clock, inner] = [new FakeClock(), new FakeVolumes()];
  const source = new EnrolledVolumes(inner, () => new Promise(() => undefined), clock);
  await source.start((change) => seen.push(change.kind));
  inner.mount(fakeVolume());
  inner.unmount(fakeVolume().id);
  await Promise.resolve();
  await Promise.resolve();
  expect(seen).toEqual([]);
  clock.advance(3000);
  await source.stop();
  expect(seen).toEqual(['mounted', 'unmounted']);
});

test('a record that cannot be read is none', async () => {
  const seen: VolumeChange[] = [];
  const source = new EnrolledVolumes(new FakeVolumes([fakeVolume()]), () => Promise.reject(new Error('EIO')), new FakeClock());
  await source.start((change) => seen.push(change));
  expect(seen).toEqual([{ kind: 'mounted', volume: fakeVolume() }]);
});

test('a record once read holds while its medium is mounted there, whoever stands before it', async () => {
  const seen: VolumeChange[] = [];
  const inner = new FakeVolumes();
  let reads = 0;
  const source = new EnrolledVolumes(inner, () => Promise.resolve(reads++ % 2 === 0 ? MEDIUM : null), new FakeClock());
  await source.start((change) => seen.push(change));
  inner.mount(fakeVolume());
  inner.mount({ ...fakeVolume(), readOnly: true });
  inner.unmount(fakeVolume().id);
  inner.mount(fakeVolume());
  await source.stop();
  expect(seen).toEqual([
    { kind: 'mounted', volume: { ...fakeVolume(), medium: MEDIUM } },
    { kind: 'mounted', volume: { ...fakeVolume(), readOnly: true, medium: MEDIUM } },
    { kind: 'unmounted', volumeId: fakeVolume().id },
    { kind: 'mounted', volume: fakeVolume() },
  ]);
});
